"""Cards and bank accounts: both carry check digits, so nothing is guessed."""

import re
from collections.abc import Iterator

from solacore.kit.talk.shield.checks import luhn, mod97
from solacore.kit.talk.shield.reading import LEFT, RIGHT, Words, other_words, something_else

# Whole, in fours, or as American Express prints it; one kind of separator.
_CARD = re.compile(
    rf"{LEFT}(?<!\d[ .,\-])(?:\d{{13,19}}|\d{{4}}(?P<s>[ .\-])\d{{4}}(?P=s)\d{{4}}(?P=s)\d{{1,4}}(?:(?P=s)\d{{1,3}})?"
    rf"|\d{{4}}(?P<a>[ .\-])\d{{6}}(?P=a)\d{{4,5}}){RIGHT}(?![.,\-]\d)"
)
# First digits of the networks: Visa, Mastercard, American Express, Diners, JCB, UnionPay, Maestro.
_NETWORK = re.compile(r"4|5[0-8]|2[2-7]|3[0-9]|6|81|9[0-9]")
_CARD_WORD = re.compile(
    r"card|visa|mastercard|amex|tarjeta|carte|karte|cart[ãa]o|carta|卡|カード|카드|карт|बैंक|بطاقة",
    re.IGNORECASE,
)

# Lengths by country: the IBAN registry (SWIFT, ISO 13616).
_LENGTHS = {
    country: int(length)
    for country, length in (
        pair.split(":")
        for pair in (
            "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 "
            "CZ:24 DE:22 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 "
            "GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 "
            "LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 "
            "PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31 SE:24 SI:19 SK:24 SM:27 ST:25 "
            "SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20"
        ).split()
    )
}
_IBAN = re.compile(rf"{LEFT}[a-z]{{2}}\d\d(?:[ -]?[a-z0-9]){{11,30}}", re.IGNORECASE | re.ASCII)


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the payment card numbers in a folded text."""
    words, others = Words(_CARD_WORD, text), other_words(text)
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        marked = words.last(match.start())
        whole = 13 <= len(digits) <= 19 and len(set(digits)) > 1 and luhn(digits)
        if (
            whole
            and (
                marked != -1 or (_NETWORK.match(digits) and (len(digits) > 14 or digits[0] in "34"))
            )
            and not something_else(text, match.start(), match.end(), others, marked)
        ):
            yield match.span()


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the IBANs in a folded text."""
    for match in _IBAN.finditer(text):
        length = _LENGTHS.get(match[0][:2].upper())
        end, taken = match.start(), 0
        while length and taken < length and end < match.end():
            taken += text[end] not in " -"
            end += 1
        whole = taken == length and not re.match(r"[a-z0-9]", text[end : end + 1], re.IGNORECASE)
        if whole and mod97(re.sub(r"[ -]", "", text[match.start() : end])):
            yield match.start(), end
