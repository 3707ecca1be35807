"""Which of the options a message takes: by letter, by place, or in the option's own words.

Ours, made of how people answer a list in our three languages. When in doubt nobody chose.
"""

import re
from collections.abc import Sequence

MAX_READ = 600
LETTERS = "ABCD"

_OFFER = re.compile(r"^\s*([A-D])[)）]\s*(\S.*?)\s*$", re.MULTILINE)
_NEGATED = re.compile(
    r"(?:\b(?:not|n't|no|never|neither|nor|without|except|but not|rather than|instead of|skip|ni|"
    r"tampoco|excepto|salvo)|n't|不|别|除了|不要|不想|不选)\s*(?:\w+\s+){0,2}[\W_]*$",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:not|no|never|neither|none|ni|nunca|tampoco)\b|n't\b|不|没|别", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:what (?:does|is|do|would)|explain|tell me more|more about|why|how (?:do|does|would)|"
    r"qué (?:significa|es)|explica|más sobre|por qué|cómo)\b|什么意思|解释|多说说|为什么|怎么",
    re.IGNORECASE,
)
_CUE = (
    r"(?:option|choice|answer|choose|pick|take|prefer|like|try|want|do|with|for|number|letter|"
    r"opción|elijo|escojo|prefiero|tomo|hago|quiero|con|por|la|letra|número)"
)
_END = r"(?=\s*(?:$|[.,;:!?)、，。；！？]|(?:please|because|and|or|then|por favor|porque|y|o)\b))"
_IS = r"(?=\s+(?:is|was|seems|sounds|looks|feels|es|parece|suena|me)\b)"
# A letter standing alone counts after a cue, at the end of a clause, or as what something is
# said of. Lower-case "a" is a word in English and Spanish, so it needs the clause to end.
_LETTER = re.compile(
    rf"(?<![\w'’&-])(?:"
    rf"[(（]?(?P<marked>[A-Da-d])[)）]|"
    rf"(?:\b{_CUE}\s+)(?P<cued>[B-Db-dA])(?![\w'’&-])|"
    rf"(?P<ending>[A-D]){_END}|(?P<subject>[A-D]){_IS}|"
    rf"(?:\b{_CUE}\s+)(?P<low>a){_END}"
    r")"
)
_CHINESE_LETTER = re.compile(
    r"(?:选项?|方案|我?要|就|用)\s*([A-Da-d])(?![A-Za-z])|(?<![A-Za-z])([A-Da-d])\s*(?:吧|项|方案|比较)"
)
_WHOLE = re.compile(r"[\W_]*([A-Da-d1-4])[\W_]*(?:please|por favor|吧)?[\W_]*", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:\b(?:option|number|no\.|opción|número|la|el)\s*|#)"
    r"(?P<n>[1-4]|one|two|three|four|uno|una|dos|tres|cuatro)\b" + _END + r"|"
    r"(?:选项?|方案)\s*(?P<z>[一二三四1-4])(?![个\d])",
    re.IGNORECASE,
)
_THING = r"(?:one|option|choice|idea|suggestion|opción|idea|propuesta)"
_PLACE = re.compile(
    rf"\b(?:the\s+)?(?P<en>first|second|third|fourth|last)\s+{_THING}\b|"
    rf"\bthe\s+(?P<bare>first|second|third|fourth|last)(?:{_END}|{_IS})|"
    rf"\b(?:la|el)\s+(?P<es>primer[ao]?|segund[ao]|tercer[ao]?|cuart[ao]|últim[ao])"
    rf"(?:\s+{_THING}\b|{_END}|{_IS})|"
    r"第(?P<zh>[一二三四1-4])(?:个|种|项|条|点|(?=\s*(?:$|[，。！、])))|(?P<zhlast>最后)(?:一|那)?(?:个|种|项)",
    re.IGNORECASE,
)
_PLACES = {
    **{w: 0 for w in ("1", "one", "uno", "una", "first", "prime", "一")},
    **{w: 1 for w in ("2", "two", "dos", "second", "segun", "二")},
    **{w: 2 for w in ("3", "three", "tres", "third", "terce", "三")},
    **{w: 3 for w in ("4", "four", "cuatro", "fourth", "cuart", "四")},
    **{w: -1 for w in ("last", "últim", "最后")},
}
_WORD = re.compile(r"[^\W\d_\u4e00-\u9fff]{3,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_COMMON = frozenset(
    "the and you your for with that this what one not but are can will would could should have has "
    "like think want let going about from just make take upside cost effort small que los las una "
    "uno con para por como esta este eso ese más pero quiero voy creo puedo hacer ventaja esfuerzo "
    "coste precio".split()
)
LEAST_WORDS, LEAST_SHARE = 2, 0.4


