"""Street addresses, as they are usually written. Found where they can be, never promised."""

import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import LEFT, RIGHT

_CAP = r"[A-ZÀ-ÝÑ][\w'.]{0,20}"
_UNIT = r"(?:,? (?:apt|apartment|unit|suite|flat|#|piso|puerta|bajo|ático|esc)\.? ?[\w-]{1,5})?"
_KINDS = [
    rf"\d{{1,5}}[A-Za-z]? (?:[NSEW]\.? )?(?:{_CAP} ){{1,3}}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr"
    rf"|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close|Crescent|Gardens|Grove){RIGHT}{_UNIT}",
    rf"(?:Calle|C/|Avenida|Avda\.?|Av\.|Plaza|Paseo|Camino|Carrer|Ronda|Rua|Travessa|Via|Viale|Corso|Piazza) ?(?:(?:de|del|la|las|los|da|do|das|dos|di|della) ){{0,3}}"
    rf"{_CAP}(?: (?:(?:de|del|la|da|do|y|e) ){{0,2}}{_CAP}){{0,3}},? (?:n[º°.]? ?|número )?\d{{1,4}}{RIGHT}(?:, ?\d{{1,2}}[º°ª]? ?[A-Za-z]?{RIGHT})?{_UNIT}",
    rf"\d{{1,4}}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai) (?:(?:de|du|des|la|le|les) |d'|l'){{0,3}}{_CAP}(?:[ -]{_CAP}){{0,3}}",
    rf"[A-ZÄÖÜ][a-zäöüß]{{1,20}}(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{{1,4}}[a-z]?{RIGHT}",
]
_STREETS = re.compile(rf"{LEFT}(?:{'|'.join(_KINDS)})")
# The number of a house in a Chinese street; what stands before it is looked back for.
_HOUSE = re.compile(
    r"(?:路|街|大道|巷|弄|胡同)\d{1,5}(?:号|號|弄)(?:院|楼)?(?:\d{1,4}(?:号楼|號樓|栋|棟|幢|座|单元|單元|楼|室|层|樓)){0,4}(?:\d{3,4})?"
)
_BACK = 26
_CHINESE_START = re.compile(
    r".*(?:住在|搬到|寄到|送到|地址是|地址:|位于|住|在|到|去|是)|.*[^\u4e00-\u9fff]"
)


def streets(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the street addresses in a folded text."""
    for match in _STREETS.finditer(text):
        yield match.span()
    done = 0
    for house in _HOUSE.finditer(text):
        floor = max(done, house.start() - _BACK)
        lead = _CHINESE_START.match(text[floor : house.start()])
        start = floor + (lead.end() if lead else 0)
        if start < house.start():
            done = house.end()
            yield start, done
