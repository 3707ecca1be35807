"""Whom to call: always something, in the person's language, with the database away too."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from solacore.kit import metrics
from solacore.kit.talk import helplines, referrals
from solacore.kit.talk.models import Helpline, ReferralCount

LANGUAGES = ["en", "zh", "zh-Hant", "es", "fr", "de", "pt", "ja", "ko", "ru", "ar", "hi"]
NOW = datetime(2026, 11, 24, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch):
    monkeypatch.setattr(helplines._Memory, "lines", ())
    monkeypatch.setattr(helplines._Memory, "read_at", float("-inf"))


@pytest.mark.parametrize("language", [*LANGUAGES, "xx"])
@pytest.mark.parametrize("country", [None, "US", "fr", "JP", "ZZ", "??"])
def test_a_card_always_has_the_two_numbers_clients_read(language, country):
    shown = helplines.card(language=language, country=country)
    assert shown.resources["US"] == "988"
    assert shown.resources["ES"] == "717 003 717"
    assert "findahelpline.com" in shown.text
    assert all(line["name"] in shown.text or line["country"] == "ZZ" for line in shown.lines)


def test_each_language_has_words_of_its_own():
    assert (
        len({helplines.card(language=language, country="US").text for language in LANGUAGES}) == 12
    )


def test_the_persons_country_comes_first():
    shown = helplines.card(language="en", country="fr")
    assert shown.resources["FR"] == "3114"
    assert shown.lines[0]["country"] == "FR"
    assert shown.text.index("3114") < shown.text.index("988")


def test_every_country_promised_has_a_line():
    promised = "US ES GB IE CA AU NZ CN HK TW SG JP KR FR DE AT CH PT BR MX AR CL CO RU IN EG ZZ"
    assert set(promised.split()) <= {line.country for line in helplines.from_file()}
    assert all(line.source and line.number for line in helplines.from_file())


@pytest.mark.django_db
def test_what_staff_changed_is_shown_after_a_refresh():
    assert helplines.seed() == len(helplines.from_file())
    assert helplines.seed() == 0
    Helpline.objects.filter(country="FR").update(phone="3115")
    assert helplines.card(language="fr", country="FR").resources["FR"] == "3114"
    helplines.refresh()
    assert not helplines.is_due()
    assert helplines.card(language="fr", country="FR").resources["FR"] == "3115"


@pytest.mark.django_db
def test_staff_cannot_take_the_two_numbers_away():
    helplines.seed()
    Helpline.objects.filter(country__in=("US", "ES", "ZZ")).update(is_active=False)
    helplines.refresh()
    assert helplines.card(language="en", country="GB").resources["US"] == "988"


def test_a_database_that_is_away_changes_nothing(monkeypatch):
    def away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(Helpline.objects, "filter", away)
    helplines.refresh()
    assert helplines.card(language="es", country="ES").resources["ES"] == "717 003 717"


def test_a_line_is_stale_after_180_days():
    line = next(line for line in helplines.from_file() if line.country == "US")
    assert helplines.stale([line], line.verified_on + timedelta(days=180)) == []
    assert helplines.stale([line], line.verified_on + timedelta(days=181)) == [line]
    never = replace(line, verified_on=None)
    assert helplines.stale([never], NOW.date()) == [never]


@pytest.mark.django_db
def test_the_check_fails_with_a_list_of_stale_lines(capsys):
    helplines.seed()
    Helpline.objects.update(verified_on=NOW.date())
    call_command("helplines_check", on=NOW.date() + timedelta(days=180))
    with pytest.raises(CommandError):
        call_command("helplines_check", on=date(2030, 1, 1))
    assert "988" in capsys.readouterr().out


@pytest.mark.django_db
def test_referrals_are_counted_without_anybody(django_assert_num_queries, capsys):
    before = metrics.CRISIS_REFERRALS.labels("es", "explicit")._value.get()
    with django_assert_num_queries(3):
        for tier in ("explicit", "explicit", "imminent"):
            referrals.count(product="solve", language="es", tier=tier, now=NOW)
    assert metrics.CRISIS_REFERRALS.labels("es", "explicit")._value.get() == before + 2
    assert referrals.of_year(2026) == [
        ("solve", "es", "explicit", 2),
        ("solve", "es", "imminent", 1),
    ]
    assert referrals.of_year(2025) == []
    call_command("crisis_report", year=2026)
    assert "explicit" in capsys.readouterr().out
    names = {f.name for f in ReferralCount._meta.get_fields()}
    assert names == {
        "id",
        "created_at",
        "updated_at",
        "day",
        "product",
        "language",
        "tier",
        "count",
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "artificial intelligence"), ("zh-CN", "人工智能"), ("es", "inteligencia artificial")],
)
def test_the_protocol_is_public_and_needs_no_database(wire, language, said):
    reply = wire.send("GET", "/safety", headers={"Accept-Language": language})
    assert reply.status == 200
    text = reply.body if isinstance(reply.body, str) else reply.body.decode()
    assert said in text
    assert "988" in text
