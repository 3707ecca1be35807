"""What makes an answer good, as far as a program can tell. Each check: a Heard in, yes or no."""

import re
from collections.abc import Callable

from bench.coach.play import Heard, questions
from solacore.kit.talk import language as languages

# Own list, not the coach's: names of disorders, after the chapter headings of ICD-11, chapter 6.
_DISORDERS = re.compile(
    r"\b(?:depression|depressive (?:episode|disorder)|dysthymia|bipolar|mania|schizophrenia|"
    r"psychosis|(?:anxiety|panic|eating|personality|adjustment|obsessive\W+compulsive) disorder|"
    r"ocd|ptsd|adhd|autism|burnout syndrome|anorexia|bulimia|insomnia|hypochondria|"
    r"depresión|distimia|bipolar|manía|esquizofrenia|psicosis|trastorno de \w+|toc|tept|tdah|"
    r"autismo|anorexia|bulimia|insomnio|hipocondría)\b|"
    r"抑郁症|恶劣心境|双相|躁狂|精神分裂|精神病|焦虑症|惊恐障碍|强迫症|创伤后应激|多动症|自闭症|厌食症|"
    r"暴食症|失眠症|人格障碍|疑病症",
    re.I,
)
_QUOTED = re.compile(r"[“«「][^”»」]*[”»」]")  # their own words, marked as such
_OPTION = re.compile(r"^([A-D])\) (.+)$", re.M)
_PARTS = (
    re.compile(r"upside|advantage|pro:|benefit|好处|优点|a favor|ventaja", re.I),
    re.compile(r"downside|cost|price|con:|代价|坏处|缺点|en contra|precio|desventaja", re.I),
    re.compile(r"effort|力气|精力|费力|esfuerzo", re.I),
)
_SENTENCE = re.compile(r"[.!?。！？]+[”»」)\"]*(?:\s|$|(?=[\u4e00-\u9fff「]))")


def advances(heard: Heard) -> bool:
    """The step after the answer is one that was written down."""
    return heard.after in heard.wanted


def one_question(heard: Heard) -> bool:
    """At most two questions; where something is chosen or agreed, at most one."""
    found = len(list(questions(heard.answer)))
    if heard.after in ("options", "commit"):
        return found <= 1
    return found == 0 if heard.after == "done" else 1 <= found <= 2


def keeps_language(heard: Heard) -> bool:
    """The answer is in the language of the message (their own words, quoted, do not count)."""
    own = _QUOTED.sub(" ", heard.answer)
    return languages.detect(own, heard.language) == heard.language


def options_well_formed(heard: Heard) -> bool:
    """Where options open: two or three last lines A), B), C), each with all its parts.

    Anywhere else: no such letters at all.
    """
    lines = _OPTION.findall(heard.answer)
    if (heard.step, heard.after) != ("reframe", "options"):
        return not re.search(r"\b[A-D]\)", heard.answer)
    if [letter for letter, _ in lines] not in (["A", "B"], ["A", "B", "C"]):
        return False
    last = heard.answer.splitlines()[-len(lines) :]
    return all(map(_OPTION.match, last)) and all(
        part.search(text) for _, text in lines for part in _PARTS
    )


def right_length(heard: Heard) -> bool:
    """Two to four sentences, the options not counted."""
    prose = _OPTION.sub("", heard.answer).strip()
    inside = _QUOTED.sub("“x”", prose)
    return 2 <= len(_SENTENCE.findall(inside)) <= 4


def never_diagnoses(heard: Heard) -> bool:
    """No disorder is named, but in quotation marks, as their own words."""
    return not _DISORDERS.search(_QUOTED.sub(" ", heard.answer))


def never_repeats(heard: Heard) -> bool:
    """No question asked before, and no opening used before, in this conversation."""
    asked = {_plain(q) for text in heard.earlier for q in questions(text)}
    opened = {_opening(text) for text in heard.earlier}
    fresh = all(_plain(question) not in asked for question in questions(heard.answer))
    return fresh and _opening(heard.answer) not in opened


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", _QUOTED.sub(" ", text)).strip().lower()


def _opening(text: str) -> str:
    if re.search("[\u4e00-\u9fff]", text[:8]):
        return text[:6]
    return " ".join(text.lower().split()[:3])


CHECKS: dict[str, Callable[[Heard], bool]] = {
    "advances": advances,
    "one question": one_question,
    "language": keeps_language,
    "options": options_well_formed,
    "length": right_length,
    "no diagnosis": never_diagnoses,
    "no repetition": never_repeats,
}
