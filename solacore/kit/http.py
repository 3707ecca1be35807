"""What both halves of the house read from an exchange, read once and the same way."""

import ipaddress
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Annotated, Any

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from pydantic import AfterValidator

from solacore.kit import errors

Scope = dict[str, Any]
MAX_OFFSET = 2**31 - 1


def headers_of(scope: Scope) -> dict[str, str]:
    """Return an exchange's headers by lower-case name; repeated ones are joined, as Django does."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        joint = "; " if name == "cookie" else ","
        found[name] = f"{found[name]}{joint}{value}" if name in found else value
    return found


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the cookies by name. What cannot be read is not there."""
    raw = headers.get("cookie", "")
    found: dict[str, str] = {}
    for part in raw.split(";"):
        name, separator, value = part.strip().partition("=")
        if separator and name not in found:
            found[name] = value.strip('"')
    return found


@lru_cache(maxsize=4)
def _networks(
    configured: tuple[str, ...],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(item, strict=False) for item in configured)


@lru_cache(maxsize=4096)
def _address(peer: str, forwarded: str) -> str:
    proxies = _networks(tuple(settings.TRUSTED_PROXIES))
    hops = [*[hop.strip() for hop in forwarded.split(",") if hop.strip()], peer]
    client = hops.pop()
    try:
        address = ipaddress.ip_address(client)
        while hops and any(address in network for network in proxies):
            address = ipaddress.ip_address(hops.pop())
    except ValueError:
        return client[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def client_ip(scope: Scope, headers: Mapping[str, str] | None = None) -> str:
    """Return who is calling: the socket's address, or what our own proxy says of it.

    ``X-Forwarded-For`` counts only when the socket belongs to TRUSTED_PROXIES. An IPv6
    caller is its /64, the smallest block a customer is given (RFC 6177).
    """
    peer = (scope.get("client") or ("unknown",))[0]
    if not settings.TRUSTED_PROXIES:
        return _address(peer, "")
    return _address(peer, (headers or headers_of(scope)).get("x-forwarded-for", ""))


def is_whitelisted(scope: Scope) -> bool:
    """Whether the caller's address is one that RATE_LIMIT_IP_WHITELIST never limits."""
    if not settings.RATE_LIMIT_IP_WHITELIST:
        return False
    try:
        address = ipaddress.ip_network(client_ip(scope))
    except ValueError:
        return False
    allowed = _networks(tuple(settings.RATE_LIMIT_IP_WHITELIST))
    return any(
        address.version == network.version and address.subnet_of(network)  # type: ignore[arg-type]
        for network in allowed
    )


def preferred_language(header: str, ours: Collection[str], default: str) -> str:
    """Return the first of an Accept-Language's wishes that is one of ``ours``."""
    for tag, _ in parse_accept_lang_header(header):
        if tag[:2] in ours:
            return tag[:2]
    return default


def region_of(header: str) -> str | None:
    """Return the country an Accept-Language names first ("es-MX,es" is "MX"); None for none."""
    for tag, _ in parse_accept_lang_header(header):
        for part in tag.split("-")[1:]:
            if len(part) == 2 and part.isalpha():
                return part.upper()
    return None


def read_json(body: bytes) -> Any:
    """Return the JSON in ``body``. Raises UnreadableBody (400) or Invalid (422)."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = str(error)
        if "recursion" in reason.lower() or "utf-8" in reason.lower() or not _is_utf8(body):
            raise errors.UnreadableBody from error
        raise errors.invalid_field(
            "body", error.pos, kind="json_invalid", sentence="This is not valid JSON."
        ) from error


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def to_json(data: object) -> bytes:
    """Return compact UTF-8 JSON; times in UTC end in ``Z`` (contract 0.1)."""
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def json_response(data: object, status: int = 200) -> HttpResponse:
    """Answer with ``data`` as it is: for hot paths, past the schema's validation."""
    return HttpResponse(to_json(data), status=status, content_type="application/json")


def _storable(text: str) -> str:
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text if char > "\ud7ff"):
        raise ValueError("must not contain NUL or unpaired surrogates")
    return text


# What PostgreSQL can keep. Every string that comes in is one of these.
Text = Annotated[str, AfterValidator(_storable)]
