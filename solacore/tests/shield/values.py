"""Made-up values with right check digits, written from the public descriptions of each number.

Independent of ``shield.checks`` on purpose: a slip there must not hide itself here. Every
generator takes a seeded ``random.Random`` and returns one value in one of its usual writings.
"""

from collections.abc import Callable
from random import Random

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(dice: Random, count: int, first: str = DIGITS) -> str:
    return dice.choice(first) + "".join(dice.choice(DIGITS) for _ in range(count - 1))


def grouped(value: str, sizes: tuple[int, ...], gap: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(value[at : at + size])
        at += size
    return gap.join(part for part in [*parts, value[at:]] if part)


def with_luhn(body: str) -> str:
    """Try the ten digits: the sum with every second one doubled must end in 0."""
    for last in DIGITS:
        total = 0
        for place, char in enumerate(reversed(body + last)):
            value = int(char) * (1 + place % 2)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return body + last
    raise AssertionError


def card(prefix: str, length: int) -> Callable[[Random], str]:
    def make(dice: Random) -> str:
        value = with_luhn(prefix + digits(dice, length - len(prefix) - 1))
        sizes = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
        return grouped(value, sizes, dice.choice(["", " ", " ", "-"]))

    return make


def birthday(dice: Random) -> tuple[int, int, int]:
    return dice.randint(1955, 1999), dice.randint(1, 12), dice.randint(1, 28)


def cn18(dice: Random) -> str:
    y, m, d = birthday(dice)
    region = dice.choice(["110105", "310104", "440305", "330106", "510107"])
    body = f"{region}{y}{m:02}{d:02}{digits(dice, 3)}"
    # ISO 7064 MOD 11-2
    rest = 0
    for char in body:
        rest = (rest + int(char)) * 2 % 11
    value = body + "0123456789X"[(12 - rest) % 11]
    return dice.choice([value, value, value.lower(), grouped(value, (6, 8, 4), " ")])


def cn15(dice: Random) -> str:
    y, m, d = birthday(dice)
    return f"{dice.choice(['110105', '310104', '440305'])}{y % 100:02}{m:02}{d:02}{digits(dice, 3)}"


def cn_passport(dice: Random) -> str:
    return dice.choice([f"E{digits(dice, 8)}", f"G{digits(dice, 8)}", f"EJ{digits(dice, 7)}"])


def ssn(dice: Random) -> str:
    gap = dice.choice("-- ")
    return f"{dice.randint(101, 665)}{gap}{dice.randint(11, 99)}{gap}{dice.randint(1001, 9998)}"


def dni_letter(number: int) -> str:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def dni(dice: Random) -> str:
    number = digits(dice, 8, "12345678")
    letter = dni_letter(int(number))
    dotted = f"{number[:2]}.{number[2:5]}.{number[5:]}-{letter}"
    return dice.choice([number + letter, f"{number}-{letter}", dotted])


def nie(dice: Random) -> str:
    first, number = dice.choice("XYZ"), digits(dice, 7)
    letter = dni_letter(int(str("XYZ".index(first)) + number))
    return dice.choice([first + number + letter, f"{first}-{number}-{letter}"])


def cpf(dice: Random) -> str:
    value = digits(dice, 9, "123456789")
    for _ in range(2):
        total = sum(int(c) * w for c, w in zip(reversed(value), range(2, 12), strict=False))
        value += str(total * 10 % 11 % 10)
    dotted = f"{value[:3]}.{value[3:6]}.{value[6:9]}-{value[9:]}"
    return dice.choice([dotted, dotted, value])


def hkid(dice: Random) -> str:
    letter, number = dice.choice(LETTERS), digits(dice, 6)
    # One letter counts as if a blank (36) stood before it; A is 10.
    chars = [36, 10 + LETTERS.index(letter), *map(int, number)]
    rest = sum(c * w for c, w in zip(chars, range(9, 1, -1), strict=True)) % 11
    check = "0A987654321"[rest]
    return dice.choice([f"{letter}{number}({check})", f"{letter}{number}{check}"])


def kr_rrn(dice: Random) -> str:
    y, m, d = birthday(dice)
    body = f"{y % 100:02}{m:02}{d:02}{dice.choice('12')}{digits(dice, 5)}"
    total = sum(int(c) * w for c, w in zip(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], strict=True))
    return f"{body[:6]}-{body[6:]}{(11 - total % 11) % 10}"


