"""The support bundle: what Microsoft and our engineers ask for is in it, within a size that is known."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.models import Event, Onboarding, StepState, clock
from onboarding.support.bundle import bundle_of
from onboarding.support.microsoft import EARLIER
from onboarding.support.people import MOST_IDS
from tests import builders
from tests.pages.desk import people

from .conftest import ACTIVITY, APPLICATION, CLIENT, JOB, REQUEST, TENANT, document, sentence, steps
from .opening import opened, texts_of

pytestmark = pytest.mark.django_db


# What is in it


def test_tells_microsoft_which_tenant_job_and_cycle_it_is_about(known):
    told, _ours, _page = opened(known)
    assert told["tenant"]["tenant_id"] == TENANT
    assert told["enterprise_application"]["service_principal_id"] == APPLICATION
    assert told["enterprise_application"]["app_id"] == CLIENT
    assert told["our_application"]["client_id"] == known.size.client_id
    assert (told["job"]["job_id"], told["job"]["template_id"]) == (JOB, "scim")
    assert told["job"]["base_url"] == "contoso.smarpshare.com"
    [job] = told["job_as_microsoft_reported_it"]
    assert job["read_at"].endswith("Z")
    assert job["last_execution"] == {"state": "Failed", "activity_id": ACTIVITY, "began": "2026-12-01T09:00:00Z"}
    assert job["quarantine"]["reason"] == "EncounteredQuarantineException"


def test_tells_microsoft_which_requests_failed_and_when(known):
    failed = {"method": "POST", "path": "/users/{id}", "status": 429, "code": "TooManyRequests", "request_id": REQUEST}
    Event.objects.create(onboarding=known, kind="waiting", step="live", detail={"failed_request": failed})
    Event.objects.create(onboarding=known, kind="broken", detail={"code": "Forbidden_1", "request_id": REQUEST})
    told, _ours, _page = opened(known)
    requests = told["failed_requests"]
    [last] = requests["at_the_last_look"]
    assert (last["step"], last["method"], last["status"], last["request_id"]) == ("live", "GET", 503, REQUEST)
    assert last["at"].endswith("Z")
    earlier, kept = requests["in_the_timeline_newest_first"]
    assert (earlier["code"], earlier["method"]) == ("Forbidden_1", {"unknown": EARLIER})
    assert {name: kept[name] for name in failed} == failed
    assert requests["lines_in_all"] == known.events.count()


def test_tells_our_engineers_each_step_and_what_runs(known):
    _told, ours, page = opened(known)
    assert {step["step"] for step in ours["steps"]} == set(steps()) - {"read_only"}
    assert ours["versions"]["newest_migration"].startswith("00")
    assert ours["run_times"]["database_time"].endswith("Z")
    assert ours["signs_of_life"]["worker"]["at"] == {"unknown": "there never was one"}
    assert ours["links"]["of"] == 1
    assert ours["timeline"]["newest_first"][-1]["said"] == "Customer created."
    assert ours["timeline"]["newest_first"][-1]["staff"] == builders.person().pk
    assert f"Support bundle of onboarding {known.pk}" in page


def test_tells_which_release_it_is_or_that_nobody_has_said(known, settings):
    told, ours, page = opened(known)
    assert "RELEASE was not set" in told["release"]["unknown"]
    assert "Release of the product: unknown" in page
    settings.RELEASE = "4f1c2aa"
    told, ours, page = opened(known)
    assert (told["release"], ours["versions"]["release"]) == ("4f1c2aa", "4f1c2aa")
    assert "Release of the product: 4f1c2aa" in page


def test_says_of_a_new_customer_what_is_not_known_and_why(alice_s):
    told, ours, _page = opened(alice_s)
    for part in (told["tenant"]["tenant_id"], told["enterprise_application"], told["job"], ours["rules_of_letters"]):
        assert part["unknown"]
    assert told["job_as_microsoft_reported_it"]["unknown"]
    assert told["failed_requests"]["at_the_last_look"]["unknown"]
    numbers = told["people_in_numbers"]
    assert numbers["in_haiilo"] is None
    assert "unknown" in numbers["by_standing"]
    assert "unknown" in numbers["by_result_in_microsofts_log"]


@pytest.fixture
def alice_s(db: None) -> Onboarding:
    return builders.onboarding()


def test_keeps_the_rest_where_one_part_cannot_be_read(known):
    Onboarding.objects.filter(pk=known.pk).update(log_trouble={"since": "never"})
    StepState.objects.filter(onboarding=known, key="live").update(plan={"changes": 3})
    known.refresh_from_db()
    told, ours, _page = opened(known)
    assert told["provisioning_log"] == {"unknown": "our own code failed to read it: ValueError"}
    assert ours["steps"]["unknown"].startswith("our own code failed to read it: ")
    assert told["tenant"]["tenant_id"] == TENANT


# People


def test_has_object_ids_of_some_who_failed_only_where_they_are_asked_for(known):
    told, _ours, page = opened(known)
    assert "unknown" in told["some_people_by_cause"]
    assert "e0e0e0e0-1111" not in json.dumps(told)
    assert "No object id of a person" in page
    told, ours, page = opened(known, with_ids=True)
    some = told["some_people_by_cause"]
    assert len(some) == 6  # three of each cause
    assert {each["code"] for each in some} == {"EntryConflict", "MandatoryFieldsMissing"}
    for each in some:
        assert each["object_id"].startswith("e0e0e0e0-1111")
        assert each["log_row"].startswith(REQUEST[:-2])
        assert each["at"].endswith("Z")
    assert "e0e0e0e0-1111" not in json.dumps(ours)
    assert "Object ids in Entra ID of 6 of those who are not as they should be" in page
    assert [(each["people"], each["code"]) for each in told["causes"]] == [
        (4, "EntryConflict"),
        (4, "MandatoryFieldsMissing"),
    ]


def test_has_no_id_of_whose_name_was_erased(known):
    known.people.update(erased_at=timezone.now())
    told, _ours, page = opened(known, with_ids=True)
    assert told["some_people_by_cause"] == []
    assert "No object id of a person: nobody who is kept by an id" in page


# Size


def test_costs_the_same_for_few_and_for_many(known):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            bundle_of(Onboarding.objects.get(pk=known.pk), with_ids=True)
        return len(made)

    few = queries()
    for number in range(40):
        people(known, 5, result="failed", code=f"Code_{number}")
        Event.objects.create(onboarding=known, kind="done", step="live", message=sentence())
    if connection.vendor == "postgresql":
        assert queries() == few == 29


def test_stays_small_however_much_happened(known):
    lines = [Event(onboarding=known, kind="done", message=sentence(), detail=document()) for _ in range(3000)]
    Event.objects.bulk_create(lines)
    for number in range(40):
        people(known, 3, result="failed", code=f"Code_{number}", reason="x" * 9000)
    known.refresh_from_db()
    made = bundle_of(known, with_ids=True)
    assert sum(map(len, texts_of(made).values())) < 2_000_000
    _told, ours, _page = opened(known)
    assert ours["timeline"]["shown"] == 200
    assert ours["timeline"]["of"] == known.events.count() > 3000
    assert made.people == MOST_IDS


def test_tells_the_time_of_the_database(known, monkeypatch):
    monkeypatch.setattr(clock, "host_offset", lambda: timedelta(seconds=90))
    _told, ours, _page = opened(known)
    assert ours["run_times"]["this_machine_is_off_by_seconds"] == 90.0
