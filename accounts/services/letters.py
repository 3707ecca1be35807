"""Letters to people about their account. Each waits in the queue until a worker writes it.

A letter is a task whose call names a person, never an address or a secret: tokens are made in
the moment of writing. It is queued in the transaction that gives cause for it, so both happen
or neither; a worker may write it twice, never not at all (ops/deferred.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django_tasks import task

from accounts.errors import InvalidOrExpiredToken
from accounts.limits import Tries
from accounts.models import Device, Purpose, User
from accounts.services import mailed, tallies
from solacore.kit import mail, signed
from solacore.kit.errors import RateLimited

RESET_LIFETIME = timedelta(minutes=30)


class Letter(StrEnum):
    """The letters in ``templates/emails``."""

    VERIFY = "verify"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    NEW_DEVICE = "new_device"
    DEVICE_LIMIT = "device_limit"
    TAKEN = "taken"
    REPLAYED = "replayed"
    CLAIMED = "claimed"
    REMINDER = "reminder"
    CHECK_IN = "check_in"
    REVIEW_DIGEST = "review_digest"
    GOODBYE = "goodbye"


# Only who has shown the address to be theirs is written to beyond the account's own safety.
TO_CONFIRMED_ONLY = {Letter.REMINDER, Letter.CHECK_IN, Letter.REVIEW_DIGEST}
# Letters one can do without: where the link leads that ends them (RFC 8058: by one POST).
UNSUBSCRIBE = {Letter.REVIEW_DIGEST: "{api}/mail/unsubscribe?token="}


@dataclass(frozen=True, slots=True)
class _Proof:
    """What the link of a letter proves, for how long, and where it leads."""

    purpose: Purpose
    lifetime: timedelta
    address: str


PROOFS = {
    Letter.VERIFY: _Proof(Purpose.VERIFY, timedelta(days=3), "{api}/mail/verify?token="),
    Letter.RESET: _Proof(Purpose.RESET, RESET_LIFETIME, "{web}/reset-password?token="),
    Letter.DEVICE_LIMIT: _Proof(
        Purpose.FREE_DEVICE, timedelta(hours=1), "{api}/mail/free-device?token="
    ),
}
# What the link of a check-in letter is good for (kit/signed.py), and for how long.
CHECK_IN_PASS, CHECK_IN_LIFETIME = "check-in", timedelta(days=14)

# Whoever makes us write these is not always the owner: no flood, and the newest link stays
# good once the allowance is used up.
CAPS = {
    Letter.VERIFY: Tries("letter-verify", 3, 3600),
    Letter.RESET: Tries("letter-reset", 3, 3600),
    Letter.DEVICE_LIMIT: Tries("letter-device", 3, 3600),
    Letter.TAKEN: Tries("letter-taken", 1, 86400),
}


def send(
    letter: Letter,
    user_id: UUID,
    *,
    now: datetime,
    device: Device | None = None,
    provider: str = "",
    link: str = "",
    about: UUID | None = None,
    count: int | None = None,
) -> None:
    """Queue a letter to somebody, in the running transaction; ``about`` is a check-in's id."""
    facts = {"time": spoken(now), "provider": provider.capitalize()}
    if count is not None:
        facts["count"] = str(count)
    if link:
        facts["link"] = link
    if about is not None:
        facts["about"] = str(about)
    if device is not None:
        facts["device"] = _named(device)
    write.enqueue(letter.value, str(user_id), facts)


@task()
def write(letter: str, user_id: str, facts: dict[str, str]) -> None:
    """Write one letter to whoever ``user_id`` is by now."""
    user = User.objects.filter(pk=user_id, is_active=True, is_tester=False).first()
    confirmed = user is not None and user.email_verified_at is not None
    if user is not None and (confirmed or letter not in TO_CONFIRMED_ONLY):
        _write(Letter(letter), user, facts)


@task()
def answer_reset_request(email: str) -> None:
    """Write the reset letter if ``email`` has an account.

    Found out here and not at the door, so that the door takes equally long for everybody.
    """
    user = User.objects.by_email(email).filter(is_active=True, is_tester=False).first()
    if user is not None:
        _write(Letter.RESET, user, {})


@task()
def say_goodbye(email: str, locale: str, time: str) -> None:
    """Tell somebody whose account is gone."""
    mail.deliver(Letter.GOODBYE, to=email, locale=locale, facts={"time": time})


@transaction.atomic
def _write(letter: Letter, user: User, facts: Mapping[str, str]) -> None:
    """Deliver a letter. If the mail server fails, neither its count nor its token ever was."""
    now = datetime.now(UTC)
    if cap := CAPS.get(letter):
        try:
            tallies.add({cap: str(user.pk)}, now=now)
        except RateLimited:
            return
    links = {"link": f"{settings.FRONTEND_URL}/forgot-password"}
    if letter is Letter.DEVICE_LIMIT:
        oldest = Device.objects.active().filter(user=user).order_by("last_active_at", "pk").first()
        if oldest is None:
            return
        links["device"] = _named(oldest)
    if proof := PROOFS.get(letter):
        token = mailed.issue(user=user, purpose=proof.purpose, lifetime=proof.lifetime, now=now)
        base = proof.address.format(api=settings.PUBLIC_URL, web=settings.FRONTEND_URL)
        links |= {"link": base + token, "token": token}
    if letter is Letter.CHECK_IN:
        until = now + CHECK_IN_LIFETIME
        token = signed.issue(facts["about"], purpose=CHECK_IN_PASS, until=until)
        links["link"] = f"{settings.PUBLIC_URL}/mail/check-in?token={token}"
    # A link that was given leads where the letter is about; a proof's own link comes first.
    known = {**links, **facts} if letter not in PROOFS else {**facts, **links}
    headers = {}
    if way_out := UNSUBSCRIBE.get(letter):
        known["unsubscribe"] = way_out.format(api=settings.PUBLIC_URL) + _signer(letter).sign(
            str(user.pk)
        )
        headers = {
            "List-Unsubscribe": f"<{known['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail.deliver(letter, to=user.email, locale=user.locale, facts=known, headers=headers)


def read_unsubscribe(letter: Letter, token: str) -> UUID:
    """Return who wants no more of ``letter``. Raises InvalidOrExpiredToken.

    The link works for as long as the letter is kept, and for this kind of letter only.
    """
    try:
        return UUID(_signer(letter).unsign(token))
    except (BadSignature, ValueError) as error:
        raise InvalidOrExpiredToken from error


def _signer(letter: Letter) -> Signer:
    return Signer(salt=f"unsubscribe:{letter.value}")


def spoken(now: datetime) -> str:
    """Return a moment as letters say it."""
    return f"{now:%Y-%m-%d %H:%M} UTC"


def _named(device: Device) -> str:
    return (device.name or device.platform or "")[:60]
