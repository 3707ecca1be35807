"""How much of an answer is enough: a longest length, and nothing said hundreds of times."""

CHARACTERS_PER_TOKEN = 8  # twice what English takes: nobody's whole answer is cut
LONGEST_UNIT = 32
REPEATS = 200  # a ruled line or a table does not come near
CHECK_EVERY = 64  # characters


class Guard:
    """Follows one answer. ``limit`` is in characters."""

    def __init__(self, limit: int) -> None:
        self._left, self._unchecked, self._recent = limit, 0, ""
        self.full = self.looping = False

    def admit(self, piece: str) -> str:
        """Return what of ``piece`` is within the limit; ``full`` and ``looping`` say the rest."""
        kept = piece[: self._left]
        self._left -= len(kept)
        self.full = self._left <= 0
        self._recent = (self._recent + kept)[-LONGEST_UNIT * REPEATS :]
        self._unchecked += len(kept)
        if self._unchecked >= CHECK_EVERY or self.full:
            self._unchecked = 0
            self.looping = loops(self._recent)
        return kept


def loops(text: str) -> bool:
    """Say whether ``text`` ends with one short unit, said REPEATS times."""
    for length in range(1, LONGEST_UNIT + 1):
        unit = text[-length:]
        if text[-2 * length : -length] != unit:
            continue
        if text.endswith(unit * REPEATS):
            return True
    return False
