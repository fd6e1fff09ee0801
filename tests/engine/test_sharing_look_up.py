"""The look-up of who else has a tenant goes by its index, however many customers there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding.engine import neighbours
from onboarding.models import StepState
from tests import builders

pytestmark = pytest.mark.django_db

CUSTOMERS, STEPS_EACH = 40, 50
SCANS = {
    "postgresql": ("Seq Scan",),
    "sqlite": ("SCAN onboarding_onboarding", "SCAN onboarding_stepstate", "SCAN onboarding_tenantbinding", "SCAN U"),
}
INDEX = {"postgresql": "expected_tenant", "sqlite": "sqlite_autoindex_onboarding_stepstate_1"}
"""What each database goes by; SQLite is for tests, and takes the key of the step."""


def tenant(number: int) -> str:
    return f"{number:08d}-2222-4333-8444-555555555555"


def test_finds_who_expects_a_tenant_by_the_index():
    made = [builders.onboarding() for _number in range(CUSTOMERS)]
    for number, each in enumerate(made):
        builders.done(each, customer={"tenant_id": tenant(number), "domain": "contoso.example"})
    StepState.objects.bulk_create(
        StepState(onboarding=each, key=f"step_{step}", evidence={"total": step})
        for each in made
        for step in range(STEPS_EACH)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = neighbours.others(made[0].pk, tenant(7))
    assert list(rows) == [made[7]]
    assert INDEX[connection.vendor] in rows.explain()


def test_goes_through_no_table_to_find_them():
    made = [builders.onboarding() for _number in range(3)]
    for each in made:
        builders.done(each, customer={"tenant_id": tenant(7), "domain": "contoso.example"})
    with CaptureQueriesContext(connection) as sent:
        assert list(neighbours.others(made[0].pk, tenant(7))) == made[1:]
        assert [neighbours.is_taken(each.pk, tenant(7)) for each in made] == [False, True, True]
    asked = [each["sql"] for each in sent if "tenantbinding" in each["sql"]]
    assert len(asked) == 4
    for sql in asked:
        assert not [each for each in SCANS[connection.vendor] if each in plan_of(sql)]


def plan_of(sql: str) -> str:
    """How the database would go about this, if a table of three rows were large."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