def nir(dice: Random) -> str:
    y, m, _d = birthday(dice)
    body = f"{dice.choice('12')}{y % 100:02}{m:02}{dice.randint(1, 95):02}{dice.randint(1, 990):03}{dice.randint(1, 999):03}"
    value = f"{body}{97 - int(body) % 97:02}"
    return dice.choice([value, grouped(value, (1, 2, 2, 2, 3, 3, 2), " ")])


def verhoeff_sum(number: str) -> int:
    """Verhoeff's check in the dihedral group of ten: 0 for a right number."""

    def times(a: int, b: int) -> int:
        if a < 5:
            return (a + b) % 5 + (0 if b < 5 else 5)
        return (a - b) % 5 + (5 if b < 5 else 0)

    turn, sums = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], 0
    for place, char in enumerate(reversed(number)):
        value = int(char)
        for _ in range(place % 8):
            value = turn[value]
        sums = times(sums, value)
    return sums


def aadhaar(dice: Random) -> str:
    body = digits(dice, 11, "23456789")
    value = next(body + last for last in DIGITS if verhoeff_sum(body + last) == 0)
    return grouped(value, (4, 4, 4), dice.choice(["", " ", " "]))


def curp(dice: Random) -> str:
    y, m, d = birthday(dice)
    body = f"{dice.choice(['GOMA', 'LOPE', 'RASU', 'HEJI'])}{y % 100:02}{m:02}{d:02}{dice.choice('HM')}{dice.choice(['DF', 'JC', 'NL', 'MC'])}{dice.choice(['RRN', 'LPT', 'MNS'])}{dice.choice(DIGITS)}"
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(alphabet.index(c) * (18 - at) for at, c in enumerate(body))
    return body + str((10 - total % 10) % 10)


def nino(dice: Random) -> str:
    value = dice.choice(["AB", "JK", "PS", "WE"]) + digits(dice, 6) + dice.choice("ABCD")
    return dice.choice([value, grouped(value, (2, 2, 2, 2, 1), " ")])


def codice_fiscale(dice: Random) -> str:
    y, m, d = birthday(dice)
    body = f"{dice.choice(['RSSMRA', 'BNCGLI', 'VRDLCU'])}{y % 100:02}{'ABCDEHLMPRST'[m - 1]}{d + dice.choice([0, 40]):02}{dice.choice(['H501', 'F205', 'L219'])}"
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]  # fmt: skip
    total = 0
    for at, char in enumerate(body):
        value = int(char) if char.isdigit() else LETTERS.index(char)
        total += odd[value] if at % 2 == 0 else value  # the first place is an odd one
    return body + LETTERS[total % 26]


def tw_id(dice: Random) -> str:
    order = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # the letters' numbers start at 10
    letter = dice.choice(LETTERS)
    number = order.index(letter) + 10
    body = dice.choice("12") + digits(dice, 7)
    total = number // 10 + number % 10 * 9
    total += sum(int(c) * w for c, w in zip(body, range(8, 0, -1), strict=True))
    return f"{letter}{body}{-total % 10}"


# How the domestic part is built: n a digit, a a letter, other characters themselves (ISO 13616).
IBAN_SHAPES = {
    "ES": "n" * 20, "DE": "n" * 18, "GB": "aaaa" + "n" * 14, "FR": "n" * 23, "IT": "a" + "n" * 22,
    "PT": "n" * 21, "NL": "aaaa" + "n" * 10, "BE": "n" * 12, "AT": "n" * 16, "CH": "n" * 17,
    "PL": "n" * 24, "BR": "n" * 23 + "an",
}  # fmt: skip


def iban(country: str) -> Callable[[Random], str]:
    def make(dice: Random) -> str:
        body = "".join(
            dice.choice(DIGITS if shape == "n" else LETTERS) for shape in IBAN_SHAPES[country]
        )
        moved = "".join(str(int(char, 36)) for char in f"{body}{country}00")
        value = f"{country}{98 - int(moved) % 97:02}{body}"
        return grouped(value, (4,) * 8, dice.choice(["", " ", " "]))

    return make


MAKERS: dict[str, list[Callable[[Random], str]]] = {
    "visa": [card("4", 16)], "mastercard": [card("53", 16)], "amex": [card("37", 15)],
    "unionpay": [card("6222", 16)],
    "any": [iban(country) for country in IBAN_SHAPES],
    **{make.__name__: [make] for make in (
        cn18, cn15, cn_passport, ssn, dni, nie, cpf, hkid, kr_rrn, nir, aadhaar, curp, nino,
        codice_fiscale, tw_id,
    )},
}  # fmt: skip