def offered(answer: str) -> list[str]:
    """Return the options an answer offers ("A) …", one a line, in order), without letters."""
    found: list[str] = []
    for match in _OFFER.finditer(answer):
        if match[1] == "A":
            found = []  # a later list replaces an earlier one
        if match[1] == LETTERS[len(found)] if len(found) < len(LETTERS) else False:
            found.append(match[2])
    return found


def chosen(text: str, offered: Sequence[str]) -> str | None:
    """Return the letter (A to D) of the option that ``text`` takes; None if it takes none, or more
    than one. ``offered`` are the options in order, without their letters."""
    read = text[:MAX_READ].replace("’", "'").strip()
    count = min(len(offered), len(LETTERS))
    if not read or not count:
        return None
    if whole := _WHOLE.fullmatch(read):
        return _letter(_place(whole[1], count), count)
    if _ASKS.search(read):
        return None
    named = _named(read, count)
    if named is not None:
        return _letter(named.pop(), count) if len(named) == 1 else None
    return _letter(_quoted(read, offered[:count]), count)


def _named(read: str, count: int) -> set[int] | None:
    """Return the places that are named and not denied; None if none is named at all."""
    calm = read.lower() if read.isupper() and len(read) > 12 else read
    hits = [
        (
            match.start(match.lastgroup or match.lastindex or 0),
            match[match.lastgroup or match.lastindex or 0],
        )
        for pattern in (_LETTER, _CHINESE_LETTER, _NUMBER, _PLACE)
        for match in pattern.finditer(calm)
    ]
    if not hits:
        return None
    return {
        place
        for start, word in hits
        if (place := _place(word, count)) is not None and not _NEGATED.search(_clause(calm, start))
    }


def _clause(read: str, end: int) -> str:
    return re.split(r"[.,;!?，。；！？]|\bbut (?!not)|\bpero\b|而是|但", read[:end])[-1]


def _place(word: str, count: int) -> int | None:
    upper = word.upper()
    if len(word) == 1 and upper in LETTERS:
        return LETTERS.index(upper)
    lower = word.lower()
    place = _PLACES.get(lower, _PLACES.get(lower[:5]))
    return count - 1 if place == -1 else place


def _letter(place: int | None, count: int) -> str | None:
    return LETTERS[place] if place is not None and 0 <= place < count else None


def _quoted(read: str, offered: Sequence[str]) -> int | None:
    """Return the option whose own words make up much of what was said, and no other's do."""
    said = _units(read)
    if not said or _REFUSES.search(read):
        return None
    options = [_units(option) for option in offered]
    scores = []
    for place, units in enumerate(options):
        others = set().union(*(o for n, o in enumerate(options) if n != place))
        scores.append(len(said & (units - others)))
    best = max(scores)
    enough = best >= LEAST_WORDS and best / len(said) >= LEAST_SHARE
    rivals = [score for score in scores if score * 2 > best]
    return scores.index(best) if enough and len(rivals) == 1 else None


def _units(text: str) -> set[str]:
    """Return what to compare: words that carry something, Chinese in pairs of characters."""
    words = {w for w in _WORD.findall(text.lower()) if w not in _COMMON}
    runs = _CHINESE.findall(text)
    return words | {run[n : n + 2] for run in runs for n in range(len(run) - 1)}
