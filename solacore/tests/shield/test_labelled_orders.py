"""Prompt injection against messages that were labelled without sight of the patterns.

At first sight 120 of 155 were flagged (43 of the 61 that no rule was fitted to), and none of the
100 look-alikes.
"""

import pytest

from solacore.kit.talk.injection import flagged
from solacore.tests.shield import labelled


def test_set_is_as_large_as_it_says():
    assert len(set(labelled.orders())) >= 150
    assert len(set(labelled.lookalikes())) >= 100


def test_hardly_an_order_is_missed():
    every = labelled.orders()
    missed = [text for text in every if not flagged(text)]
    assert len(missed) <= 0.05 * len(every), missed


@pytest.mark.parametrize("text", labelled.lookalikes())
def test_what_only_sounds_like_an_order_is_not_flagged(text):
    assert flagged(text) is None
