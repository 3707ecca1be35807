"""What a password must have, and how it is kept."""

import re
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher

MAX_LENGTH = 256


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id above OWASP's minimum (19 MiB, 2 passes): 32 MiB, 2 passes, one lane.

    Django's default asks for 100 MiB and eight threads per hash, which a small machine
    cannot give several people at once.
    """

    time_cost = 2
    memory_cost = 32 * 1024  # KiB
    parallelism = 1


def normal(password: str) -> str:
    """Return ``password`` in Unicode's NFC: one keyboard sends é whole, another in two parts."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str) -> str:
    """Return ``password``, normalised, if it may be used (contract 2.6).

    Eight characters, a capital and a digit: the clients' forms promise exactly this.
    Raises ValueError with a sentence.
    """
    if len(password) > MAX_LENGTH:
        raise ValueError(f"must have at most {MAX_LENGTH} characters")
    if len(password) < 8:
        raise ValueError("must have at least 8 characters")
    if not re.search(r"[A-Z]", password):
        raise ValueError("must have at least one upper-case letter")
    if not re.search(r"[0-9]", password):
        raise ValueError("must have at least one digit")
    return normal(password)
