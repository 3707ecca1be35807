"""Known words by what is left of them without one letter."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_WORDS = 19  # bits: half a million words
_HASH = (1 << 44) - 1


class Near:
    """Finds words that are one letter longer than what is asked for.

    A hash and a word's number side by side in one sorted array: 300,000 of them are 2.5 MB,
    where a dictionary of lists took 45.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._places = array(
            "Q",
            sorted(
                (hash(shorter) & _HASH) << _WORDS | number
                for number, word in enumerate(words)
                for shorter in {word[:at] + word[at + 1 :] for at in range(len(word))}
            ),
        )

    def without_a_letter(self, shorter: str) -> Iterator[str]:
        """Yield the words that are ``shorter`` when one letter is left out, in their order."""
        wanted = hash(shorter) & _HASH
        at = bisect_left(self._places, wanted << _WORDS)
        while at < len(self._places) and self._places[at] >> _WORDS == wanted:
            word = self._words[self._places[at] & ((1 << _WORDS) - 1)]
            if len(word) == len(shorter) + 1:
                yield word
            at += 1
