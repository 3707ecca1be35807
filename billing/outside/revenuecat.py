"""RevenueCat's own picture of somebody: the truth its webhooks only hint at."""

from typing import Any
from urllib.parse import quote

from django.conf import settings

from billing import errors

TIMEOUT = 20


def subscriber(user_id: str) -> dict[str, Any]:
    """Return the subscriber ``user_id``. Raises PaymentsUnavailable.

    https://www.revenuecat.com/docs/api-v1#tag/customers/operation/subscribers
    """
    import requests  # noqa: PLC0415 (comes with Stripe's SDK; a third of a second)

    if not settings.REVENUECAT_KEY:
        raise errors.PaymentsUnavailable
    try:
        answer = requests.get(
            f"{settings.REVENUECAT_API_BASE}/v1/subscribers/{quote(user_id, safe='')}",
            headers={"Authorization": f"Bearer {settings.REVENUECAT_KEY}"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        answer.raise_for_status()
        found = answer.json()["subscriber"]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise errors.PaymentsUnavailable from error
    return dict(found)
