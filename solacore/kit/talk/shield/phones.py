"""Telephone numbers, told from years, sums, orders and scores by their shape and their company.

The shapes are how each country's numbers are written (its numbering plan: ITU-T E.164 and the
national regulators' listings); shapes that could be anything need a word that says "telephone".
"""

import re
from collections.abc import Iterator

from solacore.kit.talk.shield.reading import AFTER, LEFT, RIGHT, Words, other_words, something_else

# National significant numbers by country code.
_PLANS = {
    code: re.compile(plan)
    for code, plan in {
        "1": r"[2-9]\d{9}", "44": r"[1-9]\d{8,9}", "34": r"[5-9]\d{8}", "52": r"1?[1-9]\d{9}",
        "33": r"[1-9]\d{8}", "49": r"[1-9]\d{5,11}", "39": r"0\d{5,10}|3\d{8,9}",
        "351": r"[2-9]\d{8}", "55": r"[1-9]\d{9,10}", "86": r"1[3-9]\d{9}|[1-9]\d{8,10}",
        "852": r"[2-9]\d{7}", "853": r"[26]\d{7}", "886": r"[2-9]\d{7,8}", "81": r"[1-9]\d{8,9}",
        "82": r"[1-9]\d{7,9}", "91": r"[1-9]\d{9}", "7": r"[3-9]\d{9}", "971": r"[2-9]\d{7,8}",
        "966": r"[1-9]\d{8}", "54": r"9?[1-9]\d{9}",
    }.items()
}  # fmt: skip
_ELSEWHERE = re.compile(r"[2-9]\d{8,14}")
_ABROAD = re.compile(r"\(?(?P<plus>\+|00) ?[1-9](?:[ .\-/()]{0,3}\d){6,18}")

