"""Removals that Microsoft holds back: who says what about them, and what is offered then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onboarding.domain.consent_sizes import SCOPED
from onboarding.domain.leavers import Leavers, Said
from onboarding.domain.verdicts import Broken
from onboarding.steps.base import StepFailed
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared import removals
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.followed_job import Facts
from onboarding.steps.shared.job_causes import LET_THROUGH, START_AGAIN
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
from tests.narrow import instance, present
from tests.steps.facts import APP, BASE_URL, JOB, NOW, ago, at_step, execution, job, people, quarantine, texts

WORKS = Trial(True, at=NOW)
REFUSED = Trial(False, "SystemForCrossDomainIdentityManagementCredentialValidationFailure", "Unauthorized")
WHOM, OTHERS = "a" * 64, "b" * 64
SINCE, BEFORE = ago(hours=3), ago(hours=9)
HELD = job(
    "Quarantine",
    quarantine=replace(quarantine("TooManyDeletes", "TooManyDeletes"), series_began=ago(hours=3)),
    steady_state_first=ago(days=9),
    last_execution=execution(),
)


def said(intended, *, whom=WHOM, since=SINCE):
    return Said(intended, whom, since.isoformat(), "Eva Berg", ago(minutes=10))


def look(answer=None, *, count=40, tested=WORKS, read_at=BEFORE, found=HELD, **fields):
    known = replace(people(created=200), scope_read_at=read_at)
    leavers = Leavers(count, WHOM if count else "", answer)
    before = {"live": {"held_since": ago(hours=3).isoformat(), "seen_at": ago(hours=2).isoformat()}}
    desired = at_step("live", people=known, leavers=leavers, seen_before=before, **fields)
    return instance(Broken, Live().assess(desired, Facts(found, tested=tested)))


def test_says_how_many_would_go_and_offers_nothing_before_the_customer_has_said_anything():
    verdict = look()
    assert (verdict.code, verdict.court, verdict.remedy) == (Code.REMOVALS_HELD, "customer", None)
    assert "removal of 40 people" in str(verdict.why)
    assert verdict.offers["detail"] == "TooManyDeletes / TooManyDeletes"


def test_leaves_it_to_the_portal_where_we_may_not_restart_the_job():
    verdict = look(size=SCOPED)
    assert (verdict.code, verdict.court) == ("TooManyDeletes / TooManyDeletes", "customer")
    assert "40 people would be removed" in texts(verdict.warnings)


def test_says_no_number_where_nobody_is_known_by_name():
    assert "would be removed, by" not in texts(look(count=0).warnings)


def test_offers_to_let_through_just_what_the_customer_has_called_intended():
    verdict = look(said(True))
    assert (verdict.code, verdict.court) == (Code.REMOVALS_INTENDED, "cs")
    assert "Eva Berg has said" in str(verdict.why)
    [change] = present(verdict.remedy).changes
    assert (change.key, change.takes_two, change.once) == (LET_THROUGH, True, True)
    wanted = {"service_principal_id": APP, "job_id": JOB, "reset": "ForceDeletes", "people": 40, "whom": WHOM}
    assert wanted.items() <= change.payload.items()
    assert LET_THROUGH in next(each for each in CAUSES if each.code == verdict.code).remedies


def test_names_nobody_whose_name_is_erased():
    verdict = look(replace(said(True), by=""))
    assert (verdict.code, "The admin has said" in str(verdict.why)) == (Code.REMOVALS_INTENDED, True)


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (said(True, whom=OTHERS), {}),
        (said(True, since=ago(days=4)), {}),  # of an earlier time
        (said(True), {"size": SCOPED}),  # who merely owns the application may not restart the job
        (said(True), {"tested": REFUSED}),
        (said(True), {"found": replace(HELD, status=replace(HELD.status, quarantine=quarantine("Unknown")))}),
    ],
)
def test_lets_nothing_through_else(answer, fields):
    verdict = look(answer, **fields)
    assert verdict.code != Code.REMOVALS_INTENDED
    assert not any(change.key == LET_THROUGH for change in (verdict.remedy.changes if verdict.remedy else ()))


def test_asks_that_they_are_assigned_again_where_they_are_to_stay():
    verdict = look(said(False, whom=OTHERS))
    assert (verdict.code, verdict.court, verdict.remedy) == (Code.REMOVALS_UNWANTED, "customer", None)


@pytest.mark.parametrize("answer", [None, said(False), said(True)])
def test_offers_a_start_once_no_more_would_go_than_is_let_through(answer):
    verdict = look(answer, count=20, read_at=ago(hours=1))
    assert (verdict.code, verdict.court) == (Code.REMOVALS_UNDONE, "cs")
    [change] = present(verdict.remedy).changes
    assert (change.key, change.takes_two) == (START_AGAIN, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"count": 21},
        {"read_at": ago(minutes=150)},  # the assignments are as they were before we saw that
        {"read_at": None},
        {"tested": UNTRIED},
        {"evidence": {"enable": {"job_id": JOB, "started": True, "guard": None}}},
    ],
)
def test_offers_no_start_where_that_is_not_known(fields):
    assert look(**{"count": 20, "read_at": ago(hours=1), **fields}).remedy is None


def test_knows_nothing_of_who_would_go_where_there_is_no_log():
    verdict = Live().assess(at_step("live", people=replace(people(), scope_read_at=NOW)), Facts(HELD, tested=WORKS))
    assert instance(Broken, verdict).code == "TooManyDeletes / TooManyDeletes"


def test_goes_by_when_it_saw_that_first():
    first = Live().assess(at_step("live"), Facts(HELD, tested=WORKS))
    assert instance(Broken, first).offers == {"held_since": ago(hours=3).isoformat(), "seen_at": NOW.isoformat()}
    assert look().offers["seen_at"] == ago(hours=2).isoformat()


def test_calls_a_job_that_was_switched_off_meanwhile_so():
    off = replace(HELD, schedule=replace(HELD.schedule, state="Disabled"))
    assert look(said(True), found=off).code == Code.SWITCHED_OFF


def approved() -> Any:
    return present(look(said(True)).remedy).changes[0]


def at_that_moment(answer: Said | None = None, whom: str = WHOM) -> Any:
    return at_step("live", people=people(created=200), leavers=Leavers(40, whom, answer or said(True)))


@pytest.fixture
def answers(far):
    sync = f"/v1.0/servicePrincipals/{APP}/synchronization"
    stored = [{"key": "BaseAddress", "value": BASE_URL}, {"key": "SyncAll", "value": "false"}]
    far.on("GET", f"{sync}/secrets", Reply(200, {"value": stored}))
    far.on("GET", f"{sync}/jobs/{JOB}", Reply(200, {**NEW_JOB, "id": JOB}))
    for act in ("validateCredentials", "restart"):
        far.on("POST", f"{sync}/jobs/{JOB}/{act}", Reply(204))


def test_lets_them_through_by_one_restart(tenant, far, answers):
    assert Live().apply(tenant, at_that_moment(), approved()) == {"at": NOW.isoformat(), "sync": "", "people": 40}
    assert (far.asked[-1].path.rpartition("/")[2], far.asked[-1].json) == (
        "restart",
        {"criteria": {"resetScope": "ForceDeletes"}},
    )


@pytest.mark.parametrize("moment", [at_that_moment(said(False)), at_that_moment(whom=OTHERS)])
def test_sends_nothing_where_others_would_go_or_the_customer_has_said_otherwise(tenant, far, answers, moment):
    with pytest.raises(StepFailed):
        Live().apply(tenant, moment, approved())
    assert not far.asked


def test_calls_nothing_news_that_was_let_through():
    through = {"applied": {"live": {LET_THROUGH: {"at": ago(hours=2).isoformat(), "people": 40}}}}
    assert removals.let_through_lately(at_step("live", **through)) == 40
    assert removals.let_through_lately(at_step("live")) == 0
