"""What is hidden on the way out comes back on the way in, and nothing takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solacore.kit.talk.shield import Restorer, Shield, masked
from solacore.tests.shield import labelled

SENTENCES = [case.text for case in labelled.cases()] + labelled.negatives()[::4]
PUMPS = ["1 ", "11 ", "1-", "00 ", "00 1 ", "(1", "1.", "a@", "a @ ", "a dot ", "::", "1:", "@a ",
         "06 12 ", "call 1 ", "路1号", "微信 ", "order no ", "GB29 ", "-at- ", "#", "9"]  # fmt: skip


@given(
    st.lists(
        st.one_of(st.sampled_from(SENTENCES), st.text(max_size=40).filter(lambda t: "[" not in t)),
        max_size=5,
    ),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_what_was_hidden_comes_back_however_the_answer_is_cut(messages, sizes):
    shield, seen = Shield(), []
    for message in messages:
        seen.append((message, masked(message, shield.hide(message))))
    for message, sent in seen:
        back, at, turn = Restorer(shield.places), 0, 0
        shown = ""
        while at < len(sent):
            size = sizes[turn % len(sizes)]
            shown += back.feed(sent[at : at + size])
            at, turn = at + size, turn + 1
        shown += back.finish()
        assert same(shown, message), (sent, shield.places)


def same(shown, message):
    """A value written a second way comes back as it was written first: compare what is left."""
    again = Shield()
    return masked(shown, again.hide(shown)) == masked(message, Shield().hide(message))


@pytest.mark.parametrize("text", SENTENCES[::7])
def test_one_message_comes_back_exactly(text):
    shield = Shield()
    sent = masked(text, shield.hide(text))
    back = Restorer(shield.places)
    assert back.feed(sent) + back.finish() == text


@pytest.mark.parametrize("pump", PUMPS)
def test_forty_thousand_hostile_characters_take_five_times_eight_thousand(pump):
    def taken(size):
        text = (pump * size)[:size]
        tries = []
        for _ in range(5):
            begun = time.process_time()
            Shield().hide(text)
            tries.append(time.process_time() - begun)
        return min(tries)

    # Linear is 5; quadratic 25. The floor keeps the clock's grain out of it.
    assert taken(40_000) < 9 * max(taken(8_000), 0.005)
