"""Which option a message takes: letters, places, the option's own words; else nobody chose."""

import pytest

from solve.rules.choices import chosen, offered

EN = [
    "Talk to your sister tonight: say what the move means.",
    "Write the letter first: what you fear.",
    "Try three quiet evenings: phone in the kitchen.",
]
ES = [
    "Habla con tu hermana esta noche.",
    "Escribe primero la carta a tu jefe.",
    "Prueba tres tardes tranquilas.",
]
ZH = ["今晚和姐姐谈谈你的想法", "先把这封信写下来", "试试三个安静的晚上"]


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("B", "B"), ("b.", "B"), ("(c)", "C"), ("2", "B"), ("a please", "A"), ("Option B", "B"),
        ("I'd go with B because it is small", "B"), ("I choose c", "C"), ("A is best for me", "A"),
        ("let's do a", "A"), ("B) sounds right", "B"), ("the second one", "B"), ("I think the last", "C"),
        ("Number three, please", "C"), ("not A, B", "B"), ("I like A but not B", "A"),
        ("I'll write the letter", "B"), ("three quiet evenings, phone in the kitchen", "C"),
        # Nobody chose, or not one of these.
        ("D", None), ("A or B", None), ("both A and C", None), ("none of them", None), ("not B", None),
        ("a friend of mine said so", None), ("A walk would be nice", None), ("do a good job", None),
        ("give me a second", None), ("the first time I tried it was awful", None), ("", None), ("?", None),
        ("What does B mean?", None), ("tell me more about B", None), ("yes", None), ("I don't know", None),
        ("I'd rather sleep", None), ("I won't write the letter", None), ("vitamin supplements", None),
        ("My sister lives far away and I have not had any evenings for a year, work is all there is", None),
    ],
)  # fmt: skip
def test_english(said, letter):
    assert chosen(said, EN) == letter


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("la b", "B"), ("la segunda", "B"), ("opción C", "C"), ("prefiero la primera opción", "A"),
        ("la última", "C"), ("elijo B", "B"), ("escribo la carta a mi jefe", "B"), ("la dos", "B"),
        ("no quiero la b", None), ("la primera vez fue mal", None), ("voy a mi casa", None), ("ninguna", None),
        ("¿Qué significa B?", None),
    ],
)  # fmt: skip
def test_spanish(said, letter):
    assert chosen(said, ES) == letter


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("B", "B"), ("选B", "B"), ("我选A", "A"), ("b吧", "B"), ("第二个", "B"), ("第三个吧", "C"),
        ("最后一个", "C"), ("方案二", "B"), ("我先把信写下来", "B"), ("不选A，选B", "B"),
        ("第一次的时候很糟", None), ("不选B", None), ("都不行", None), ("B是什么意思", None), ("好的", None),
    ],
)  # fmt: skip
def test_chinese(said, letter):
    assert chosen(said, ZH) == letter


def test_options_are_read_off_an_answer():
    text = "Three ways:\n\nA) Talk to her: tonight.\nB) Write it down.\nC) Wait a day.\n"
    assert offered(text) == ["Talk to her: tonight.", "Write it down.", "Wait a day."]
    assert offered("No list here. A) in a line is none") == []
    assert chosen("B", []) is None


def test_long_and_odd_texts_cost_little():
    for text in ("a " * 20_000, "第" * 20_000, "not " * 5_000 + "B", "(" * 10_000):
        chosen(text, EN)
