"""When a step has done its work, and the note by which a model says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solacore.kit.talk.language import detect
from solacore.kit.talk.notes import NoteFilter
from solve.rules.coach import MAX_TURNS, has_options, is_real, purpose_met

SMALL = ["hi", "Hello there!", "ok", "lol", "nice weather today", "how are you?", "你好", "哈哈",
         "hola qué tal", "😀!!", "hi, how are you", "你好啊 在吗", "...", "thanks"]  # fmt: skip
REAL = ["I feel stuck", "no money", "hola, me siento mal", "你好，我很难过", "nothing works any more",
        "Answer 1: rent, deadline on Friday, tried calling"]  # fmt: skip


@pytest.mark.parametrize("text", SMALL)
def test_small_talk_is_not_real(text):
    assert not is_real(text, "receive")


@pytest.mark.parametrize("text", REAL)
def test_worries_are_real(text):
    assert is_real(text, "receive")
    assert purpose_met("receive", [text])


def test_five_messages_of_small_talk_finish_nothing():
    step, said = "receive", []
    for text in ["hi", "ok", "lol", "nice weather today", "haha"]:
        said.append(text)
        if purpose_met(step, said):
            step, said = "clarify", []
    assert step in ("receive", "clarify")


@pytest.mark.parametrize("step", ["receive", "clarify", "reframe", "options", "commit"])
def test_nobody_is_kept_for_ever(step):
    assert not purpose_met(step, ["no"] * (MAX_TURNS - 1))
    assert purpose_met(step, ["no"] * MAX_TURNS)


def test_clarify_wants_three_answers_or_two_rich_ones():
    assert not purpose_met("clarify", ["It began in March"])
    assert not purpose_met("clarify", ["It began in March", "ok", "lol"])
    assert purpose_met("clarify", ["It began in March", "with my boss", "who never listens"])
    assert purpose_met("clarify", ["word " * 40 + "boss", "word " * 40 + "rent"])
    assert purpose_met("clarify", ["我" * 60, "他" * 60])


@pytest.mark.parametrize(
    "text", ["yes", "B", "b)", "tonight", "好", "第二个", "sí", "la primera", "ok, tonight",
             "The second one", "I will call her tomorrow"],
)  # fmt: skip
def test_choice_or_agreement_closes_the_last_steps(text):
    assert purpose_met("options", [text])
    assert purpose_met("commit", [text])


@pytest.mark.parametrize(
    "text",
    ["no", "too much", "不行", "太难了", "no puedo", "I can't do that", "lol", "none of them"],
)
def test_refusal_does_not(text):
    assert not purpose_met("options", [text])
    assert not purpose_met("commit", [text])


def run(pieces):
    notes = NoteFilter()
    shown = "".join(notes.feed(piece) for piece in pieces)
    rest, note = notes.finish()
    return shown + rest, note


@pytest.mark.parametrize(
    ("answer", "shown", "note"),
    [('Hm.\n[[coach {"done": true}]]', "Hm.", {"done": True}),
     ('Hm. [[coach {"done": false}]]\n', "Hm.", {"done": False}),
     ('[[coach {"done": "yes"}]]', "", {"done": "yes"}), ("Hm.", "Hm.", None),
     ("Hm. [[co", "Hm. [[co", None), ("a [[ b ]] c", "a [[ b ]] c", None),
     ("Hm. [[coach oops]]", "Hm. [[coach oops]]", None), ('Hm.[[coach {"a": }]]', "Hm.", None),
     ("A [[coach]] once said", "A [[coach]] once said", None)],
)  # fmt: skip
def test_note_is_read_and_never_shown(answer, shown, note):
    assert run([answer]) == (shown, note)


@given(st.text(alphabet='ab [c]\noh{"done": true}', max_size=60), st.data())
def test_what_is_shown_does_not_depend_on_how_it_was_cut(text, data):
    text = data.draw(st.sampled_from([text, f'{text}[[coach {{"done": true}}]]']))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert run(pieces) == run([text])


def test_options_are_known_by_their_last_lines():
    assert has_options("Here:\n\nA) one\nB) two\nC) three")
    assert has_options("A) one\nB) two")
    assert not has_options("A) one\nB) two\nC) three\nWhich?")
    assert not has_options("none")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("I feel stuck", "en"), ("me siento mal", "es"), ("我很难过", "zh"), ("ok", "??"), ("😀", "??"),
     ("No puedo dormir", "es"), ("我的 boss 很 mean", "zh"), ("¿qué?", "es"), ("", "??")],
)  # fmt: skip
def test_language_is_told_or_left_open(text, spoken):
    assert detect(text, "??") == spoken
