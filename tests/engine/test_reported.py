"""What Microsoft said last is kept beside the verdict, for whoever has to ask Microsoft: ids, codes and times."""

from __future__ import annotations

import json

import pytest

from onboarding.engine.reported import FAILED, JOB
from onboarding.mail.context import made_of
from onboarding.models import Event
from tests import builders
from tests.support.opening import opened

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(consented, far):
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def state(made):
    return builders.state(made, "live")


def next_look(made):
    made.steps.filter(key="live").update(checked_at=None)
    return look(made)


def a_cycle(far):
    far.control.advance_clock(minutes=41)
    far.run_cycles()


def test_keeps_how_the_job_stands_with_the_activity_of_its_last_cycle(live, far):
    job = state(live).reported[JOB]
    assert job["job_id"] == builders.state(live, "connection").evidence["job_id"]
    assert (job["status"], job["quarantine"]) == ("Active", None)
    before = job["last_execution"]
    assert (before["state"], before["error_code"]) == ("Succeeded", "")
    a_cycle(far)
    after = state(next_look(live)).reported[JOB]["last_execution"]
    assert after["activity_id"] != before["activity_id"]
    assert after["began"] > before["began"]


def test_keeps_since_when_and_why_it_is_in_quarantine(live, far):
    far.switch(F9=True)
    a_cycle(far)
    quarantine = state(next_look(live)).reported[JOB]["quarantine"]
    assert quarantine["reason"] == "EncounteredQuarantineException"
    assert quarantine["began"]
    assert "message" not in json.dumps(quarantine)


def test_keeps_which_request_failed_and_how_the_job_stood_before(live, far):
    job = state(live).reported[JOB]
    far.switch(F5=True)
    made = next_look(live)
    told = state(made).reported
    assert told[FAILED]["method"] == "GET"
    assert told[FAILED]["path"] == "/servicePrincipals/{id}/synchronization/jobs/{id}"
    assert told[FAILED]["status"] == 401
    assert told[FAILED]["request_id"]
    assert told[JOB] == {**job, "read_at": None}  # when it was read is not known: the step was to be looked at anew
    line = Event.objects.filter(onboarding=made, step="live").latest("pk")
    assert line.detail[FAILED] == told[FAILED]
    far.switch(F5=False)
    assert FAILED not in state(next_look(made)).reported


def test_reaches_the_support_bundle_without_a_name(live, far):
    far.switch(F9=True)
    a_cycle(far)
    next_look(live)
    far.switch(F5=True)
    made = next_look(live)
    told, ours, _page = opened(made, with_ids=True)
    jobs = {job["step"]: job for job in told["job_as_microsoft_reported_it"]}
    job, connection = jobs["live"], builders.state(made, "connection").evidence
    assert (job["job_id"], job["template_id"]) == (connection["job_id"], connection["template_id"])
    assert job["quarantine"]["reason"] == "EncounteredQuarantineException"
    assert job["last_execution"]["activity_id"] == state(made).reported[JOB]["last_execution"]["activity_id"]
    failed = {each["step"]: each for each in told["failed_requests"]["at_the_last_look"]}["live"]
    assert failed["request_id"] == state(made).reported[FAILED]["request_id"]
    assert (failed["method"], failed["status"]) == ("GET", 401)
    assert told["tenant"]["tenant_id"] == made.binding.tenant_id
    everything = json.dumps([told, ours], ensure_ascii=False).casefold()
    people = list(made.people.values_list("name", "user_name"))
    contact = made.contacts.get()
    names = {*(name for pair in people for name in pair), contact.name, contact.email, made.binding.admin_name}
    assert len(people) > 3
    assert [name for name in names if name and name.casefold() in everything] == []


def test_is_no_part_of_what_a_letter_is_made_of(live):
    found = state(live)
    before = made_of(live, found)
    found.offers = {**found.offers, "reported": {"job": {"id": "another"}}}
    assert made_of(live, found) == before
    found.offers = {**found.offers, "detail": "another"}
    assert made_of(live, found) != before
