"""Numbers that states give to people: by check digit, by shape, or by what they are called."""

import re
from collections.abc import Callable, Iterator
from enum import Enum

from solacore.kit.talk.shield import checks
from solacore.kit.talk.shield.reading import AFTER, LEFT, RIGHT, Words, other_words, something_else

Check = Callable[[str], bool]


def _always(_number: str) -> bool:
    return True


def _ssn(number: str) -> bool:
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def _old_resident(number: str) -> bool:
    """Tell the old Chinese number from American Express's, which begins with 34 or 37, too."""
    return checks.cn_resident(number) and not (number[:2] in ("34", "37") and checks.luhn(number))


class Name(Enum):
    """Where a document must be called what it is for its number to count."""

    NONE = "its shape or check digit is enough"
    NEAR = "before or after it"
    BEFORE = "right before it"


# (shape, check of its letters and digits, whether it must be named). SSA, Social Security numbers.
_KINDS: list[tuple[str, Check, Name]] = [
    (r"[1-9]\d{5} ?(?:18|19|20)\d{6} ?\d{3}[\dXx]", checks.cn_resident, Name.NONE),
    (r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}", _old_resident, Name.NONE),
    (r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7})", _always, Name.NONE),  # passports: China, Hong Kong's too
    (r"\d{3}(?P<n>[ \-])\d{2}(?P=n)\d{4}", _ssn, Name.NONE),
    (r"\d{8}[ \-]?[A-HJ-NP-TV-Za-hj-np-tv-z]|\d{2}\.\d{3}\.\d{3}[ \-]?[A-HJ-NP-TV-Z]", checks.dni, Name.NONE),
    (r"[XYZxyz][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Za-hj-np-tv-z]", checks.dni, Name.NONE),
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", checks.cpf, Name.NONE),
    (r"(?!1[3-9])\d{11}", checks.cpf, Name.NONE),  # not what may be a Chinese mobile number
    # Not the first twelve digits of a card.
    (r"(?<!\d[ \-])[2-9]\d{3}(?P<a>[ \-])\d{4}(?P=a)\d{4}(?![ \-]\d)", checks.verhoeff, Name.NONE),
    (r"[2-9]\d{11}", checks.verhoeff, Name.NEAR),
    (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _always, Name.NONE),  # India, tax (PAN)
    (r"\d{6}-[1-8]\d{6}", checks.korea, Name.NONE),
    (r"[A-Z]{1,2}\d{6}\([\dA]\)", checks.hong_kong, Name.NONE),
    (r"[A-Z]{1,2}\d{6}[\dA]", checks.hong_kong, Name.NEAR),  # a tenth of all such codes check
    (r"[A-Z][1289]\d{8}", checks.taiwan, Name.NONE),
    (r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}", checks.nir, Name.NONE),
    (r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]", _always, Name.NONE),  # Italy, codice fiscale
    (r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", _always, Name.NONE),  # Mexico, CURP
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _always, Name.NONE),  # GB, NI
    # With a mistake in it, or of a kind without any check, but called what it is.
    (r"[A-Za-z]{0,3}[ \-]?\d(?:[ .\-]?\d){5,17}(?:[ .\-]?[A-Za-z]|\([\dA]\))?", _always, Name.BEFORE),
]  # fmt: skip
_SHAPES = [
    (
        re.compile(
            rf"{LEFT}(?<!\d[.,\-/])(?:{shape})(?!\d)(?:(?<=\)){RIGHT}?|{RIGHT})(?![.,\-/]\d)",
            re.ASCII,
        ),
        check,
        named,
    )
    for shape, check, named in _KINDS
]
_LEADS = re.compile(
    rf"""(?:{LEFT}(?:passports?|hkid|national[ ]insurance|nino(?=[ :]+[A-Z]{{2}}|[ ](?:is|num))|ni(?=[ ](?:no|num))|nir|s[ée]cu|tax[ ]id|resident[ ]id|pasaporte|passeport|pass(?:nummer)?|reisepass|passaporto|passaporte|паспорт\w*|снилс|инн
    |ssn|social[ ]security|dni|nie|nif|c[ée]dula|curp|rfc|cpf|rg|aadh?aar|pan|id[ ]card|identity[ ]card|national[ ]id|driver'?s?[ ]licen[cs]e
    |personalausweis\w*|steuer-?id\w*|sozialversicherungs\w*|num[ée]ro[ ]de[ ]s[ée]curit[ée][ ]sociale|codice[ ]fiscale|iqama|emirates[ ]id
    |आधार|पैन|هوية|الهوية|إقامة){RIGHT}
    |身份证|身分證|身份證|护照|護照|驾驶证|社保|港澳通行证|通行证|マイナンバー|パスポート|주민등록번호|주민번호|여권)""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
# Between the name of a document and its number: "number is", "号是", a colon.
_LINK = re.compile(
    r"[ ,:#.()-]*(?:(?:card|no|number|num|nr|nummer|n[úu]mero|num[ée]ro|n[º°]|номер|नंबर|رقم|is|es|est|ist|é|è|lautet|है|"
    r"number is|code|id|serie|серия|of mine)[ ,:#.()-]*|号码?|號碼?|番号|번호|是|为|為|は|는|은|[:：]){0,4} ?"
)


def papers(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the document numbers in a folded text."""
    leads, others = Words(_LEADS, text), other_words(text)
    for shape, check, needs_name in _SHAPES:
        if needs_name is Name.BEFORE:
            yield from _named(text, shape)
            continue
        for match in shape.finditer(text):
            start, end = match.span()
            marked = leads.last(start)
            plain = re.sub(r"[ .()\-]", "", match[0])
            right = check(plain)
            if needs_name is Name.NEAR:
                called = marked != -1 or bool(_LEADS.search(text, end, end + AFTER))
                known = right and called
            else:
                known = right or marked != -1
            if known and not something_else(text, start, end, others, marked):
                yield start, end


def _named(text: str, shape: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for lead in _LEADS.finditer(text):
        link = _LINK.match(text, lead.end())
        match = shape.match(text, link.end() if link else lead.end())
        if match:
            yield match.span()
