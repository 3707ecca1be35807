"""How text is read before anything is looked for in it: one width, one kind of digit.

People paste numbers with full-width or Arabic digits, no-break spaces, typographic dashes and
invisible marks. The finders see plain characters; ``Reading`` leads back to what was typed.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# Letters and digits of scripts that put spaces between words. Chinese, Japanese and Korean stand
# directly beside an address or a number, so they border it.
WORD = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
LEFT = rf"(?<!{WORD})"
RIGHT = rf"(?!{WORD})"
# What a context word has to stand near to: characters before and after a find.
BEFORE, AFTER = 40, 30


def _folds() -> dict[int, str | None]:
    """Return what is read otherwise than written; None is what is not read at all."""
    folds: dict[int, str | None] = {ord("\t"): " "}
    # Beyond the basic plane only mathematical digits and the invisible tag characters matter.
    codes = [*range(0x80, 0x10000), *range(0x1D7CE, 0x1D800), *range(0xE0000, 0xE0080)]
    for code in codes:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            folds[code] = str(unicodedata.decimal(char))
        elif category == "Zs":
            folds[code] = " "
        elif category == "Pd" or char == "\u2212":
            folds[code] = "-"
        elif category == "Cf":
            folds[code] = None
        elif 0xFF01 <= code <= 0xFF5E:
            folds[code] = chr(code - 0xFEE0)
    return folds


_FOLDS = _folds()
_INVISIBLE = frozenset(chr(code) for code, read in _FOLDS.items() if read is None)


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` as it is read, and the place in the original of each of its characters."""

    text: str
    places: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where text[start:end] (not empty) stands in what was typed, in code points."""
        return self.places[start], self.places[end - 1] + 1


def read(text: str) -> Reading:
    """Return how ``text`` is read."""
    if text.isascii():
        return Reading(text.replace("\t", " "), range(len(text)))
    folded = text.translate(_FOLDS)
    if len(folded) == len(text):
        return Reading(folded, range(len(text)))
    return Reading(folded, [i for i, char in enumerate(text) if char not in _INVISIBLE])


class Words:
    """The places of one kind of word in one text: looked for once, and only when asked for.

    Asking again at every number made a text of bare digits cost a scan per digit.
    """

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern, self._text = pattern, text
        self._places: tuple[list[int], list[int]] | None = None

    def last(self, end: int, reach: int = BEFORE) -> int:
        """Return where the last word in the ``reach`` characters before ``end`` ends, else -1."""
        if self._places is None:
            spans = [match.span() for match in self._pattern.finditer(self._text)]
            self._places = [start for start, _ in spans], [after for _, after in spans]
        starts, ends = self._places
        at = bisect_right(ends, end) - 1
        return ends[at] if at >= 0 and starts[at] >= end - reach else -1


def last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where the last match of ``pattern`` in text[start:end] ends, -1 without one."""
    found = -1
    for match in pattern.finditer(text, start, end):
        found = match.end()
    return found


# A number that is named as one of these is neither a telephone nor a card nor a document.
_OTHER = re.compile(
    rf"""(?:{LEFT}(?:
    orders?|invoices?|seeds?|half[ ]of|scores?[ ]of|bills?[ ]?(?=no|num|nr|[#№:])|zip(?:[ ]?code)?|post(?:al)?[ ]?codes?|c[óo]digo[ ]postal|code[ ]postal|plz
    |tickets?|tracking|parcels?|shipments?|ref|reference|case|serial|sku|isbn|issn
    |doi|part|model|product|item|article|batch|lot|version|build|patent|booking|reservation|bug
    |issue|commit|transaction|receipt|vin|barcode|ean|upc|imei|coupon|voucher|catalog(?:ue)?
    |pedidos?|facturas?|expediente|env[ií]o|seguimiento|referencia|recibo|albar[aá]n|reserva
    |commande|facture|r[ée]f[ée]rence|colis|suivi|bestellung|bestellnummer|rechnung|rechnungsnummer
    |sendung|sendungsnummer|auftrag|vorgangsnummer|aktenzeichen|encomenda|fatura|ordine|fattura
    |spedizione|заказ\w*|сч[её]т\w*|накладн\w*|ऑर्डर|طلب|الطلب)
    |订单|訂單|单号|單號|运单|快递|快遞|编号|編號|货号|案号|流水|条码|発注|邮编|郵編|QQ|注文|伝票|주문|송장|운송장)
    (?:[ ]?(?:number|no|nr|num|id|code|n[uú]mero|nummer|num[ée]ro|n[º°]|номер|号码?|號碼?|番号|번호|is|es|est|ist|[#:.№-])){{0,4}}""",
    re.IGNORECASE | re.VERBOSE,
)
# What follows a quantity.
_QUANTITY = re.compile(
    rf"""[ ]?(?:%|‰|[€$£¥₹]|元|块|塊|万|萬|亿|億|人|次|个|個|年|円|원|명|
    (?:dollars?|euros?|pounds?|bucks?|usd|eur|gbp|cny|rmb|yuan|yen|rupees?|pesos?|reais|rubles?|рубл\w*
    |met(?:er|re)s?|miles?|feet|grams?|lit(?:er|re)s?|seconds?|minutes?|hours?|days?|weeks?|months?|reps?|pages?|words?|seats?
    |minutos|horas|d[ií]as|semanas|meses|metros|p[áa]ginas|palabras
    |people|users|views|followers|subscribers|steps|times|years?|bytes|rows|units|points|votes|copies
    |visits|downloads|likes|habitantes|personas|veces|pasos|millones|einwohner|menschen|schritte
    |met(?:er|re)s|kilomet(?:er|re)s|miles|minutes|seconds|hours|days|habitants|personnes|fois|abonn[ée]s|km|kg|mg|ml|m|cm|mm|kcal|cal|hz|kb|mb|gb|a[ ](?:year|month|day)
    |per[ ](?:day|week|month|year|hour|person|head|cent)|al[ ]a[ñn]o|pro[ ]jahr|par[ ]an){RIGHT})""",
    re.IGNORECASE | re.VERBOSE,
)


def other_words(text: str) -> Words:
    """Return the places in ``text`` that name an order, a ticket, a version and the like."""
    return Words(_OTHER, text)


def something_else(text: str, start: int, end: int, others: Words, marked: int = -1) -> bool:
    """Return whether text[start:end] is named as an order, a sum or a quantity.

    ``others`` are the text's ``other_words``; ``marked`` is where a word ends that speaks for the find: the nearer word counts.
    """
    if _QUANTITY.match(text, end):
        return True
    named = others.last(start)
    # Not of an order that was spoken of in the clause before.
    close = named != -1 and start - named <= 12 and not re.search(r"[.,;!?]\s", text[named:start])
    return close and named >= marked
