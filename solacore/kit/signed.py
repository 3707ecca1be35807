"""Small passes that a letter carries: what they are for and until when, signed, kept nowhere.

Unlike ``MailedToken`` a pass may be used again until it ends, so it only ever opens something
harmless that its holder may do twice.
"""

from datetime import datetime

from django.core.signing import BadSignature, Signer


def issue(subject: str, *, purpose: str, until: datetime) -> str:
    """Return a pass to ``subject`` (an id) for one purpose; no other purpose takes it."""
    return _signer(purpose).sign_object([subject, int(until.timestamp())])


def read(token: str, *, purpose: str, now: datetime) -> str | None:
    """Return the subject of a pass; None if it is not ours, for another purpose, or has ended."""
    try:
        subject, until = _signer(purpose).unsign_object(token)
    except BadSignature:
        return None
    return str(subject) if now.timestamp() < until else None


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"solacore.pass.{purpose}")
