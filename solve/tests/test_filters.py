"""What a model sees of addresses and numbers, and that nothing else is touched."""

import pytest

from solacore.kit.talk.shield import shield


@pytest.mark.parametrize(
    ("text", "seen"),
    [("mail me at a.b@c.com or 555-123-4567", "mail me at [EMAIL] or [PHONE]"),
     ("write to jane.roe@example.org please", "write to [EMAIL] please"),
     ("call 13800138000", "call [PHONE]"), ("+34 612 345 678", "[PHONE]"),
     ("我的号码是 13800138000。", "我的号码是 [PHONE]。"), ("(555) 123-4567", "[PHONE]"),
     ("612345678 es mi número", "[PHONE] es mi número"), ("+44 20 7946 0958 now", "[PHONE] now")],
)  # fmt: skip
def test_addresses_and_numbers_become_placeholders(text, seen):
    assert shield(text) == seen


@pytest.mark.parametrize(
    "text",
    ["I always forget my keys", "Please disregard my tone", "my salary is 1000000 a year",
     "from 2023-2024 I was away", "on 2024-05-06 at 10:30", "10:30-11:45", "12,000 euros",
     "order 4711-22", "@ the office", "3 @ 5", "I'm 35 and she is 32", "100 200 300"],
)  # fmt: skip
def test_meaning_is_never_damaged(text):
    assert shield(text) == text


@pytest.mark.parametrize("text", ["x" * 40_000, "x@" * 20_000, "@" * 40_000, "1" * 40_000,
                                  "1 " * 20_000, "a." * 20_000 + "@"])  # fmt: skip
def test_hostile_input_comes_back_in_no_time(text):
    """Quadratic scans of these took minutes; the test's own time limit is the assertion."""
    for _ in range(20):
        shield(text)
