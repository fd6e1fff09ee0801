"""What the bench takes for bringing the log into the roster is that, and COPY brings the same."""

from __future__ import annotations

import json

import pytest
from django.db import connection, models

from bench.inside import ingestion, provisioning_log
from onboarding.models import Onboarding, Person

pytestmark = pytest.mark.django_db
PLAIN = {field.attname for field in Person._meta.fields if not isinstance(field, models.JSONField)}


@pytest.fixture
def bodies(monkeypatch):
    monkeypatch.setattr(ingestion, "PAGES", 2)
    monkeypatch.setattr(ingestion, "SIZE", 3)
    return provisioning_log.pages(2, 3)


def test_keeps_of_each_row_what_is_copied(bodies):
    ingestion.ingested(bodies)
    made = Onboarding.objects.get()
    rows = [row for body in bodies for row in json.loads(body)["value"]]
    copied = [
        (made.pk, *cells[1:7], Person.objects.get(event_id=cells[8]).at, cells[8]) for cells in ingestion.kept(rows)
    ]
    assert len(copied) == 6
    assert list(Person.objects.order_by("pk").values_list(*ingestion.COLUMNS)) == copied
    rest = {name: value for name, value in ingestion.rest().items() if value is None or name in PLAIN}
    assert Person.objects.values(*rest)[0] == rest


def test_says_no_where_rows_were_not_kept(bodies):
    with pytest.raises(RuntimeError, match="of 6 rows were kept"):
        ingestion.ingested([bodies[0], bodies[1].replace(b'"create"', b'"delete"')])


def test_copies_rows_that_have_all_that_a_row_must_have(bodies):
    ingestion.make_table()
    assert ingestion.copied(bodies) >= 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(standing) FROM {ingestion.TARGET}")  # noqa: S608 - its own table
        assert cursor.fetchone() == (6, 6)
