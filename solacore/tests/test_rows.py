"""Plain statements write and read what the ORM would."""

from datetime import date

import pytest
from django.db import IntegrityError

from solacore.kit import rows
from solacore.kit.talk.models import Helpline

pytestmark = pytest.mark.django_db


def line(name="A line", **facts):
    return Helpline(
        country="ZZ", name=name, phone="1", source="us", languages=["en", "es"], **facts
    )


def test_what_is_inserted_is_what_save_would_write():
    plain, saved = line("Plain", verified_on=date(2026, 1, 2)), line("Saved")
    rows.insert([plain])
    saved.save()
    kept = Helpline.objects.get(pk=plain.pk)
    for field in Helpline._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(plain, field.attname), field
    assert not plain._state.adding
    assert kept.created_at is not None


def test_nothing_is_inserted_for_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.insert([])


def test_constraints_hold():
    rows.insert([line()])
    with pytest.raises(IntegrityError):
        rows.insert([line()])


def test_fields_are_updated_and_no_others():
    row = line()
    rows.insert([row])
    before, row.phone, row.url = row.updated_at, "2", "https://example.com"
    rows.update(row, "phone", "updated_at")
    kept = Helpline.objects.get(pk=row.pk)
    assert (kept.phone, kept.url) == ("2", "")
    assert kept.updated_at > before


def test_rows_are_selected_in_order_and_values_are_only_values():
    rows.insert([line("b'; --"), line("a %s")])
    names = [row.name for row in rows.select(Helpline, "country = %s ORDER BY name", ["ZZ"])]
    assert names == ["a %s", "b'; --"]
    (one,) = rows.select(Helpline, "name = %s", ["b'; --"], only=("id", "name"))
    assert one.get_deferred_fields()
