"""Names go when they are old enough, or when somebody asks for it; every number stays as it was."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.urls import reverse
from pytest_django import Settings

from onboarding.customers import links
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Todo
from onboarding.engine import ledger, load_desired
from onboarding.invites import rate_limit
from onboarding.models import (
    Approval,
    ConsentAttempt,
    Contact,
    Customer,
    Event,
    Letter,
    Link,
    Onboarding,
    Person,
    Questionnaire,
    StepState,
    TenantBinding,
)
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.models.person import marks_of
from onboarding.people import ingest
from onboarding.privacy import retention
from onboarding.privacy.erasure import BATCH, NOBODY
from onboarding.staff.people import queries
from onboarding.staff.people.wanted import Filter
from tests import builders
from tests.narrow import present
from tests.pages.desk import people

from .test_harvest import NOON, event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]
KEPT_DAYS = 180
OLD, YOUNG = NOON - timedelta(days=KEPT_DAYS, seconds=1), NOON - timedelta(days=KEPT_DAYS - 1)
EVA = "0f0e0d0c-0000-4000-8000-000000000001"  # who signs in, in tests.builders.granted


@pytest.fixture(autouse=True)
def _kept_days(settings: Settings) -> None:
    settings.RETENTION_DAYS = KEPT_DAYS


@pytest.fixture
def made() -> Onboarding:
    return builders.onboarding()


def dump(model, made=None):
    rows = model.objects.filter(onboarding=made) if made else model.objects.all()
    return serializers.serialize("json", rows, ensure_ascii=False)


def closed(made):
    Onboarding.objects.filter(pk=made.pk).update(state=State.CLOSED)
    ledger.note(made.pk, State.CLOSED, say("The onboarding was closed."))
    Event.objects.filter(onboarding=made).update(at=OLD)
    return made


# People of the log


def arrived(made):
    return load_desired.headcount(Onboarding.objects.get(pk=made.pk))


def test_erases_who_it_was_and_keeps_every_number(made):
    reason = "400.76 Group does not exist: Aino Korhonen"
    people(made, 3, at=OLD, target_id="t1", reason="Aino Korhonen exists twice")
    people(made, 2, at=OLD, result="failed", code="BadRequest", reason=reason)
    people(made, 1, at=YOUNG)
    before = (arrived(made), queries.people(made))
    assert retention.erase_old(NOON).people == 5
    after = (arrived(made), queries.people(made))
    assert after[0] == before[0]
    assert after[1].numbers == before[1].numbers
    assert after[1].causes[0].failure.count == before[1].causes[0].failure.count == 2
    assert [cause.wanted for cause in after[1].causes] == [cause.wanted for cause in before[1].causes]
    left = dump(Person)
    assert not any(f"p000{n}@" in left or f'"s{n}"' in left or f'"e{n}"' in left for n in range(5))
    assert "Korhonen" not in left
    assert '"t1"' not in left
    assert "p0005@" in left


def test_finds_nobody_who_was_erased(made):
    people(made, 2, at=OLD)
    retention.erase_old(NOON)
    assert not any(queries.people(made, Filter(search=text)).rows for text in ("p0001", "Person"))


def test_says_in_the_timeline_how_many_and_no_name(made):
    people(made, 2, at=OLD)
    retention.erase_old(NOON)
    [line] = Event.objects.filter(onboarding=made, kind="erased")
    assert "2 names" in str(line.sentence)


def test_erases_nothing_twice(made):
    people(made, 2, at=OLD)
    retention.erase_old(NOON)
    before = dump(Person)
    assert retention.erase_old(NOON + timedelta(days=1)) == retention.Erased()
    assert dump(Person) == before


def test_erases_more_than_one_batch(made):
    people(made, BATCH + 3, at=OLD)
    assert retention.erase_old(NOON).people == BATCH + 3
    assert Event.objects.filter(onboarding=made, kind="erased").count() == 2


def test_keeps_everything_where_the_contract_says_how_long(made, settings):
    settings.RETENTION_DAYS = 0
    people(made, 2, at=OLD)
    assert retention.due(NOON) == retention.erase_old(NOON) == retention.Erased()
    assert "p0001@" in dump(Person)


@pytest.mark.django_db(transaction=True)
def test_lets_two_workers_erase_at_once(made):
    people(made, 3 * BATCH, at=OLD)
    counted = []

    def work():
        counted.append(retention.erase_old(NOON).people)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counted) == 3 * BATCH
    assert Person.objects.filter(onboarding=made, erased_at=None).count() == 0


# The log goes on


@pytest.fixture
def lease(made: Onboarding) -> Lease:
    return builders.claimed(made.pk)


def keep_old(lease, *events):
    """Harvest these, and let them become old enough."""
    ingest.keep(lease, events)
    assert retention.erase_old(NOON + timedelta(days=KEPT_DAYS + 1)).people == 1


def test_fills_the_row_again_when_the_log_names_the_person_anew(lease):
    keep_old(lease, event(0))
    ingest.keep(lease, [event(5, "update")])
    [row] = Person.objects.all()
    assert (row.source_id, row.user_name, row.result) == ("eva", "eva@nordwind.example", "created")
    assert row.erased_at is None


def test_brings_nobody_back_by_reading_the_same_rows_again(lease):
    keep_old(lease, event(0))
    ingest.keep(lease, [event(0)])
    [row] = Person.objects.all()
    assert row.user_name == ""
    assert row.source_id == marks_of(lease.onboarding_id, "eva")[0]


def test_recognises_after_a_change_of_keys(lease, settings):
    keep_old(lease, event(0))
    settings.ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", *settings.ENCRYPTION_KEYS]
    ingest.keep(lease, [event(5, "update")])
    assert Person.objects.count() == 1


def test_marks_the_same_person_differently_at_each_customer(made):
    assert marks_of(made.pk, "eva") != marks_of(made.pk + 1, "eva")
    assert "eva" not in marks_of(made.pk, "eva")[0].removeprefix("erased:")


# Letters, links, sign-ins


def letter(made, **fields):
    given = {"contact": made.contacts.get(), "to_name": "Eva Berg", "to_email": "eva@contoso.example"}
    given |= {"kind": "invitation", "day": OLD.date(), "subject": "Hello Eva", "text": "Dear Eva", "html": "<p>Eva"}
    row = Letter.objects.create(onboarding=made, **{**given, "state": "sent", "sent_at": OLD, **fields})
    Letter.objects.filter(pk=row.pk).update(created_at=OLD)
    return row


def test_erases_letters_that_went_long_ago(made):
    letter(made, sent_on=OLD.date())
    letter(made, kind="reminder", sent_on=OLD.date(), to_email="jan@contoso.example", error="550 eva@contoso.example")
    letter(made, kind="completion", sent_at=YOUNG, subject="Hello Jan")
    letter(made, kind="escalation", state="draft", sent_at=None, subject="Hello Jan")
    assert retention.erase_old(NOON).letters == 2
    assert dump(Letter).count("Hello Eva") == 0
    assert dump(Letter).count("eva@contoso.example") == dump(Letter).count("Hello Jan") == 2
    assert Letter.objects.filter(state="sent").count() == 3


def test_shows_an_erased_letter_without_a_button_to_send_it(made, client):
    row = letter(made, state="failed", sent_at=None)
    retention.erase_old(NOON)
    client.force_login(made.customer.owner)
    page = client.get(reverse("letter", args=[made.pk, row.pk]))
    assert page.status_code == 200
    assert reverse("letter_retry", args=[made.pk, row.pk]) not in page.content.decode()
    answer = client.post(reverse("letter_retry", args=[made.pk, row.pk]), follow=True)
    assert "Only an e-mail that was not sent can be sent again." in answer.content.decode()


def test_erases_from_where_a_link_was_tried_too_often(made):
    link, _token = links.issue_link(made, actor=builders.owner_of(made))
    source = rate_limit.Source("203.0.113.7", "Firefox on Windows")
    tries = [{"session_hash": "x", "state_hash": str(n), "source_hash": source.hash} for n in range(40)]
    ConsentAttempt.objects.bulk_create(ConsentAttempt(link=link, **each) for each in tries)
    assert rate_limit.are_used_up(link, browser="another", source=source)
    line = Event.objects.get(kind="link_locked")
    assert retention.erase_old(line.at + timedelta(days=KEPT_DAYS - 1)).addresses == 0
    assert "203.0.113.7" in str(line.sentence)
    later = line.at + timedelta(days=KEPT_DAYS, seconds=1)
    assert retention.due(later).addresses == retention.erase_old(later).addresses == 1
    line.refresh_from_db()
    assert (
        str(line.sentence)
        == f"The link of Eva Berg was tried too often from {NOBODY}, with {NOBODY}. It is locked there."
    )
    assert line.detail == {"link": link.pk}
    assert "203.0.113.7" not in dump(Event)


def test_erases_who_held_a_link_and_who_signed_in(made):
    link = builders.granted(made, "11111111-2222-4333-8444-555555555555")
    Link.objects.filter(pk=link.pk).update(used_at=OLD)
    ConsentAttempt.objects.update(answered_at=OLD, source_hash="of an address")
    _link, _token = links.issue_link(made, actor=builders.owner_of(made))
    done = retention.erase_old(NOON)
    assert (done.links, done.sign_ins) == (1, 1)
    assert not {"Eva Berg", EVA, "of an address"} & set(
        ConsentAttempt.objects.values_list("signed_in_name", "signed_in_object_id", "source_hash").get()
    )
    assert sorted(Link.objects.values_list("contact_name", flat=True)) == ["Eva Berg", NOBODY]
    assert (
        present(load_desired.load_desired(made.pk).consent).signed_in_tenant == "11111111-2222-4333-8444-555555555555"
    )


# Closed onboardings


def rich(made):
    """A customer about whom everything is known that can be."""
    link = builders.granted(made, "11111111-2222-4333-8444-555555555555")
    builders.done(
        made,
        scope={"total": 2, "sample": [{"id": "s0", "name": "Person 0000", "user_name": "p0000@contoso.example"}]},
        pilot={
            "person_id": "s0",
            "name": "Person 0000",
            "user_name": "p0000@contoso.example",
            "job_id": "j",
            "asked": "",
        },
    )
    StepState.objects.filter(onboarding=made, key="pilot").update(
        answer={"person": "P0000@contoso.example"},
        message=say("%(name)s is in Haiilo, and was read back.", name="Person 0000").as_json(),
        intents={"provision": {"tries": 0, "result": {"person_id": "s0", "arrived": True}}},
    )
    change = Change("provision", say("Provision %(name)s.", name="Person 0000"), payload={"person_id": "s0"})
    builders.approved(made, "pilot", Todo(say("To do."), [change], say("Do it")))
    ledger.note(made.pk, "applied", say("Provision %(name)s now.", name="Person 0000"), actor_name="Eva Berg")
    TenantBinding.objects.create(
        onboarding=made, tenant_id=f"t{made.pk}", verified_domain="x", admin_name="Eva Berg", admin_object_id=EVA
    )
    Questionnaire.objects.create(
        onboarding=made,
        admin_name="Eva Berg",
        pilot_person="p0000@contoso.example",
        filled_at=NOON,
        filled_by_link=link,
    )
    letter(made, sent_at=YOUNG)
    people(made, 2, at=YOUNG)
    return made


EVERYTHING = (
    Approval,
    ConsentAttempt,
    Contact,
    Customer,
    Event,
    Letter,
    Link,
    Person,
    Questionnaire,
    StepState,
)


def test_erases_all_names_of_an_onboarding_that_was_closed_long_ago(made, client):
    closed(rich(made))
    before = arrived(made)
    done = retention.erase_old(NOON)
    assert (done.onboardings, done.people) == (1, 2)
    left = "".join(dump(model) for model in (*EVERYTHING, TenantBinding))
    for text in ("Eva", "eva@", "Person 0", "@contoso", '"s0"', EVA):
        assert text not in left, text
    assert arrived(made) == before
    assert retention.erase_old(NOON) == retention.Erased()
    client.force_login(made.customer.owner)
    for name in ("record", "people", "contacts", "questionnaire", "outbox", "security_pack"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 200, name


def test_keeps_an_onboarding_that_was_closed_a_while_ago_or_goes_on(made):
    closed(rich(made))
    Event.objects.filter(onboarding=made, kind=State.CLOSED).update(at=YOUNG)
    other = builders.onboarding()
    Event.objects.filter(onboarding=other).update(at=OLD)
    assert retention.erase_old(NOON).onboardings == 0
    assert "Eva Berg" in dump(Event, made)


# One person, on request


def test_erases_one_person_everywhere_and_for_good(made):
    rich(made)
    assert retention.concerned("s0") == [made.pk]
    retention.erase_person(made.pk, "s0", now=NOON)
    left = "".join(dump(model) for model in EVERYTHING)
    for text in ("Person 0000", "p0000@contoso", "P0000@contoso", '"s0"', "s0\\"):
        assert text not in left, text
    assert "Person 0001" in left
    assert arrived(made).created == 2
    pilot = builders.state(made, "pilot")
    assert (pilot.evidence["job_id"], pilot.evidence["name"]) == ("j", NOBODY)
    assert builders.state(made, "scope").evidence == {"total": 2, "sample": []}
    line = Event.objects.filter(onboarding=made, kind="erased").get()
    assert str(line.sentence) == "A person was erased on request."


def test_takes_no_word_for_a_person_that_only_begins_like_one(made):
    people(made, 1, source_id="s0", name="Eva", user_name="eva", target_id="12")
    for text in ("evaluated at 12:12", "Eva", "Eva Berg", "for eva.", "12"):
        ledger.note(made.pk, "note", say("%(what)s", what=text))
    retention.erase_person(made.pk, "s0", now=NOON)
    lines = Event.objects.filter(onboarding=made, kind="note").order_by("pk")
    assert [line.message["values"]["what"] for line in lines] == ["evaluated at 12:12", *[NOBODY] * 4]


def test_brings_no_name_back_of_somebody_who_was_erased_on_request(lease):
    ingest.keep(lease, [event(0)])
    retention.erase_person(lease.onboarding_id, "eva", now=NOON)
    newer = builders.claimed(lease.onboarding_id)
    ingest.keep(newer, [event(0), event(5, "disable")])
    [row] = Person.objects.all()
    assert (row.result, row.name, row.user_name, row.event_id) == ("removed", "", "", "")
    assert row.source_id == marks_of(lease.onboarding_id, "eva")[0]


def test_makes_a_look_that_is_under_way_count_for_nothing(lease):
    retention.erase_person(lease.onboarding_id, "eva", now=NOON)
    with pytest.raises(LeaseLost):
        ingest.keep(lease, [event(0)])


def test_erases_for_good_whoever_was_erased_by_age_before(lease):
    keep_old(lease, event(0))
    assert retention.concerned("eva") == [lease.onboarding_id]
    retention.erase_person(lease.onboarding_id, "eva", now=NOON)
    assert Person.objects.get().stays_erased


def test_erases_the_admin_who_approved(made):
    rich(made)
    assert retention.concerned(EVA) == [made.pk]
    retention.erase_person(made.pk, EVA, now=NOON)
    assert EVA not in dump(ConsentAttempt) + dump(TenantBinding) + dump(StepState)


# The command
