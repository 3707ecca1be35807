"""Numbers that states give to people: by check digit, by shape, or by what they are called."""

import re
from collections.abc import Callable, Iterator

from solacore.kit.talk.shield import checks
from solacore.kit.talk.shield.reading import BEFORE, LEFT, RIGHT, last, something_else

Check = Callable[[str], bool]


def _always(_number: str) -> bool:
    return True


def _ssn(number: str) -> bool:
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


# (shape, check of its letters and digits, whether it must be named). SSA, Social Security numbers.
_KINDS: list[tuple[str, Check, bool]] = [
    (r"[1-9]\d{5} ?(?:18|19|20)\d{6} ?\d{3}[\dXx]", checks.cn_resident, False),
    (r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}", checks.cn_resident, False),
    (r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7})", _always, False),  # passports: China, Hong Kong's too
    (r"\d{3}(?P<n>[ \-])\d{2}(?P=n)\d{4}", _ssn, False),
    (r"\d{8}[ \-]?[A-HJ-NP-TV-Za-hj-np-tv-z]|\d{2}\.\d{3}\.\d{3}[ \-]?[A-HJ-NP-TV-Z]", checks.dni, False),
    (r"[XYZxyz][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Za-hj-np-tv-z]", checks.dni, False),
    (r"\d{3}\.\d{3}\.\d{3}-\d{2}", checks.cpf, False),
    (r"[2-9]\d{3}(?P<a>[ \-])\d{4}(?P=a)\d{4}", checks.verhoeff, False),
    (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", _always, False),  # India, tax (PAN)
    (r"\d{6}-[1-8]\d{6}", checks.korea, False),
    (r"[A-Z]{1,2}\d{6}\([\dA]\)", checks.hong_kong, False),
    (r"[A-Z][1289]\d{8}", checks.taiwan, False),
    (r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}", checks.nir, False),
    (r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]", _always, False),  # Italy, codice fiscale
    (r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", _always, False),  # Mexico, CURP
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _always, False),  # GB, NI
    # With a mistake in it, or of a kind without any check, but called what it is.
    (r"[A-Za-z]{0,3}[ \-]?\d(?:[ .\-]?\d){5,17}(?:[ .\-]?[A-Za-z]|\([\dA]\))?", _always, True),
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
    rf"""(?:{LEFT}(?:passports?|pasaporte|passeport|pass(?:nummer)?|reisepass|passaporto|passaporte|паспорт\w*|снилс|инн
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
    for shape, check, needs_name in _SHAPES:
        if needs_name:
            yield from _named(text, shape)
            continue
        for match in shape.finditer(text):
            start, end = match.span()
            marked = last(_LEADS, text, max(0, start - BEFORE), start)
            plain = re.sub(r"[ .()\-]", "", match[0])
            if (check(plain) or marked != -1) and not something_else(text, start, end, marked):
                yield start, end


def _named(text: str, shape: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for lead in _LEADS.finditer(text):
        link = _LINK.match(text, lead.end())
        match = shape.match(text, link.end() if link else lead.end())
        if match:
            yield match.span()
