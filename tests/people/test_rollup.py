"""What happened to how many people in which hour and day: once each, however the log comes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphclient import ProvisioningEvent
from onboarding.models import Onboarding, Rollup
from onboarding.models.onboarding import LeaseLost
from onboarding.people import ingest, rollup
from tests import builders
from tests.archive.log_server import row as log_row

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
DID = {
    ("create", "success", ""): "created",
    ("update", "success", ""): "updated",
    ("delete", "success", ""): "removed",
    ("disable", "success", ""): "removed",
    ("create", "failure", ""): "failed",
    ("other", "skipped", "AttributeValidationFailed"): "failed",
    ("other", "skipped", "RedundantExport"): "matched",
    ("other", "skipped", "NotEffectivelyEntitled"): None,
    ("stagedDelete", "skipped", "TooManyDeletes"): None,
}


def event(hours_ago: float, person: str, did: tuple[str, str, str], *, name: str = "") -> ProvisioningEvent:
    at = (NOW - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    action, status, skip = did
    row = log_row(0, person, action, status, skip=skip) | {"activityDateTime": at}
    return ProvisioningEvent.from_json(row | {"id": f"{name}{row['id']}{at}"})


def counted(pk: int) -> Counter[tuple[str, datetime, str]]:
    rows = Rollup.objects.filter(onboarding=pk)
    return Counter(
        {(row.span, row.at, kind): getattr(row, kind) for row in rows for kind in Rollup.KINDS if getattr(row, kind)}
    )


def expected(rows) -> Counter[tuple[str, datetime, str]]:
    """Each person once for a kind and a time, by the rows themselves."""
    seen = set()
    for hours_ago, person, did in rows:
        at, kind = NOW - timedelta(hours=hours_ago), DID[did]
        if kind:
            seen.add(("day", at.replace(hour=0, minute=0, second=0, microsecond=0), kind, person))
            if hours_ago < 48:
                seen.add(("hour", at.replace(minute=0, second=0, microsecond=0), kind, person))
    return Counter((span, at, kind) for span, at, kind, _person in seen)


ROWS = st.tuples(
    st.one_of(st.integers(0, 60).map(lambda tenths: tenths / 10), st.sampled_from([20, 30, 46, 50, 100, 190])),
    st.sampled_from(["eva", "jo", "kim"]),
    st.sampled_from(list(DID)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, max_size=30), pages=st.integers(1, 5), random=st.randoms(use_true_random=False))
def test_counts_each_person_once_however_the_rows_come(db, rows, pages, random):
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    sent = [*rows, *random.choices(rows, k=len(rows))] if rows else []
    random.shuffle(sent)
    for page in range(pages):
        ingest.keep(lease, [event(*row) for row in sent[page::pages]])
    assert counted(made.pk) == expected(rows)
    ingest.keep(lease, [event(*row, name="again ") for row in rows])
    assert counted(made.pk) == expected(rows)


def test_reads_and_writes_in_a_fixed_number_of_queries(django_assert_num_queries):
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    did = next(iter(DID))
    ingest.keep(lease, [event(hour, f"first {hour}", did) for hour in range(10)])
    for people in (1, 3):
        rows = [event(hour, f"p{people} {hour} {n}", did) for hour in range(10) for n in range(people)]
        with django_assert_num_queries(7):
            ingest.keep(lease, rows)
    assert sum(count for (span, _at, _kind), count in counted(made.pk).items() if span == "day") == 5 * 10


def test_lets_go_of_hours_after_two_days_and_keeps_the_days():
    made = builders.onboarding()
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for span, at in (("hour", NOW - timedelta(days=3)), ("day", NOW - timedelta(days=90)), ("day", long_ago)):
        Rollup.objects.create(onboarding=made, span=span, at=at, created=5)
    rollup.let_go(NOW)
    assert [(row.span, row.at) for row in Rollup.objects.filter(onboarding=made)] == [("day", NOW - timedelta(days=90))]


def test_goes_with_its_transaction():
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    Onboarding.objects.interrupt(made.pk)
    with pytest.raises(LeaseLost):
        ingest.keep(lease, [event(0, "eva", ("create", "success", ""))])
    assert not counted(made.pk)
