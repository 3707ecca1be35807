"""Check digits: what tells a real number from one that only looks like it.

Sources: ISO/IEC 7812-1 (Luhn), ISO 13616 / 7064 (IBAN, mod 97-10), GB 11643-1999 (China),
Orden INT/2058/2008 (Spain), Receita Federal (Brazil), UIDAI (India, Verhoeff's dihedral code),
the published rules of Hong Kong's, Taiwan's and France's registers.
"""

from datetime import date

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CN_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 "
    "71 81 82 83".split()
)
_TW_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, B is 11, …
# The product in the dihedral group of order 10, and Verhoeff's permutation.
_TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURN = ("0123456789", "1576283094", "5803796142", "8916043527",
         "9453126870", "4286573901", "2793806415", "7046913258")  # fmt: skip


def luhn(digits: str) -> bool:
    """Return whether a card number's last digit is right."""
    doubled = (int(d) * 2 for d in digits[-2::-2])
    return (sum(int(d) for d in digits[::-2]) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def mod97(iban: str) -> bool:
    """Return whether an IBAN (letters and digits, no spaces) has the right check digits."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def cn_resident(number: str) -> bool:
    """Return whether a Chinese resident number (18, or 15 of the old form) can be one."""
    if number[:2] not in _CN_PROVINCES:
        return False
    if len(number) == 15:
        return _is_date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    if not _is_date(int(number[6:10]), int(number[10:12]), int(number[12:14])):
        return False
    total = sum(int(d) * w for d, w in zip(number, _CN_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def dni(number: str) -> bool:
    """Return whether a Spanish DNI or NIE (no separators) has the right letter."""
    digits = number[:-1].upper()
    if digits[0] in "XYZ":
        digits = str("XYZ".index(digits[0])) + digits[1:]
    return _DNI[int(digits) % 23] == number[-1].upper()


def cpf(digits: str) -> bool:
    """Return whether the 11 digits of a Brazilian CPF check."""
    if len(set(digits)) == 1:
        return False
    for size in (9, 10):
        total = sum(int(d) * w for d, w in zip(digits, range(size + 1, 1, -1), strict=False))
        if total * 10 % 11 % 10 != int(digits[size]):
            return False
    return True


def verhoeff(digits: str) -> bool:
    """Return whether an Aadhaar number's last digit is right."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_TURN[place % 8][int(digit)])])
    return check == 0


def hong_kong(number: str) -> bool:
    """Return whether a Hong Kong identity number ("A1234563", no brackets) checks."""
    letters, rest = number[:-7].upper(), number[-7:].upper()
    first = (
        [36, *[int(c, 36) for c in letters]] if len(letters) == 1 else [int(c, 36) for c in letters]
    )
    values = [*first, *[int(c, 16) for c in rest]]  # the check digit may be A, for 10
    return sum(v * w for v, w in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def taiwan(number: str) -> bool:
    """Return whether a Taiwanese identity number ("A123456789") checks."""
    area = _TW_LETTERS.index(number[0].upper()) + 10
    digits = [area // 10, area % 10, *map(int, number[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def korea(digits: str) -> bool:
    """Return whether 13 digits begin with a date of birth, as Korean resident numbers do."""
    century = 1900 if digits[6] in "1256" else 2000
    return _is_date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))


def nir(digits: str) -> bool:
    """Return whether a French social security number (13 and 2 digits) has the right key."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])
