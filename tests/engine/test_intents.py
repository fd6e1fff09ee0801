from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from onboarding.customers import answers
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Broken, Change, Waiting
from onboarding.engine import ledger
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Backup, CustomerSecret, Event, Onboarding, StepState
from tests import builders

pytestmark = pytest.mark.django_db

ONCE = Change("create_job", say("Create the job."), once=True)
REPEATABLE = Change("save", say("Save the mapping."))


@pytest.fixture
def copy(settings: Settings) -> WorkingCopy:
    settings.QUIET_LOOKS, settings.QUIET_SECONDS = 3, 60.0
    return WorkingCopy(builders.claimed(builders.onboarding().pk))


def stored(copy, key):
    return StepState.objects.get(onboarding_id=copy.lease.onboarding_id, key=key)


def age(copy, key, seconds):
    state = stored(copy, "connection")
    state.intents[key]["at"] = (timezone.now() - timedelta(seconds=seconds)).isoformat()
    state.save()
    copy.reload()


def test_commits_the_intent_before_the_change_is_sent(copy):
    assert ledger.intend(copy, "connection", ONCE) is None
    state = stored(copy, "connection")
    assert state.intents["create_job"]["tries"] == 1


def test_holds_back_a_second_create_until_it_was_looked_for_long_enough(copy):
    ledger.intend(copy, "connection", ONCE)
    age(copy, "create_job", 61)
    held = [ledger.intend(copy, "connection", ONCE) for _look in range(3)]
    assert all(isinstance(verdict, Waiting) for verdict in held)
    assert ledger.intend(copy, "connection", ONCE) is None


def test_holds_back_a_second_create_within_the_quiet_time_however_often_it_looks(copy):
    ledger.intend(copy, "connection", ONCE)
    assert all(isinstance(ledger.intend(copy, "connection", ONCE), Waiting) for _look in range(10))


def test_repeats_a_repeatable_change_at_once_after_a_crash(copy):
    assert ledger.intend(copy, "connection", REPEATABLE) is None
    assert ledger.intend(copy, "connection", REPEATABLE) is None


def test_gives_up_on_a_change_that_was_accepted_three_times_without_effect(copy):
    for _try in range(3):
        assert ledger.intend(copy, "connection", REPEATABLE) is None
        ledger.applied(copy, "connection", REPEATABLE, None)
    assert isinstance(ledger.intend(copy, "connection", REPEATABLE), Broken)


def test_keeps_the_result_of_a_change_under_its_own_name(copy):
    change = Change("provision", say("Try."), payload={"person": "eva"})
    ledger.intend(copy, "pilot", change)
    ledger.applied(copy, "pilot", change, {"ok": True})
    state = stored(copy, "pilot")
    assert state.intents["provision"]["result"] == {"ok": True}


def test_tells_two_payloads_of_one_change_apart():
    one, two = (Change("provision", say("Try."), payload={"person": name}) for name in ("eva", "jan"))
    assert ledger.intent_key(one) != ledger.intent_key(two)


def test_makes_at_once_what_was_settled_and_has_gone_since(copy):
    ledger.intend(copy, "connection", ONCE)
    ledger.applied(copy, "connection", ONCE, {"job_id": "j"})
    ledger.close_intents(copy, "connection")
    assert ledger.intend(copy, "connection", ONCE) is None


def test_keeps_a_backup_apart_from_the_result(copy):
    change = Change("back_up", say("Keep a copy."))
    ledger.intend(copy, "mappings", change)
    ledger.applied(copy, "mappings", change, {"at": "now", "backup": {"schema": {"version": "1"}}})
    kept = Backup.objects.get(onboarding_id=copy.lease.onboarding_id)
    assert (kept.step, kept.document) == ("mappings", {"schema": {"version": "1"}})
    state = stored(copy, "mappings")
    assert state.intents["back_up"]["result"] == {"at": "now"}


def test_erases_a_secret_and_says_so_once(copy):
    made = Onboarding.objects.get(pk=copy.lease.onboarding_id)
    answers.answer(made, "connection", actor=builders.owner_of(made), answer={}, secrets={"scim_token": "s3cret"})
    copy = WorkingCopy(builders.claimed(made.pk))
    for _time in range(2):
        ledger.release_secret(copy, "scim_token")
    assert not CustomerSecret.objects.exists()
    assert Event.objects.filter(kind="released").count() == 1


def lines(copy):
    copy.write_back()
    return [str(Sentence.from_json(line.message)) for line in Event.objects.filter(kind="applied")]


def test_tells_of_a_change_that_was_made_though_its_second_try_was_refused(copy):
    """A crash swallows the note of the first try; what it wrote is not seen yet, and is in the way of the second."""
    for _try in range(2):
        ledger.intend(copy, "mappings", REPEATABLE)
    ledger.refused(copy, "mappings", REPEATABLE)
    ledger.close_intents(copy, "mappings")
    assert lines(copy) == ["Found done after an interruption: Save the mapping."]


def test_tells_nothing_of_a_change_whose_only_tries_were_refused(copy):
    for _try in range(2):
        ledger.intend(copy, "mappings", REPEATABLE)
        ledger.refused(copy, "mappings", REPEATABLE)
    ledger.close_intents(copy, "mappings")
    assert lines(copy) == []


def test_pauses_once_a_create_was_sent_three_times_and_nobody_knows_whether_it_was_made(copy):
    """Microsoft may keep an id for a while after a deletion (docs/graph-facts.md, "Jobs")."""
    for _try in range(3):
        assert ledger.intend(copy, "connection", ONCE) is None
        age(copy, "create_job", 61)
        assert all(isinstance(ledger.intend(copy, "connection", ONCE), Waiting) for _look in range(3))
    verdict = ledger.intend(copy, "connection", ONCE)
    assert isinstance(verdict, Broken)
    assert verdict.code == "not_confirmed"
    age(copy, "create_job", 7 * 3600)
    assert ledger.intend(copy, "connection", ONCE) is None


def test_tells_the_steps_when_a_change_was_begun_and_when_it_was_refused(copy):
    other = Change("create_job", say("Create."), payload={"template": "x"}, once=True)
    ledger.intend(copy, "connection", ONCE)
    ledger.intend(copy, "connection", other)
    ledger.refused(copy, "connection", other)
    desired = copy.rows.desired()
    assert set(desired.refused["connection"]) == {"create_job", other.intent}, "the first one was given up"
    assert desired.begun["connection"] == {}
