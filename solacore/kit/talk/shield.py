"""What a model may see of what somebody wrote. What is stored is never changed.

First form: addresses and telephone numbers become placeholders. Every scan is linear: v0's
mail pattern was quadratic, and one message stopped its server for six minutes.
"""

import re

# Local parts and domains are bounded, and tried only around an "@" that is there.
_LOCAL = re.compile(r"[\w.+%-]{1,64}$")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# A run of digits with the separators people put into telephone numbers.
_RUN = re.compile(r"(?<![\w.,€$£¥])\+?\(?\d[\d() .\-]{5,22}\d(?![\w%])")
_YEARS = re.compile(r"(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d")
_DATE = re.compile(r"\d{4}[-.]\d{1,2}[-.]\d{1,2}|\d{1,2}[-.]\d{1,2}[-.]\d{4}")


def shield(text: str) -> str:
    """Return ``text`` with mail addresses as [EMAIL] and telephone numbers as [PHONE]."""
    return _RUN.sub(_phone, _without_addresses(text))


def _without_addresses(text: str) -> str:
    parts: list[str] = []
    done = 0
    at = text.find("@")
    while at != -1:
        local = _LOCAL.search(text, max(done, at - 64), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            parts += [text[done : local.start()], "[EMAIL]"]
            done = domain.end()
        at = text.find("@", max(at + 1, done))
    return "".join([*parts, text[done:]])


def _phone(match: re.Match[str]) -> str:
    """Tell a telephone number from a year span, a date, a sum: by its shape."""
    found = match[0]
    digits = re.sub(r"\D", "", found)
    if _YEARS.fullmatch(found) or _DATE.fullmatch(found) or not 7 <= len(digits) <= 15:
        return found
    grouped = bool(re.search(r"\d[ .\-)]+\(?\d", found))
    plain = len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"  # China, mobile
    plain = plain or (len(digits) == 9 and digits[0] in "679")  # Spain
    plain = plain or (len(digits) == 10 and digits[0] in "23456789")  # United States
    if found.startswith("+") or plain:
        return "[PHONE]"
    groups = re.findall(r"\d+", found)
    # Round sums in a row are no number to call.
    varied = len(digits) >= 9 and len(set(digits)) > 4
    looks_spoken = grouped and varied and all(2 <= len(group) <= 5 for group in groups)
    short = grouped and [len(group) for group in groups] == [3, 4]
    return "[PHONE]" if looks_spoken or short else found
