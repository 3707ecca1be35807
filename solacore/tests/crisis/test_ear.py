"""The second opinion: fitted to our messages, steady, and never deaf to what phrases know."""

import pytest

from solacore.kit.talk.crisis import assess, ear
from solacore.tests.crisis.labelled import digest

GRAVE = "I want to die. I will kill myself tonight. "
LONG = "The landlord wants more rent and I have to answer him by Friday. "


def test_its_weights_were_fitted_to_these_messages():
    """Else run ``python bench/crisis_ear.py``."""
    head = ear.WEIGHTS.read_text(encoding="utf-8").partition("\n")[0]
    assert head.split("\t")[0] == digest()


@pytest.mark.parametrize(
    "text",
    [f"{LONG * 20}\n\n{GRAVE}\n\n{LONG * 5}", GRAVE + LONG * 200, LONG * 100 + GRAVE],
)
def test_the_gravest_stretch_is_what_weighs(text):
    """Of a very long message both ends are read."""
    assert ear.weigh(text[:8_000]) > ear.weigh(LONG * 5) + 1


@pytest.mark.parametrize("text", ["", " ", "?!", "😔", "1", "\n" * 9, "x" * 8_000, "。" * 8_000])
def test_whatever_is_weighed_weighs_something(text):
    assert -20 < ear.weigh(text) < 20


PLAIN = "Me mudo en marzo con la familia a otra casa"


@pytest.mark.parametrize(
    ("weight", "text", "tier"),
    [(-9, "I want to die", "soft"), (0, "I want to die", "explicit"),
     (0, PLAIN, None), (2, PLAIN, "soft"), (9, PLAIN, "explicit"),
     (-9, "I just want to disappear", None), (0, "I just want to disappear", "soft"),
     (2, "I just want to disappear", "explicit")],
)  # fmt: skip
def test_phrases_and_weight_decide_together(monkeypatch, weight, text, tier):
    monkeypatch.setattr(ear, "weigh", lambda text: float(weight))
    risk = assess(text)
    assert (risk and risk.tier) == tier


def test_what_only_sounds_so_has_a_name_and_a_language(monkeypatch):
    monkeypatch.setattr(ear, "weigh", lambda text: 2.0)
    risk = assess(PLAIN)
    assert (risk.keyword, risk.language) == ("sound", "es")
