"""Internet addresses."""

import ipaddress
import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import BEFORE, LEFT, RIGHT, last

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
    for match in _V4.finditer(text):
        around = max(0, match.start() - BEFORE)
        named = last(_NAMED, text, around, match.start())
        version = last(_VERSION, text, max(0, match.start() - 20), match.start())
        # 1.2.3.4 is a version or a section unless it is called an address.
        bare = len(match[0]) == 7 and named == -1
        if version <= named and not bare and _parses(match[0]):
            yield match.span()
    for match in _V6.finditer(text):
        found = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
        # At least three parts or a letter: "a::b" is how programs name things, "10::30" a time.
        parts = [part for part in found.split(":") if part]
        address = len(parts) >= 3 or bool(re.search(r"[a-f]", found, re.IGNORECASE))
        if address and found.count(":") >= 2 and re.search(r"\d", found) and _parses(found):
            yield match.start(), match.start() + len(found)


def _parses(found: str) -> bool:
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return True
