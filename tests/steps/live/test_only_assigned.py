"""When only whoever is assigned can be sent again, what the plan says, and what is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.consent_sizes import MONITOR, SCOPED
from onboarding.domain.verdicts import Broken, Done, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.connection.evidence import token_is_saved
from onboarding.steps.live.causes import Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared.followed_job import Facts
from onboarding.steps.shared.secrets import SETTINGS
from onboarding.steps.shared.stored import Stored, last_put
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
from tests.narrow import instance, present
from tests.steps.facts import (
    APP,
    BASE_URL,
    JOB,
    NOW,
    SCOPE,
    ago,
    at_step,
    execution,
    finished,
    people,
    texts,
    with_token,
)

GUARD = {"Enabled": False, "DeleteThresholdEnabled": True, "DeleteThresholdValue": 21}
WHOLE = {"BaseAddress": BASE_URL, "SyncAll": "true", SETTINGS: json.dumps(GUARD), "SkipOutOfScopeDeletions": "False"}
NARROW = WHOLE | {"SyncAll": "false"}
NO_GUARD = WHOLE | {SETTINGS: "{}"}


STARTED = {"enable": {"enable": {"sync_all": False}}}


def desired(**fields):
    given = {"people": people(created=260)} | with_token() | fields
    return at_step("live", **given | {"applied": STARTED | given.get("applied", {})})


def look(values=WHOLE, *, unknown=(), hidden=(), found=None, **fields):
    stored = Stored(values, frozenset(values) - set(hidden), tuple(unknown))
    return Live().assess(desired(**fields), Facts(found or finished(), stored))


def change_of(verdict):
    [change] = present(instance(Broken, verdict).remedy).changes
    return change


def lines(**fields):
    return texts(each.text for each in change_of(look(**fields)).details)


def test_is_offered_with_a_token_and_names_what_is_approved():
    verdict = instance(Broken, look())
    assert verdict.code == Code.SWITCH_BACK
    payload = change_of(verdict).payload
    where = {"service_principal_id": APP, "job_id": JOB, "base_url": BASE_URL}
    what = {"sync_all": False, "token_at": NOW.isoformat(), "guard": 20, "people": 60, "switched": ""}
    assert payload == where | what


@pytest.mark.parametrize(
    "given",
    [
        {"size": SCOPED},
        {"size": MONITOR},
        {"values": NO_GUARD},
        {"hidden": [SETTINGS]},
        {"hidden": ["BaseAddress"]},
        {"unknown": ["SomethingElse"]},
    ],
)
def test_is_not_offered_where_it_takes_more_than_a_token(given):
    verdict = instance(Broken, look(**given))
    assert (verdict.code, verdict.remedy, texts(verdict.warnings)) == (Code.WHOLE_DIRECTORY, None, "")


def test_says_without_a_token_how_to_come_to_it():
    verdict = instance(Broken, look(scim_token=None, scim_token_saved_at=None))
    assert (verdict.code, verdict.remedy) == (Code.WHOLE_DIRECTORY, None)
    assert "enter one in the step “Connection”" in texts(verdict.warnings)


def test_offers_nothing_where_the_whole_directory_was_approved():
    approved = {"enable": {"enable": {"sync_all": True}}}
    assert isinstance(look(applied=approved), Done)


def test_says_nothing_of_a_scope_that_is_not_shown():
    assert isinstance(look(hidden=["SyncAll"]), Done)


def test_counts_who_stays_and_who_goes_at_least():
    told = lines()
    assert "200 people are in scope then" in told
    assert "at least 60 people who are in Haiilo are not assigned" in told
    assert "more than 20 deletions at once are held back" in told
    assert "restarted, because Microsoft takes up a changed scope only then" in told


@pytest.mark.parametrize(
    ("given", "stays", "goes"),
    [
        (
            {"evidence": {"scope": SCOPE | {"sync_all": True, "total": 0}}},
            "assigned is not known",
            "that are is not known",
        ),
        ({"evidence": {"scope": SCOPE | {"is_past": True}}}, "assigned is not known", "that are is not known"),
        ({"people": people(created=150)}, "200 people are in scope", "that are is not known"),
    ],
)
def test_calls_unknown_what_nobody_has_counted(given, stays, goes):
    told = lines(**given)
    assert (stays in told, goes in told, "at least" in told) == (True, True, False)


def test_counts_nobody_by_the_totals_of_a_job_that_never_fall():
    told = lines(people=people(told=260))
    assert ("at least" in told, "that are is not known" in told) == (False, True)


def test_says_that_all_stay_where_the_job_leaves_them_alone():
    change = change_of(look(WHOLE | {"SkipOutOfScopeDeletions": "True"}))
    told = texts(each.text for each in change.details)
    assert ("keeps the account" in told, "at least" in told, change.payload["people"]) == (True, False, 0)


SAVED = {
    "service_principal_id": APP,
    "base_url": BASE_URL,
    "token_at": NOW.isoformat(),
    "switched": "",
    "put_at": NOW.isoformat(),
    "kept": NARROW,
}


def after(**made):
    return {"applied": {"live": {ONLY_ASSIGNED: SAVED | made}}}


@pytest.mark.parametrize("values", [WHOLE, {}])
def test_waits_until_microsoft_shows_what_was_saved(values):
    assert isinstance(look(values, **after()), Waiting)


def test_is_the_same_plan_until_it_is_restarted_also_without_the_token():
    later = after(put_at=ago(seconds=30).isoformat())
    without = {"scim_token": None, "scim_token_saved_at": None}
    assert change_of(look(NARROW, **later, **without)).intent == change_of(look()).intent


def test_may_be_sent_again_where_the_answer_was_lost():
    begun = {"live": frozenset({change_of(look()).intent})}
    assert change_of(look(NARROW, unconfirmed=begun)).intent == change_of(look()).intent


@pytest.mark.parametrize(("sync", "expected"), [(execution().ended, Waiting), (ago(hours=2), Done)])
def test_is_well_only_after_a_sync_that_came_since_the_restart(sync, expected):
    restarted = after(
        at=ago(minutes=30).isoformat(), put_at=ago(minutes=30).isoformat(), sync=sync.isoformat(), people=60
    )
    assert isinstance(look(NARROW, **restarted), expected)


def test_is_another_plan_where_it_is_switched_again():
    restarted = after(at=ago(days=2).isoformat(), put_at=ago(days=2).isoformat(), sync="", people=60)
    assert change_of(look(**restarted)).intent != change_of(look()).intent


def test_counts_as_the_saved_token_from_then_on():
    entered = desired(applied={"live": {ONLY_ASSIGNED: SAVED}})
    assert (token_is_saved(entered), last_put(entered)) == (True, NOW)
    assert not token_is_saved(replace(entered, scim_token_saved_at=ago(hours=-1)))


SYNC = f"/v1.0/servicePrincipals/{APP}/synchronization"


@pytest.fixture
def answers(far):
    def give(*shown, tested=204):
        replies = [
            Reply(200, {"value": [{"key": key, "value": value} for key, value in each.items()]}) for each in shown
        ]
        far.on("GET", f"{SYNC}/secrets", *replies)
        far.on("GET", f"{SYNC}/jobs/{JOB}", Reply(200, {**NEW_JOB, "id": JOB}))
        far.on(
            "POST",
            f"{SYNC}/jobs/validateCredentials",
            Reply(tested, {"error": {"code": "x"}} if tested > 204 else None),
        )
        far.on("PUT", f"{SYNC}/secrets", Reply(204))
        far.on("POST", f"{SYNC}/jobs/{JOB}/restart", Reply(204))

    return give


def writes(far):
    return [each.path.rpartition("/")[2] for each in far.asked if each.method != "GET"]


def test_saves_the_scope_alone_and_restarts(tenant, far, answers):
    answers(WHOLE, NARROW)
    made = Live().apply(tenant, desired(), change_of(look()))
    assert writes(far) == ["validateCredentials", "secrets", "restart"]
    put = {each["key"]: each["value"] for each in far.asked[-3].json["value"]}
    assert {**put, SETTINGS: json.loads(put[SETTINGS])} == {**NARROW, SETTINGS: GUARD, "SecretToken": "s3cret-token"}
    assert far.asked[-1].json == {"criteria": {"resetScope": "Escrows, Watermark"}}
    assert (made["at"], made["token_at"], "s3cret-token" in str(made)) == (NOW.isoformat(), NOW.isoformat(), False)


def test_restarts_nothing_before_microsoft_shows_what_was_saved(tenant, far, answers):
    answers(WHOLE, WHOLE)
    made = Live().apply(tenant, desired(), change_of(look()))
    assert (writes(far)[-1], "at" in made, "not restarted yet" in str(made["partly"])) == ("secrets", False, True)


def test_restarts_later_without_saving_again(tenant, far, answers):
    answers(NARROW)
    made = Live().apply(tenant, desired(**after()), change_of(look()))
    assert writes(far) == ["restart"]
    assert (made["at"], made["kept"]) == (NOW.isoformat(), NARROW)


@pytest.mark.parametrize(
    ("shown", "tested", "code"),
    [
        (WHOLE | {"BaseAddress": "https://elsewhere.example/scim"}, 204, "plan_outdated"),
        (WHOLE | {SETTINGS: "{}"}, 204, "plan_outdated"),
        (WHOLE, 400, "x"),
    ],
)
def test_saves_nothing_where_what_it_rests_on_has_changed(tenant, far, answers, shown, tested, code):
    answers(shown, tested=tested)
    with pytest.raises(StepFailed) as failed:
        Live().apply(tenant, desired(), change_of(look()))
    assert failed.value.verdict.code == code
    assert not {"secrets", "restart"} & set(writes(far))


def test_saves_nothing_with_another_token_than_the_one_that_was_approved(tenant, far, answers):
    answers(WHOLE)
    with pytest.raises(StepFailed):
        Live().apply(tenant, desired(scim_token_saved_at=ago(hours=-1)), change_of(look()))
    assert writes(far) == []
