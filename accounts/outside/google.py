"""Google's token endpoint: a page's code for an ID token."""

import aiohttp
import orjson
from django.conf import settings

from accounts import errors
from solacore.kit import outbound
from solacore.kit.errors import Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=8)


async def exchange(code: str, *, redirect_uri: str) -> str:
    """Return the ID token Google gives for ``code``; a code works once.

    Raises GoogleClientSecretNotConfigured, GoogleCodeExchangeFailed, Unavailable.
    """
    if not settings.GOOGLE_CLIENT_SECRET or not settings.GOOGLE_CLIENT_IDS:
        raise errors.GoogleClientSecretNotConfigured
    form = {
        "code": code,
        "client_id": settings.GOOGLE_CLIENT_IDS[0],  # the web client's, by convention the first
        "client_secret": settings.GOOGLE_CLIENT_SECRET,
        "redirect_uri": redirect_uri,
        "grant_type": "authorization_code",
    }
    try:
        async with outbound.session().post(
            settings.GOOGLE_TOKEN_URL, data=form, timeout=TIMEOUT, allow_redirects=False
        ) as response:
            if response.status >= 500:
                raise Unavailable
            answer = orjson.loads(await response.read()) if response.status == 200 else {}
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Unavailable from error
    except ValueError as error:
        raise errors.GoogleCodeExchangeFailed from error
    token = answer.get("id_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise errors.GoogleCodeExchangeFailed
    return token
