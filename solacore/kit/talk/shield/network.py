"""Internet addresses."""

import ipaddress
import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import LEFT, RIGHT, Words

_V4 = re.compile(rf"{LEFT}(?<!\d\.)\d{{1,3}}(?:\.\d{{1,3}}){{3}}{RIGHT}(?!\.\d)")
_V6 = re.compile(
    rf"{LEFT}(?<![0-9a-f:]:)(?:::|[0-9a-f]{{1,4}}:)[0-9a-f:]{{1,40}}(?:\.\d{{1,3}}){{0,3}}{RIGHT}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"{LEFT}(?:ip|ipv4|ipv6|dns|servers?|ping|host|address|router|gateway|direcci[oó]n|servidor|serveur)"
    rf"{RIGHT}|地址|服务器|主机|网关",
    re.IGNORECASE,
)
_VERSION = re.compile(
    rf"{LEFT}(?:v|ver|versi[oó]n|version|release|build|firmware|kernel|section|chapter|clause|§|kapitel|"
    rf"cap[ií]tulo|apartado|secci[oó]n|update|driver|sdk|chrome|ios|android){RIGHT}|版本|固件|章|节",
    re.IGNORECASE,
)


def hosts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the IPv4 and IPv6 addresses in a folded text."""
    names, versions = Words(_NAMED, text), Words(_VERSION, text)
    for match in _V4.finditer(text):
        named = names.last(match.start())
        version = versions.last(match.start(), 20)
        # 1.2.3.4 is a version or a section unless it is called an address; 10.* are private ones.
        bare = len(match[0]) <= 8 and not match[0].startswith("10.") and named == -1
        if version <= named and not bare and _parses(match[0]):
            yield match.span()
    for match in _V6.finditer(text):
        found = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
        # At least three parts: "a::b" is how programs name things, "10:30" a time, "12::30" a slip.
        parts = [part for part in found.split(":") if part]
        slip = len(parts) < 3 and all(part.isdigit() and len(part) < 3 for part in parts)
        if found.count(":") >= 2 and re.search(r"\d", found) and _parses(found) and not slip:
            yield match.start(), match.start() + len(found)


def _parses(found: str) -> bool:
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return True
