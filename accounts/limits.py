"""How often and how many: the porter's allowances."""

from django.conf import settings

from solacore.kit.ratelimit import Limit

AUTH = Limit("AUTH")
GLOBAL = Limit("GLOBAL")  # per address, where nobody is signed in
API = Limit("API")

BETA_DEVICES = 10


def devices(allowed: int) -> int:
    """Return how many active devices an account may have; beta testers may have more."""
    return BETA_DEVICES if settings.BETA_MODE else allowed
