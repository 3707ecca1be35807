"""Check digits against numbers that other code made, and against slips in them."""

from random import Random

import pytest

from solacore.kit.talk.shield import Shield, checks
from solacore.tests.shield import values

# A check, a maker of right numbers, and how many of a hundred slips in one digit may pass. In a
# CPF the remainders 10 and 0 have the same digit; Taiwan's weights 8, 6, 5, 4 and 2 share a factor
# with its modulus of 10. Korean numbers since 2020 have no check digit: see the test of the day.
CHECKS = [
    (checks.luhn, values.card("4", 16), 0), (checks.luhn, values.card("37", 15), 0),
    (checks.mod97, values.iban("DE"), 0), (checks.mod97, values.iban("FR"), 0),
    (checks.cn_resident, values.cn18, 0), (checks.dni, values.dni, 0), (checks.dni, values.nie, 0),
    (checks.cpf, values.cpf, 3), (checks.hong_kong, values.hkid, 0),
    (checks.verhoeff, values.aadhaar, 0), (checks.nir, values.nir, 0),
    (checks.taiwan, values.tw_id, 12),
]  # fmt: skip


def plain(value):
    return "".join(char for char in value if char.isalnum())


@pytest.mark.parametrize(("check", "make", "_may_pass"), CHECKS)
def test_right_numbers_check(check, make, _may_pass):
    dice = Random(5)
    assert all(check(plain(make(dice))) for _ in range(200))


@pytest.mark.parametrize(("check", "make", "may_pass"), CHECKS)
def test_one_wrong_digit_does_not_check(check, make, may_pass):
    dice, passed = Random(6), []
    for _ in range(100):
        value = plain(make(dice))
        places = [at for at, char in enumerate(value) if char.isdigit()]
        at = dice.choice(places)
        slip = value[:at] + str((int(value[at]) + dice.randint(1, 9)) % 10) + value[at + 1 :]
        passed += [slip] if check(slip) else []
    assert len(passed) <= may_pass, passed


@pytest.mark.parametrize(
    "number", ["9013321234567", "9002301234567", "0000001234567"]
)  # month 33, 30 February, month 0
def test_a_korean_number_begins_with_a_day(number):
    assert checks.korea(plain(values.kr_rrn(Random(1))))
    assert not checks.korea(number)


@pytest.mark.parametrize(
    "make",
    [values.hkid, values.kr_rrn, values.nir, values.aadhaar, values.curp, values.nino,
     values.codice_fiscale, values.tw_id],
    ids=lambda make: make.__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "frame", ["my id card says {}", "护照{}", "DNI {}.", "here, id card: {}, keep it"]
)
def test_papers_of_other_states_are_hidden_where_they_are_named(make, frame):
    dice = Random(7)
    for _ in range(20):
        value = make(dice)
        text = frame.format(value)
        start = text.index(value)
        spans = [(s.start, s.end, s.name) for s in Shield().hide(text)]
        assert spans == [(start, start + len(value), "ID_1")], text
