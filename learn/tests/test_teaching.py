"""The rules of a good turn: each catches what is not its method, and the built-in coach keeps them."""

from itertools import pairwise

import pytest

from learn.rules import prompts, proposals, teaching
from learn.rules.methods import METHODS
from solacore.kit import llm
from solacore.kit.llm.base import Ask, Turn

SAID = "The moon pulls the water, so there is a bulge on the near side."
GOOD = {
    "pareto": (1, "Two ideas carry it:\n1. Pull: what moves the water?\n2. Turning: why twice?\nWhich could you explain?"),
    "feynman": (2, "“The moon pulls the water” is clear. Missing is **why there is a bulge**. Explain only that?"),
    "chunking": (1, "1. Moon\n2. Sun\n3. Earth\nEach needs the one before. Where do we begin?"),
    "dual_coding": (2, "[moon] --> [water] --> [bulge]\nThe pull goes from left to right. Which arrow is wrong?"),
    "interleaving": (1, "“Tides” and “seasons” both come back; the difference is the period. Where else do they differ?"),
    "retrieval": (2, "You had the moon. What comes before the bulge?"),
    "spaced": (2, "Q: What pulls the water?\nA: the moon\n\nQ: Where is the bulge?\nA: on the near side\n\nWhich is too easy?"),
    "grow": (1, "**Goal.** What will you be able to do with tides, and how will you notice?"),
    "socratic": (2, "You say “the moon pulls the water”. What would have to be true of a lake?"),
    "error_driven": (2, "You wrote that the moon pulls the water. Where could that part from what we see?"),
}  # fmt: skip
BAD = [
    ("pareto", 1, "1. a\n2. b\n3. c\n4. d\nWhich one?", "two_or_three_ideas"),
    ("pareto", 1, "Here are the ideas. Good luck.", "ends_with_something_to_do"),
    ("feynman", 1, "Tides exist because the moon pulls. Can you explain it?", "lets_them_explain_first"),
    ("feynman", 2, "That is nice. What is **missing**?", "quotes_the_learner"),
    ("feynman", 2, "“The moon pulls the water”: **why** and **how far**. Again?", "exactly_one_gap"),
    ("feynman", 2, "“The moon pulls the water”: good. Again?", "exactly_one_gap"),
    ("chunking", 1, "1. Moon\n2. Sun\nWhere do we begin?", "map_of_three_to_six"),
    ("dual_coding", 1, "Picture the moon in your head. What do you see?", "diagram"),
    ("dual_coding", 1, "[moon] --> [water]\nWhy?", "words_beside_the_picture"),
    ("dual_coding", 1, "```mermaid\ngraph LR\n" + "\n".join(f"  N{n}[x] --> M{n}[y]" for n in range(9)) + "\n```\nThe picture shows it all. Which one is wrong?", "at_most_eight_nodes"),
    ("interleaving", 1, "Tides are like seasons but differ. What else?", "names_both_topics"),
    ("interleaving", 1, "“Tides” and “seasons”: what do you think?", "like_and_unlike"),
    ("retrieval", 1, "What pulls? And what turns?", "exactly_one_question"),
    ("retrieval", 1, "Tides rise because the moon pulls. What pulls?", "asks_before_it_tells"),
    ("retrieval", 2, "What pulls the water? The answer is the moon.", "asks_before_it_tells"),
    ("retrieval", 2, "Q: Who pulls?\nA: the moon", "answer_not_given_away"),
    ("spaced", 2, "Q: What pulls?\nA: the moon\nGood?", "two_to_four_cards"),
    ("spaced", 2, "What would you keep?", "two_to_four_cards"),
    ("spaced", 2, "Q: What pulls?\nA: in your own words\nQ: What turns?\nA: the earth\nGood?", "answers_not_placeholders"),
    ("spaced", 2, "Q: Is it the moon?\nA: yes\nQ: What turns?\nA: the earth\nGood?", "questions_beyond_yes_and_no"),
    ("grow", 1, "**Options.** Which way do you choose?", "goal_first"),
    ("grow", 2, "**Reality.** Where are you?\n**Options.** Which way?", "one_letter_of_grow"),
    ("grow", 2, "Where are you now?", "one_letter_of_grow"),
    ("grow", 5, "Plan: explain it to my sister\nIs that fine?", "plan_with_day_and_time"),
    ("grow", 5, "Plan: tomorrow, ten minutes\nIs that fine?", "plan_with_day_and_time"),
    ("socratic", 2, "The water bulges because the moon pulls. Clear?", "hands_nothing_over"),
    ("socratic", 2, "What else? Why? How? When?", "one_question"),
    ("socratic", 2, "What do you like about school?", "built_from_their_words"),
    ("error_driven", 1, "The tide rises because of the moon. Now try.", "task_before_explanation"),
    ("error_driven", 2, "Interesting. What else?", "looks_at_their_try"),
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_a_good_turn_lacks_nothing(method):
    turn, answer = GOOD[method]
    assert teaching.good_turn(method, answer, turn=turn, learner_said=SAID) == []


@pytest.mark.parametrize(("method", "turn", "answer", "lack"), BAD)
def test_what_is_not_the_method_is_named(method, turn, answer, lack):
    assert lack in teaching.good_turn(method, answer, turn=turn, learner_said=SAID)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("other", ["chunking", "dual_coding", "grow", "interleaving"])
def test_methods_are_told_apart_by_their_first_turn(method, other):
    """A map is no diagram and a question no contrast: whose form is strict knows its own."""
    _turn, answer = GOOD[method]
    if method != other:
        assert teaching.good_turn(other, answer, turn=1, learner_said=SAID)


def test_grow_is_finished_by_its_plan_and_the_others_by_their_turns():
    assert teaching.finished("grow", "Plan: tomorrow, 19:00: tell my sister", turn=3)
    assert not teaching.finished("grow", "**Will.** When?", turn=9)
    assert not teaching.finished("feynman", "x", turn=teaching.TURNS - 1)
    assert teaching.finished("feynman", "x", turn=teaching.TURNS)


LEARNERS = {
    "en": ["How do tides work?", SAID, "The earth turns, so there is high tide twice a day.", "no idea", "Somehow the sun helps the moon.", "On Friday at 7 pm I tell my sister."],
    "zh": ["光合作用是怎么回事？", "植物用阳光把二氧化碳和水变成糖。", "叶绿素吸收阳光，然后释放氧气。", "不知道", "晚上没有阳光，光反应会停下来。", "周五晚上我讲给同学听。"],
    "es": ["¿Cómo funcionan las mareas?", "La luna tira del agua del océano.", "La tierra gira, por eso hay dos mareas al día.", "ni idea", "De alguna manera el sol ayuda a la luna.", "El viernes por la tarde se lo cuento a mi hermana."],
}  # fmt: skip


@pytest.mark.parametrize("language", LEARNERS)
@pytest.mark.parametrize("method", METHODS)
def test_the_built_in_coach_keeps_to_every_method_for_many_turns(method, language):
    says = LEARNERS[language] * 2
    turns, answers = [], []
    for number, said in enumerate(says, 1):
        turns.append(Turn("user", said))
        ask = Ask(
            system="",
            turns=tuple(turns),
            product="learn",
            step="explore",
            turn_in_step=number,
            language=language,
            method=method,
            topic=says[0],
            earlier=("Sourdough bread",),
        )
        answer = llm.offline_coach().answer(ask)
        assert teaching.good_turn(method, answer, turn=number, learner_said=said) == [], answer
        answers.append(answer)
        turns.append(Turn("assistant", answer))
    assert len(set(answers[:6])) == 6
    assert all(a != b for a, b in pairwise(answers))


def test_cards_of_the_built_in_coach_are_the_learners_own_words():
    ask = Ask(system="", turns=(Turn("user", SAID),), product="learn", step="plan", method="spaced")
    cards = proposals.read(llm.offline_coach().answer(ask))
    assert len(cards) >= 2
    assert all(card.answer in SAID for card in cards)


@pytest.mark.parametrize("method", METHODS)
def test_prompt_tells_the_protocol_the_depth_and_the_note(method):
    told = prompts.system(
        step="explore", tool=method, language="es", topic="tides", earlier="bread",
        mode="quick", summary="You know that [EMAIL_1] pulls.", check_in="the card on bread", turn=3,
    )  # fmt: skip
    assert "First turn" in told
    assert "Finished:" in told
    assert "Quick:" in told
    assert '[[coach {"concepts"' in told
    assert "message number 3" in told
    assert "the card on bread" in told
    assert "You know that [EMAIL_1] pulls." in told
    assert "{{" not in told
    bare = prompts.system(step="plan", tool=None, language="en", topic="", earlier="")
    assert "Before anything else" not in bare
    assert "{{" not in bare
