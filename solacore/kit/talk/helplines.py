from dataclasses import dataclass

from solacore.kit.talk import crisis


@dataclass
class Help:
    text: str
    resources: dict
    lines: list


def card(*, language, country):
    return Help(crisis.help_text(language), crisis.HELPLINES, [])


def done(card):
    return {
        "blocked": True,
        "reason": "CRISIS",
        "resources": card.resources,
        "helplines": card.lines,
    }


def line(language):
    return "988"
