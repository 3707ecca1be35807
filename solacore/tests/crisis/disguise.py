"""Ways to hide a sentence, each a function of the plain one."""

import random
from collections.abc import Callable

_LOOKALIKE = str.maketrans("aeopcxyi", "аеорсхуі")
_LEET = str.maketrans("aeios", "43105")
_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
LATIN = ("en", "es", "fr", "de", "pt")


def _words(change: Callable[[str, random.Random], str]) -> Callable[[str], str]:
    """Return a disguise that changes one long word, always the same one for a sentence."""

    def apply(text: str) -> str:
        chance = random.Random(text)
        words = text.split(" ")
        long = [n for n, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
        if long:
            chosen = chance.choice(long)
            words[chosen] = change(words[chosen], chance)
        return " ".join(words)

    return apply


def _swap(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def _double(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at - 1] * 2 + word[at:]


def _joined(text: str, sign: str) -> str:
    return "  ".join(sign.join(word) for word in text.replace("'", "").split(" "))


EVERYWHERE: dict[str, Callable[[str], str]] = {
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "upper case": str.upper,
    "curly quotes": lambda text: text.replace("'", "’"),
    "turned round": lambda text: "\u202e" + text[::-1],
    "noise around": lambda text: f"so... {text} 😔😔",
}
IN_LATIN: dict[str, Callable[[str], str]] = {
    "full width": lambda text: text.translate(_FULL),
    "look-alikes": lambda text: text.translate(_LOOKALIKE),
    "leet": lambda text: text.translate(_LEET),
    "dots": lambda text: _joined(text, "."),
    "spaces": lambda text: _joined(text, " "),
    "doubled": _words(_double),
    "swapped": _words(_swap),
    "dropped": _words(_drop),
}
IN_CHINESE: dict[str, Callable[[str], str]] = {"spaces": " ".join, "dots": ".".join}
