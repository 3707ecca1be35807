"""A learner's days: zones, days of 23 and 25 hours, clocks that jump."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn.rules import balance
from learn.rules.days import calendar, zones

ZONES = sorted(zones())


@given(
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.datetimes(datetime(1995, 1, 1), datetime(2036, 1, 1)),
)
def test_every_moment_lies_within_its_day(zone, hour, naive):
    days, moment = calendar(zone, hour), naive.replace(tzinfo=UTC)
    day = days.day_of(moment)
    assert days.begins(day) <= moment < days.begins(day + timedelta(days=1))


@given(
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1)),
    st.integers(-30, 30),
    st.integers(0, 23),
)
def test_moved_moments_land_on_the_day_that_was_meant(zone, hour, naive, shift, clock):
    days, moment = calendar(zone, hour), naive.replace(tzinfo=UTC)
    target = days.day_of(moment) + timedelta(days=shift)
    moved = days.moved(moment, shift)
    bounds = days.bounds(target, 1)
    if bounds[0] < bounds[1]:  # a day that a zone left out (Samoa, 2011) has no moment
        assert days.day_of(moved) == target
        assert days.day_of(days.at(target, clock)) == target


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", date(2026, 3, 28), 23),
        ("Europe/Madrid", date(2026, 10, 24), 25),
        ("America/New_York", date(2026, 3, 7), 23),
        ("America/New_York", date(2026, 10, 31), 25),
        ("Asia/Shanghai", date(2026, 3, 28), 24),
        ("Australia/Lord_Howe", date(2026, 4, 4), 24.5),
    ],
)
def test_days_of_a_change_have_their_own_length(zone, day, hours):
    begins, ends = calendar(zone, 4).bounds(day, 1)
    assert (ends - begins) / timedelta(hours=1) == hours


def test_time_of_day_is_kept_over_a_change_of_clocks():
    days = calendar("Europe/Madrid", 4)
    before = datetime(2026, 3, 27, 19, tzinfo=UTC)  # 20:00 there
    assert days.moved(before, 4) == datetime(2026, 3, 31, 18, tzinfo=UTC)


def test_small_hours_belong_to_the_day_before():
    days = calendar("Asia/Shanghai", 4)
    assert days.day_of(datetime(2026, 11, 23, 19, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert days.day_of(datetime(2026, 11, 23, 20, tzinfo=UTC)) == date(2026, 11, 24)


def test_forgotten_zone_counts_as_utc():
    for name in ("Mars/Olympus", "../../etc/passwd", "", "\x00"):
        assert calendar(name, 0).zone.key == "UTC"


class TestBalance:
    def test_reach_is_what_the_package_scatters_over(self, monkeypatch):
        import fsrs

        scheduler = fsrs.Scheduler()
        for interval in [*range(3, 200), 1000, 36_000]:
            ends = []
            for chance in (0.0, 0.9999999):
                monkeypatch.setattr("fsrs.scheduler.random", lambda chance=chance: chance)
                fuzzed = scheduler._get_fuzzed_interval(interval=timedelta(days=interval))
                ends.append(fuzzed.days)
            least, greatest = balance.reach(interval)
            # The package rounds a draw up at the very end, one past its own range.
            assert least == max(ends[0], interval - 30)
            assert greatest == min(ends[1] - 1, interval + 30)

    def test_least_loaded_wins_and_the_nearest_of_equals(self):
        due = date(2026, 11, 25)  # a Wednesday
        week = [due + timedelta(days=n) for n in (-1, 0, 1)]
        assert balance.choose(due, dict(zip(week, (2, 2, 2), strict=True)), {}) == week[1]
        assert balance.choose(due, dict(zip(week, (2, 3, 2), strict=True)), {}) == week[0]
        assert balance.choose(due, dict(zip(week, (2, 3, 1), strict=True)), {}) == week[2]

    def test_easy_days_are_avoided_and_reduced_ones_count_double(self):
        due = date(2026, 11, 25)
        week = [due + timedelta(days=n) for n in (0, 1)]
        loads = dict(zip(week, (0, 9), strict=True))
        assert balance.choose(due, loads, {"wednesday": "none"}) == week[1]
        assert balance.choose(due, loads, {"wednesday": "reduced"}) == week[0]
        assert balance.choose(due, dict.fromkeys(week, 4), {"wednesday": "reduced"}) == week[1]
        every = {day: "none" for day in ("wednesday", "thursday")}
        assert balance.choose(due, loads, every) == due

    def test_never_before_tomorrow(self):
        chance = random.Random(1)
        today = date(2026, 11, 24)
        for _ in range(500):
            interval = chance.randint(3, 400)
            due = today + timedelta(days=chance.randint(-10, interval))
            assert all(day > today for day in balance.candidates(due, interval, today=today))
