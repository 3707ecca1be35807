"""Mail addresses, also those written so that machines shall not read them.

Every scan starts at an "at" and looks a bounded way to both sides: v0's pattern was quadratic,
and one message stopped its server for six minutes.
"""

import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import LEFT, RIGHT, WORD, Words

_MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_LOCAL_CHAR = re.compile(rf"{WORD}|[.+%'-]")
_LABEL = rf"(?:{WORD}|-){{1,63}}"
_DOMAIN = re.compile(rf"{LEFT}{_LABEL}(?:\.{_LABEL}){{0,8}}\.(?:(?![\d_]){WORD}){{2,24}}{RIGHT}")

_COMMON = (
    "com|org|net|edu|gov|info|biz|io|ai|app|dev|me|co|tv|eu|uk|us|ca|de|es|fr|it|pt|br|mx|ar|cl|ru|"
    "cn|hk|tw|jp|kr|in|ae|sa|ch|at|nl|be|se|no|dk|fi|pl|au|nz"
)
_DOT_WORD = r"(?:[\[({<] ?(?:dot|punto|point|punkt|ponto|точка|点|點|\.) ?[\])}>]|(?<= )-?(?:dot|punto|point|punkt|ponto|точка)-?(?= )|点|點)"
_DOT = rf" ?(?:{_DOT_WORD}|\.) ?"
_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SPOKEN_DOMAIN = re.compile(
    rf"(?P<domain>{_NAME}(?:{_DOT}{_NAME}){{0,3}}?(?P<dot>{_DOT})(?:{_COMMON})(?:{_DOT}(?:{_COMMON}))?){RIGHT}",
    re.IGNORECASE,
)
_AT = re.compile(
    r" ?[\[({<] ?(?:at|@|arroba|arobase|chiocciola|собака|a|ät|艾特) ?[\])}>] ?| ?(?:艾特|圈a) ?"
    r"| (?:-?at-?|arroba|arobase|chiocciola|собака) | @ ?|@ ?|#",
    re.IGNORECASE,
)
_SPOKEN_DOT = re.compile(
    r" ?[\[({<]? ?(?:dot|punto|point|punkt|ponto|точка) ?[\])}>]? ?$| \. $", re.IGNORECASE
)
_ANY_DOT = re.compile(_DOT_WORD, re.IGNORECASE)
_MAIL = re.compile(
    r"e-?mail|\bmail|correo|escr[ií]b|write (?:to )?me|reach me|contact|courriel|邮箱|郵箱|邮件|信箱|电邮|メール|메일|почт",
    re.IGNORECASE,
)
# Before "at amazon.com" these are what somebody does there, not somebody's name.
_DOING = frozenset(
    "work works worked working look looks looked looking shop shopping buy bought order ordered sell sold "
    "meet met meeting start started job jobs stay stayed eat dinner lunch coffee hiring hired read saw see "
    "seen find found me us you them him her it be am is are was were here there only available online page "
    "site live lives book booked interview account listed price prices price team office trabajo compro "
    "compré miro estoy página web pagina".split()
)


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the mail addresses in a folded text."""
    done = 0
    at = text.find("@")
    while at != -1:
        domain = _DOMAIN.match(text, at + 1)
        start = _local(text, at, done)
        if domain and start < at:
            done = domain.end()
            yield start, done
        at = text.find("@", max(at + 1, done))
    done = 0
    marks = Words(_MAIL, text)
    for at_word in _AT.finditer(text):
        domain = _SPOKEN_DOMAIN.match(text, at_word.end())
        start = _spoken_local(text, at_word.start(), done)
        if domain and start < at_word.start() and _is_mail(text, start, at_word, domain, marks):
            done = domain.end()
            yield start, done


def _local(text: str, at: int, floor: int) -> int:
    """Return where the local part before ``at`` starts, ``at`` itself without one."""
    start, floor = at, max(floor, at - _MAX_LOCAL)
    while start > floor and _LOCAL_CHAR.match(text[start - 1]):
        start -= 1
    while start < at and text[start] in ".'-%":
        start += 1
    return start


def _spoken_local(text: str, at: int, floor: int) -> int:
    """Return where a local part such as "jane dot doe" starts."""
    start = _local(text, at, floor)
    for _ in range(3):
        dot = _SPOKEN_DOT.search(text, max(floor, start - 12), start)
        before = _local(text, dot.start(), floor) if dot and start < at else start
        if not dot or before >= dot.start():
            break
        start = before
    return start


def _is_mail(text: str, start: int, at: re.Match[str], domain: re.Match[str], marks: Words) -> bool:
    """Tell an address from somebody who works at a company with a domain for a name."""
    local = text[start : at.start()]
    if not re.search(r"[^\W\d_]", local) or text[start : start + 1] == "@":
        return False
    if re.search(r"[\[({<艾圈]", at[0]):
        return True
    if local.casefold() in _DOING:
        return False
    distinct = bool(re.search(r"[\d._+-]|dot|punto", local))
    spoken = domain["dot"] != "."
    marked = marks.last(start) != -1
    if at[0] == "#":  # how some write it in Chinese chats; anything else has one, too
        return marked
    return distinct or spoken or marked or "@" in at[0]


def canonical(written: str) -> str:
    """Return the address that ``written`` (folded) stands for, in one form."""
    plain = _ANY_DOT.sub(".", _AT.sub("@", written, count=1))
    return re.sub(r"\s+", "", plain).casefold()
