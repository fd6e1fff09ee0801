"""What is compiled once runs as the ORM would run it: the same statement, and the same rows with all their columns."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Max
from django.test.utils import CaptureQueriesContext

from onboarding.engine import pulse
from onboarding.models import (
    Approval,
    Customer,
    CustomerSecret,
    Heartbeat,
    Onboarding,
    Person,
    ReadOnlyMode,
    StaffContact,
    StepState,
    Stop,
    TenantBinding,
    clock,
)
from onboarding.models.compiled import Update, given
from onboarding.models.onboarding import Lease
from tests import builders

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SOON = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
SEEN = {"kind": "done", "message": {"text": "It's 100 %"}, "evidence": {"of": ["ä", None, 1.5]}, "done_at": None}


@pytest.fixture
def made() -> Onboarding:
    return builders.onboarding()


def statement(run: Callable[[], object]) -> str:
    """The one that is sent, with its values."""
    with CaptureQueriesContext(connection) as sent:
        run()
    [query] = sent.captured_queries
    return str(query["sql"])


def columns(row: models.Model | None) -> dict[str, Any] | None:
    """All that the model has, none of them to be read later."""
    if row is None:
        return None
    assert row.get_deferred_fields() == set()
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def lease_of(made: Onboarding) -> Lease:
    return Lease(made.pk, made.lease_token, made.next_run_at)


def test_claims_with_the_orms_statement(made):
    due = Onboarding.objects.due().order_by().filter(id=made.pk)
    until = clock.after(timedelta(seconds=settings.LEASE_SECONDS))
    asked = statement(lambda: due.update(leased_until=until, lease_token=F("lease_token") + 1, leased_by="a 'b'"))
    assert statement(lambda: Onboarding.objects.claim(made.pk, by="a 'b'")) == asked


@pytest.mark.parametrize(
    "found",
    [{}, {"current_key": "live", "live_at": None, "time_outs": 1}, {"not_before": SOON, "time_outs": 1}],
)
def test_ends_a_run_with_the_orms_statement(made, found):
    unasked = Onboarding.objects.filter(id=made.pk, lease_token=made.lease_token, next_run_at=made.next_run_at)
    values = {"next_run_at": clock.after(HOUR), "leased_until": None, "leased_by": "", **found}
    ours = statement(lambda: Onboarding.objects.end_unasked(lease_of(made), after=HOUR, **found))
    assert ours == statement(lambda: unasked.update(**values))


def test_writes_a_step_with_the_orms_statement(made):
    state = StepState.objects.filter(onboarding=made).earliest("pk")
    ours = statement(lambda: StepState.write(state.pk, SEEN))
    assert ours == statement(lambda: StepState.objects.filter(pk=state.pk).update(**dict(sorted(SEEN.items()))))
    written = StepState.objects.get(pk=state.pk)
    assert {name: getattr(written, name) for name in SEEN} == SEEN


def test_reads_the_steps_with_the_orms_statement_and_all_their_columns(made):
    rows = StepState.objects.filter(onboarding=made)
    StepState.write(rows.earliest("pk").pk, SEEN)
    assert statement(lambda: StepState.of(made.pk)) == statement(lambda: list(rows))
    told = sorted(StepState.of(made.pk), key=lambda state: state.pk)
    assert [columns(each) for each in told] == [columns(each) for each in rows.order_by("pk")]
    assert not any(each._state.adding for each in told)


@pytest.mark.parametrize("has_more", [False, True])
def test_reads_the_whole_onboarding_with_all_columns_of_all_its_rows(made, has_more, django_assert_num_queries):
    if has_more:
        ReadOnlyMode.objects.create(onboarding=made, asked_at=clock.now())
        for each in (made, builders.onboarding()):
            TenantBinding.objects.create(
                onboarding=each, tenant_id="t", shared=True, verified_domain="a.example", admin_object_id="o"
            )
        CustomerSecret.objects.create(onboarding=made, kind="scim", sealed=b"x", saved_at=clock.now())
        Approval.objects.create(onboarding=made, step="scope", fingerprint="f", changes=[], approved_at=clock.now())
    with django_assert_num_queries(1):
        row = Onboarding.objects.whole(made.pk)
        related = [getattr(row, name, None) for name in ("customer", "read_only", "binding")]
        customer = row.customer.onboarding
    plain = Onboarding.objects.get(pk=made.pk)
    assert columns(row) == columns(plain)
    assert [columns(each) for each in related] == [
        columns(getattr(plain, name, None)) for name in ("customer", "read_only", "binding")
    ]
    assert [row.has_secrets, row.has_approvals, row.has_neighbours] == [has_more] * 3
    assert customer is row


def test_reads_for_a_page_with_the_orms_statements(made):
    reader = builders.person("alice")
    mine = Onboarding.objects.for_user(reader).filter(pk=made.pk)
    whole = mine.select_related("customer__owner__staff_contact")
    state = StepState.objects.filter(onboarding=made, key="scope")
    stops = Stop.objects.filter(ended_at=None).order_by("pk")
    looking = Heartbeat.objects.filter(kind__in=pulse.LOOKING).order_by()
    latest = looking.values_list("kind").annotate(latest=Max("at"))
    for ours, orm in (
        (lambda: Onboarding.objects.has_reader(made.pk, reader), mine.exists),
        (lambda: Onboarding.objects.for_reader(made.pk, reader), lambda: list(whole)),
        (lambda: StepState.one(made.pk, "scope"), lambda: list(state)),
        (Stop.objects.in_force, stops.first),
        (pulse.watch, lambda: list(latest)),
    ):
        assert statement(ours) == statement(orm)


def test_reads_an_onboarding_for_a_page_with_all_columns_and_whose_it_is(made, django_assert_num_queries):
    owner = builders.person("alice")
    StaffContact.objects.create(user=owner, phone="+358 1")
    Customer.objects.update(owner=owner)
    with django_assert_num_queries(1):
        row: Any = Onboarding.objects.for_reader(made.pk, owner)
        assert row.customer.owner.staff_contact.phone == "+358 1"
    assert columns(row) == columns(Onboarding.objects.get(pk=made.pk))
    assert columns(row.customer.owner) == columns(owner)


def test_reads_no_onboarding_for_a_stranger_to_it(made):
    stranger = builders.person("charlie")
    assert Onboarding.objects.for_reader(made.pk, stranger) is None
    assert not Onboarding.objects.has_reader(made.pk, stranger)


def test_has_postgresql_plan_once_a_connection_what_is_compiled_alone(made):
    for _run in range(2):
        assert Onboarding.objects.whole(made.pk).customer_id == StepState.of(made.pk)[0].onboarding.customer_id
        StepState.write(StepState.of(made.pk)[0].pk, SEEN)
        list(Onboarding.objects.due())
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [row[0] for row in cursor.fetchall()]
    for begins, goes_by in (("SELECT", '"onboarding_id" = $'), ("SELECT", '"id" = $'), ("UPDATE", '"id" = $')):
        assert any(each.startswith(begins) and goes_by in each for each in prepared), (begins, goes_by)
    assert not any('ORDER BY "onboarding_onboarding"."next_run_at"' in each for each in prepared)


def test_parses_intents_once_somebody_asks_for_them(made):
    noted: dict[str, Any] = {"a": {"tries": 1, "at": "2026-12-01T08:30:00+00:00"}}
    StepState.objects.filter(onboarding=made, key="connection").update(intents=noted)
    [state] = [each for each in StepState.of(made.pk) if each.key == "connection"]
    assert "intents" not in vars(state)
    assert isinstance(state.noted, str)
    assert copy(state).intents == state.intents == noted
    assert state.noted is state.intents
    StepState.objects.filter(pk=state.pk).update(intents={})
    [unread] = [each for each in StepState.of(made.pk) if each.key == "connection"]
    StepState.objects.filter(pk=state.pk).update(intents=noted)
    unread.refresh_from_db()
    assert unread.intents == unread.noted == noted
    unread.intents = {}
    unread.save()
    assert StepState.objects.get(pk=state.pk).intents == {}


@pytest.mark.parametrize("digits", range(7))
def test_reads_times_as_they_were_written(made, digits):
    at = SOON + timedelta(microseconds=123456 // 10 ** (6 - digits) * 10 ** (6 - digits))
    Onboarding.objects.filter(pk=made.pk).update(not_before=at, live_at=None)
    for row in (Onboarding.objects.whole(made.pk), Onboarding.objects.get(pk=made.pk)):
        assert (row.not_before, row.live_at) == (at, None)
        assert row.not_before is not None
        assert row.not_before.tzinfo is UTC


def test_finds_nothing_by_a_number_that_no_row_can_have(made):
    reader = builders.person("alice")
    assert Onboarding.objects.for_reader(10**30, reader) is None
    assert not Onboarding.objects.has_reader(10**30, reader)
    assert Person.one(made.pk, 10**30) is None


def test_says_of_an_onboarding_that_is_not_there_what_the_orm_says(db):
    with pytest.raises(Onboarding.DoesNotExist):
        Onboarding.objects.whole(0)
    assert Onboarding.objects.claim(0) is None


def test_leaves_a_transaction_broken_where_the_orm_does(made):
    other = builders.onboarding()
    move = Update(Onboarding.objects.filter(**given(Onboarding, "id")), **given(Onboarding, "customer"))
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            move.run(id=made.pk, customer=other.customer_id)
        assert connection.needs_rollback
    assert Onboarding.objects.get(pk=made.pk).customer_id == made.customer_id


@pytest.mark.parametrize(("values", "error"), [({}, KeyError), ({"id": F("id")}, TypeError)])
def test_runs_nothing_without_a_value(made, values, error):
    with pytest.raises(error):
        Update(Onboarding.objects.filter(**given(Onboarding, "id")), time_outs=1).run(**values)
