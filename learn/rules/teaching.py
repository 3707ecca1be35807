"""What a good turn of each method looks like, as far as a program can see it.

The methods' own sources: retrieval asks before it tells (Roediger & Karpicke, 2006); interleaving
contrasts (Rohrer, 2012); dual coding pairs words with a picture (Paivio, 1971); GROW goes goal,
reality, options, will (Whitmore, 1992); errors come before explanations (Metcalfe, 2017). The
rules read form, not truth: a turn without faults may still be dull, one with faults is not the
method. Works for English, Chinese and Spanish.
"""

import re
from collections.abc import Callable

from learn.rules import proposals
from solacore.kit.talk import moments
from solacore.kit.talk.terms import sentences, terms

TURNS = 5  # after so many a method has done its work
STAGES = ("goal", "reality", "options", "will")

_QUESTION = re.compile(r"[?？]+")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|«[^»]*»|\"[^\"\n]*\"")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)、]|[-*•]) ?\S", re.M)
_MERMAID = re.compile(r"```mermaid\n.+?```", re.S)
_ARROWS = re.compile(r"^.*(?:--+>|──?[>▶]|→|⇒|--\().*$", re.M)
_NODE = re.compile(r"\w+(?=[\[({])")
_TELLS = re.compile(
    r"\b(?:the (?:correct |right )?answer is|because|that is why|the reason is|in fact|this means|"
    r"la respuesta (?:correcta )?es|porque|por eso|la razón es|"
    r"en realidad|esto significa|es decir)\b|"
    r"答案是|正确的是|因为|原因是|其实|也就是说|这意味着",
    re.I,
)
_ASKS_FOR_MORE = re.compile(
    r"\b(?:explain|tell|show|try|write|predict|describe|"
    r"expl[ií]ca\w*|cuent\w+|cuénta\w*|prueba|escribe|predice|describe)\b|讲|试|写|预测|描述|说说",
    re.I,
)
_LIKE = re.compile(
    r"\b(?:alike|in common|same|both|similar\w*|parecid\w+|en común|igual|compart\w+|mism[oa]s?)\b|"
    r"相同|一样|共同|相似|都有",
    re.I,
)
_UNLIKE = re.compile(
    r"\b(?:differ\w*|unlike|whereas|distint\w+|diferen\w+|en cambio)\b|不同|不一样|差别|区别", re.I
)
_STAGE = {
    "goal": r"goal|meta|objetivo|目标",
    "reality": r"reality|realidad|现状",
    "options": r"options?|opciones|选择|选项",
    "will": r"will|voluntad|compromiso|行动|意愿",
}
_LABEL = {
    name: re.compile(rf"^\W*(?:{words})\*{{0,2}}\s*[.:：。]", re.I | re.M)
    for name, words in _STAGE.items()
}
_PLAN = re.compile(r"^\W*(?:plan|计划)\*{0,2}\s*[:：](.+)$", re.I | re.M)
_PLACEHOLDER = re.compile(r"in your own words|con tus palabras|用你自己的话|^\W*$", re.I)
_YES_NO = re.compile(r"^(?:is|are|does|do|did|can|¿?es cierto|是不是)\b", re.I)


def good_turn(method: str, answer: str, *, turn: int, learner_said: str) -> list[str]:
    """Return what a turn of ``method`` lacks, by name; an empty list for a good one.

    ``turn`` counts from 1 within the method; ``learner_said`` is the message it answers.
    Raises KeyError for a method there is not.
    """
    lacks = [] if _asks(answer) else ["ends_with_something_to_do"]
    return lacks + _RULES[method](answer, turn, learner_said)


def finished(method: str, answer: str, *, turn: int) -> bool:
    """Has the method done its work with this turn? For coaches that leave no note."""
    if method == "grow":
        return bool(_PLAN.search(answer))
    return turn >= TURNS


def _asks(answer: str) -> bool:
    body = _QUOTED.sub("", answer)
    return bool(_QUESTION.search(body) or _ASKS_FOR_MORE.search(body))


def _own(answer: str) -> str:
    """The coach's own statements: without quotations and questions."""
    bare = _QUOTED.sub("", answer)
    return "\n".join(
        s for s in re.split(r"(?<=[.!?。！？:：\n])", bare) if not re.search("[?？]", s)
    )


def _substance(said: str) -> bool:
    return bool(sentences(said)) and bool(terms([said]))


def _quotes(answer: str, said: str) -> bool:
    """Does the answer use the learner's own words, one term at least?"""
    folded = answer.lower()
    return any(term.lower() in folded for term in terms([said], most=12))