# "~" is one separator or none, "_" one separator, "=" the separator before, again.
_SHAPES = [
    r"(?:1[ .\-]?)?\([2-9]\d\d\)[ .\-]?\d{3}[ .\-]?\d{4}",  # United States, Canada
    r"(?:1[ .\-])?[2-9]\d\d(?P<us>[ .\-/])\d{3}(?P=us)\d{4}|[2-9]\d\d \d{3}-\d{4}|[2-9]\d{9}",
    r"\d{2}(?P<mx>[ \-])\d{4}(?P=mx)\d{4}",  # Mexico, Argentina, Brazil's land lines
    r"\(\d{2,3}\) ?(?:9 ?)?\d{3,4}[ \-]?\d{4}",
    r"\(\d{3,5}\) ?\d{2,3}[ \-]?\d{2,4}(?:[ \-]?\d{2})?",
    r"[1-9]\d ?9 ?\d{4}-?\d{4}|9\d{4}-\d{4}|[1-9]\d \d{4}-\d{4}",  # Brazil
    r"0[1-9](?P<fr>[ .\-])\d{2}(?:(?P=fr)\d{2}){3}",  # France
    r"[5-9]\d\d(?P<es>[ \-])\d{3}(?P=es)\d{3}|[6-9]\d\d(?P<e2>[ .\-])\d{2}(?P=e2)\d{2}(?P=e2)\d{2}",
    r"9\d (?:\d{3} \d{2} \d{2}|\d{7})|[679]\d{8}",  # Spain
    r"2\d\d \d{3} \d{3}|2\d \d{3} \d{4}|2[1-9]\d{7}",  # Portugal
    r"3\d\d[ .\-/]?(?:\d{3}[ .\-]?\d{4}|\d{7}|\d{2} \d{2} \d{3}|\d{6})",  # Italy, mobile
    r"1[3-9]\d(?P<cn>[ \-]?)\d{4}(?P=cn)\d{4}|1[3-9]\d[ \-]\d{3}[ \-]\d{5}|400-?\d{3}-?\d{4}",  # China
    r"[569]\d{3}(?P<hk>[ \-])\d{4}",  # Hong Kong, mobile
    r"[6-9]\d{4}[ \-]\d{5}|[6-9]\d{3}[ \-]\d{3}[ \-]\d{3}",  # India
    r"8[ \-]?\(?[3489]\d\d\)?[ \-]?\d{3}[ \-]?\d{2}[ \-]?\d{2}",  # Russia
    r"15(?P<ar>[ \-])\d{4}(?P=ar)\d{4}",  # Argentina, mobile
    # With the trunk zero: Britain, Germany, Italy, Taiwan, Japan, Korea, India, the Gulf, …
    r"\(?0\d{1,4}\)?[ \-/]{1,3}\d{2,8}(?:[ \-]\d{2,7}){0,4}|\(?0\d{1,4}\)\d{3,8}(?:[ \-]\d{2,5})?",
    r"0[1-9]\d{8,9}|0[1-9]\d{10}",
    r"0\d{1,3}(?P<dots>\.)\d{3,4}(?P=dots)\d{4}",  # Korea and others, with dots
    r"[2-9]\d\d-\d{4}",  # a local number, as North America writes it
]  # fmt: skip
_END = rf"{RIGHT}(?![.\-/]\d)(?!,\d{{3}})"
_NATIONAL = [re.compile(rf"(?:{shape}){_END}", re.ASCII) for shape in _SHAPES]
_SOME = re.compile(rf"(?:{'|'.join(_SHAPES)}){_END}", re.ASCII)  # one try for all that fail
_COUNTING = re.compile(r"\d[ ./]\d(?!\d)")  # "1 2 3": no number is written so
_ANY = re.compile(rf"\(?\d(?:[ .\-/()]{{0,2}}\d){{5,13}}{_END}", re.ASCII)
_START = re.compile(rf"{LEFT}(?<!\d[.,:/])(?<![$€£¥₹#=])(?:\(?\+ ?\d|\(?\d)", re.ASCII)
_DATE = re.compile(
    r"(?:1[89]|20)\d\d(?P<s>[-./ ])\d{1,2}(?P=s)\d{1,2}(?!\d).*|\d{1,2}(?P<t>[-./ ])\d{1,2}(?P=t)(?:1[89]|20)\d\d(?!\d).*"
    r"|(?:1[89]|20)\d\d ?[-/ ] ?(?:1[89]|20)\d\d"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")

_PHONE = re.compile(
    rf"""(?:{LEFT}(?:tel[ée]?fonos?|telefone?|telefoon|telephone|phones?|phone|tel|tlf|tfno|cell(?:phone)?|mobile|whatsapp|wsp|fax|hotline
    |call(?:ed)?|ring|dial|text(?:ed)?|sms|reach|my[ ]number|number[ ]is|(?:his|her|their)[ ]number|landline
    |m[óo]vil|celular|cel|fijo|ll[aá]m\w*|m[áa]rca\w*|mi[ ]n[uú]mero|su[ ]n[uú]mero|tu[ ]n[uú]mero
    |t[ée]l[ée]phone|t[ée]l|portable|num[ée]ro|appel\w*|joign\w*
    |telefonnummer|handy(?:nummer)?|nummer|mobil|anruf\w*|ruf\w*|erreich\w*
    |telem[óo]vel|ligu?\w{{1,4}}|n[úu]mero|zap|cellulare|chiam\w*|numero
    |телефон\w*|тел|звон\w*|позвон\w*|номер|моб\w*|фон|फ़?ोन|फोन|मोबाइल|नंबर|कॉल|هاتف\w*|هاتفي|جوال\w*|موبايل\w*|رقم\w*|رقمي|اتصل\w*){RIGHT}
    |电话|電話|手机|手機|号码|號碼|致电|拨打|打给|打給|座机|热线|联系我|聯絡|携帯|番号|전화|번호|연락처|핸드폰)""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_AFTERWARDS = re.compile(
    r"[ ,]{0,2}(?:is|es|est|ist|é|è|是|это)? ?(?:my|mi|mon|meine|meu|il mio|我的?|мой|the|his|her)? ?"
    r"(?:\w+ )?(?:number|phone|cell|mobile|n[úu]mero|tel[ée]fono|m[óo]vil|num[ée]ro|nummer|电话|手机|号码|電話|номер)",
    re.IGNORECASE,
)

# What says of the digits after it that they are an amount: "half of", "2^31 is", "más de".
_AMOUNT = re.compile(
    rf"(?:{LEFT}(?:half|thirds?|quarters?|sums?|scores?|totals?|averages?|population|of|than|over|nearly|almost|roughly|"
    r"m[áa]s de|menos de|casi|plus de|environ|mehr als|etwa|rund|mais de|quase|quasi|pi[ùu] di)|[=^≈~<>]|\^\d{1,4} is|约|超过|共|近) ?$",
    re.IGNORECASE,
)
# "locker no. 612345678": something with numbers, and not a telephone.
_NUMBERED = re.compile(
    rf"{LEFT}(?!(?:my|mi|the|is)\b)\w{{2,12}} (?:no\.|nr\.?|n[º°]):? ?$", re.IGNORECASE
)

# Help lines are nobody's own number, and what somebody says of them must reach the coach.
# Teléfono de la Esperanza (ES), 988 Lifeline's old number (US), TelefonSeelsorge (DE),
# the harmonised European line, 希望24热线 (CN), Samaritans' former number (GB).
_PUBLIC = frozenset(
    "717003717 18002738255 8002738255 08001110111 08001110222 116123 4001619995 08457909090".split()
)


def telephones(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the telephone numbers in a folded text."""
    done = 0
    names, others = Words(_PHONE, text), other_words(text)
    for match in _START.finditer(text):
        start = match.start()
        if start < done:
            continue
        end = _abroad(text, start, names, others) or _at_home(text, start, done, names, others)
        if end:
            done = end
            if re.sub(r"\D", "", text[start:end]) not in _PUBLIC:
                yield start, end


def _abroad(text: str, start: int, names: Words, others: Words) -> int:
    """Return where a number with its country code ends, 0 if none starts here."""
    match = _ABROAD.match(text, start)
    if not match:
        return 0
    begin = match.end("plus")
    ends = [m.end() for m in re.compile(r"\d(?!\d)").finditer(text, begin, match.end())]
    for end in reversed(ends):  # the longest that its country's plan knows
        digits = re.sub(r"\(0\)|\D", "", text[begin:end])
        if not re.match(r"\d", text[end : end + 1]) and _is_planned(digits, match["plus"]):
            doubtful = match["plus"] == "00"
            if doubtful and something_else(text, start, end, others, names.last(start)):
                return 0
            return end
    return 0


def _is_planned(digits: str, prefix: str) -> bool:
    for size in (1, 2, 3):
        plan = _PLANS.get(digits[:size])
        if plan:
            return bool(plan.fullmatch(digits, size)) and len(set(digits)) > 2
    return prefix == "+" and bool(_ELSEWHERE.fullmatch(digits)) and not digits.endswith("000000")


def _at_home(text: str, start: int, done: int, names: Words, others: Words) -> int:
    """Return where a number as its own country writes it ends, 0 if none starts here."""
    if _COUNTING.match(text, start):
        return 0
    ends = []
    if _SOME.match(text, start):
        ends = [m.end() for m in (shape.match(text, start) for shape in _NATIONAL) if m]
    any_number = _ANY.match(text, start)
    if not ends and not any_number:
        return 0
    marked = names.last(start)
    called = marked != -1 and start - marked <= 30
    for end in sorted({*ends, *([any_number.end()] if any_number else [])}, reverse=True):
        found = text[start:end]
        digits = re.sub(r"\D", "", found)
        if _DATE.fullmatch(found) or something_else(text, start, end, others, marked):
            continue
        named = called or bool(_AFTERWARDS.match(text[end : end + AFTER]))
        if end not in ends:
            if named and _could_be_one(found, digits):
                return end
        elif named or _stands_alone(text, start, end, done):
            return end
    return 0


def _could_be_one(found: str, digits: str) -> bool:
    """Judge what was called a telephone number but has no known shape."""
    round_sum = digits.endswith("0000" if found.isdigit() else "000")
    dots = bool(_THOUSANDS.fullmatch(found)) and (round_sum or len(digits) < 9)
    small = re.search(r"(?<!\d)\d[ ./]\d(?!\d)", found)
    return 6 <= len(digits) <= 13 and not (round_sum and found.isdigit()) and not small and not dots


def _stands_alone(text: str, start: int, end: int, done: int) -> bool:
    """Judge a known shape that nothing calls a telephone number."""
    found, before = text[start:end], text[max(0, start - 2) : start]
    lead = text[max(0, start - 24) : start]
    if found[0] not in "(0" and (_AMOUNT.search(lead) or _NUMBERED.search(lead)):
        return False
    digits = re.sub(r"\D", "", found)
    if _THOUSANDS.fullmatch(found) or not 7 <= len(digits) <= 13 or len(set(digits)) < 3:
        return False
    if digits[0] == "0" and len(digits) < 9:
        return False
    if re.fullmatch(r"\d[ \-]", before) and start - 1 != done:
        return before[1] == " " and (found.isdigit() or found[0] in "(0")
    return not (" " in found and re.match(r" \d", text[end:]))
