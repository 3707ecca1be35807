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


def test_what_sounds_like_nobody_at_risk_is_asked_about_and_what_does_is_too(monkeypatch):
    monkeypatch.setattr(ear, "weigh", lambda text: -9.0)
    assert assess("I want to die").tier == "soft"
    monkeypatch.setattr(ear, "weigh", lambda text: 9.0)
    sound = assess("Me mudo en marzo con la familia a otra casa")
    assert (sound.tier, sound.keyword, sound.language) == ("soft", "sound", "es")
    assert assess("I just want to disappear").tier == "explicit"
    monkeypatch.setattr(ear, "weigh", lambda text: 0.0)
    assert assess("Me mudo en marzo con la familia a otra casa") is None
    assert assess("I want to die").tier == "explicit"