def _retrieval(answer: str, turn: int, said: str) -> list[str]:
    lacks = []
    if len(_QUESTION.findall(_QUOTED.sub("", answer))) != 1:
        lacks.append("exactly_one_question")
    after = _QUESTION.split(answer)[-1]
    if _TELLS.search(_own(answer)) if turn == 1 else _TELLS.search(_QUOTED.sub("", after)):
        lacks.append("asks_before_it_tells")
    if proposals.read(answer):
        lacks.append("answer_not_given_away")
    return lacks


def _socratic(answer: str, turn: int, said: str) -> list[str]:
    lacks = []
    if not 1 <= len(_QUESTION.findall(_QUOTED.sub("", answer))) <= 2:
        lacks.append("one_question")
    if _TELLS.search(_own(answer)):
        lacks.append("hands_nothing_over")
    if turn > 1 and _substance(said) and not _quotes(answer, said):
        lacks.append("built_from_their_words")
    return lacks


def _chunking(answer: str, turn: int, said: str) -> list[str]:
    pieces = len(_NUMBERED.findall(answer))
    if turn == 1 and not 3 <= pieces <= 6:
        return ["map_of_three_to_six"]
    return ["one_piece_at_a_time"] if turn > 1 and pieces > 6 else []


def _dual_coding(answer: str, turn: int, said: str) -> list[str]:
    picture = _MERMAID.search(answer)
    drawn = picture[0] if picture else "\n".join(m[0] for m in _ARROWS.finditer(answer))
    if not drawn:
        return ["diagram"]
    lacks = []
    if picture and len(set(_NODE.findall(drawn))) > 8:
        lacks.append("at_most_eight_nodes")
    if len(answer) - len(drawn) < 20:
        lacks.append("words_beside_the_picture")
    return lacks


def _feynman(answer: str, turn: int, said: str) -> list[str]:
    if turn == 1 or not _substance(said):
        return ["lets_them_explain_first"] if _TELLS.search(_own(answer)) else []
    lacks = [] if _quotes(answer, said) else ["quotes_the_learner"]
    return lacks + ([] if len(_BOLD.findall(answer)) == 1 else ["exactly_one_gap"])


def _grow(answer: str, turn: int, said: str) -> list[str]:
    plan = _PLAN.search(answer)
    if plan:
        dated = moments.day(plan[1]) and moments.time(plan[1])
        return [] if dated else ["plan_with_day_and_time"]
    if turn > TURNS:
        return ["plan_line"]
    named = [name for name in STAGES if _LABEL[name].search(answer)]
    if len(named) != 1:
        return ["one_letter_of_grow"]
    return ["goal_first"] if turn == 1 and named != ["goal"] else []


def _spaced(answer: str, turn: int, said: str) -> list[str]:
    cards = proposals.read(answer)
    lacks = []
    if (cards or (turn <= 2 and _substance(said))) and not 2 <= len(cards) <= 4:
        lacks.append("two_to_four_cards")
    if any(_PLACEHOLDER.search(card.answer) for card in cards):
        lacks.append("answers_not_placeholders")
    if any(_YES_NO.search(card.question) for card in cards):
        lacks.append("questions_beyond_yes_and_no")
    return lacks


def _pareto(answer: str, turn: int, said: str) -> list[str]:
    ideas = len(_NUMBERED.findall(answer))
    if turn == 1:
        return [] if 2 <= ideas <= 3 else ["two_or_three_ideas"]
    return ["few_ideas"] if ideas > 3 else []


def _interleaving(answer: str, turn: int, said: str) -> list[str]:
    lacks = []
    named = {m[0].lower() for m in [*_QUOTED.finditer(answer), *_BOLD.finditer(answer)]}
    if (turn == 1 or _substance(said)) and len(named) < 2:
        lacks.append("names_both_topics")
    if turn == 1 and not (_LIKE.search(answer) and _UNLIKE.search(answer)):
        lacks.append("like_and_unlike")
    return lacks


def _error_driven(answer: str, turn: int, said: str) -> list[str]:
    if turn == 1:
        return ["task_before_explanation"] if _TELLS.search(_own(answer)) else []
    return ["looks_at_their_try"] if _substance(said) and not _quotes(answer, said) else []


_RULES: dict[str, Callable[[str, int, str], list[str]]] = {
    "pareto": _pareto,
    "feynman": _feynman,
    "chunking": _chunking,
    "dual_coding": _dual_coding,
    "interleaving": _interleaving,
    "retrieval": _retrieval,
    "spaced": _spaced,
    "grow": _grow,
    "socratic": _socratic,
    "error_driven": _error_driven,
}
