"""How often and how many: the porter's allowances."""

from dataclasses import dataclass

from django.conf import settings

from solacore.kit.ratelimit import Limit, parse

AUTH = Limit("AUTH")
OAUTH = Limit("OAUTH")
FORGOT_PASSWORD = Limit("FORGOT_PASSWORD")
GLOBAL = Limit("GLOBAL")  # per address, where nobody is signed in
API = Limit("API")

BETA_DEVICES = 10


@dataclass(frozen=True, slots=True, order=True)
class Tries:
    """An allowance counted in SQL: ``amount`` within a window of ``seconds``."""

    name: str
    amount: int
    seconds: int


# Failed sign-ins. No window is longer than 15 minutes: nobody locks an owner out for longer.
WINDOW = 15 * 60
PER_ACCOUNT = Tries("account", 10, WINDOW)
PER_DEVICE = Tries("device", 20, WINDOW)
PASSWORD_CHECKS = Tries("password", 10, WINDOW)


def per_address() -> Tries:
    """Return AUTH's rate over the longer window, where no flushed Redis forgets it."""
    amount, seconds = parse(settings.RATE_LIMITS["AUTH"])
    return Tries("address", max(amount, amount * WINDOW // seconds), WINDOW)


def devices(allowed: int) -> int:
    """Return how many active devices an account may have; beta testers may have more."""
    return BETA_DEVICES if settings.BETA_MODE else allowed
