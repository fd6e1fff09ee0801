import re
from dataclasses import replace
from typing import Any

import pytest

from graphclient import Job
from onboarding.causes.index import lookup
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.verdicts import Broken, Court, Done, Progress, Waiting
from onboarding.steps.initial_cycle.causes import CAUSES, Code
from onboarding.steps.initial_cycle.step import InitialCycle
from onboarding.steps.shared.followed_job import Facts
from tests.graphclient.graph_stub import Reply
from tests.graphclient.recorded import PUBLIC_CASE_09
from tests.graphclient.samples import job as job_json
from tests.narrow import instance, present
from tests.steps.facts import (
    APP,
    JOB,
    SCOPE,
    ago,
    at_step,
    execution,
    finished,
    job,
    people,
    quarantine,
    texts,
)

assess = InitialCycle().assess


def step(*, minutes=5, **fields):
    started = {"enable": {"enable": {"at": ago(minutes=minutes).isoformat(), "guard": 20}}}
    return at_step("initial_cycle", **{"applied": started} | fields)


def running(known: int = 0, **status: Any) -> Job:
    given: dict[str, Any] = {"counts": {"User": known}, "last_execution": execution()}
    return job("Active", **given | status)


RUNNING = [
    (job("NotRun", counts={"User": 0}), {}, "begin the first cycle", 0),
    (job("Active", counts={"User": 0}), {}, "begin the first cycle", 0),
    (running(0), {}, "finding out who is in scope", 0),
    (running(50), {}, "50 of about 200 people, about 1 to 12 minutes left", 50),
    (running(0), {"people": people(created=80, updated=5, failed=9)}, "85 of about 200", 85),
    (running(190), {"minutes": 300}, "longer than Microsoft's own estimate", 190),
    (running(500), {}, "200 of about 200", 200),
]


@pytest.mark.parametrize(("found", "fields", "says", "done"), RUNNING)
def test_says_honestly_how_far_it_is(found, fields, says, done):
    verdict = assess(step(**fields), Facts(found))
    assert isinstance(verdict, Waiting)
    assert says in str(verdict.why)
    assert verdict.court is Court.MICROSOFT
    assert verdict.progress == Progress(done, 200)


TRIED: dict[str, Any] = {"pilot": {"people": [{"id": "p-1"}, {"id": "p-2"}]}}
AFTER_A_PILOT = [
    (job("NotRun", counts={"User": 0}), people(created=2), "begin the first cycle"),
    (job("NotRun", counts={"User": 2}), people(created=1, failed=1), "begin the first cycle"),
    (running(2), people(created=2), "finding out who is in scope"),
    (running(3), people(created=2), "3 of about 200 people, about 1 to 16 minutes left"),
    (job("NotRun", counts={"User": 0}), people(created=9), "9 of about 200 people"),
]


@pytest.mark.parametrize(("found", "told", "says"), AFTER_A_PILOT)
def test_takes_no_test_user_for_the_first_cycle(found, told, says):
    verdict = instance(Waiting, assess(step(evidence=TRIED, people=told), Facts(found)))
    assert says in str(verdict.why)


def test_takes_nobody_for_the_first_cycle_who_was_tried_before_the_start():
    told = replace(people(created=2, failed=5), heard_until=ago(minutes=30))
    verdict = instance(Waiting, assess(step(evidence=TRIED, people=told), Facts(job("NotRun"))))
    assert "begin the first cycle" in str(verdict.why)


def pace(began: float, had: int, moved: float, done: int) -> dict[str, Any]:
    """What an earlier look has left: so many minutes ago it began, and saw the number change."""
    times = {"began": ago(minutes=began).isoformat(), "moved": ago(minutes=moved).isoformat()}
    return {"initial_cycle": {"pace": {**times, "had": had, "done": done}}}


def test_narrows_the_range_with_what_it_has_seen_and_stays_a_range():
    ranges = []
    for done in (10, 60, 120, 180, 199):
        verdict = assess(step(minutes=done / 5, seen_before=pace(done / 5, 0, 1, done - 1)), Facts(running(done)))
        found = re.search(r"about (\d+) to (\d+) minutes left", str(instance(Waiting, verdict).why))
        low, high = (int(each) for each in present(found).groups())
        ranges.append((low, high))
    assert all(low < high for low, high in ranges)
    assert ranges[1][0] <= (200 - 60) / 5 <= ranges[1][1]
    widths = [high - low for low, high in ranges[1:]]
    assert widths == sorted(widths, reverse=True)


def test_remembers_when_the_number_changed_last_and_tells_slow_from_stuck():
    kept = pace(400, 5, 150, 190)
    stuck = instance(Waiting, assess(step(minutes=500, seen_before=kept), Facts(running(190))))
    assert "Nothing has changed for 2 hours" in str(stuck.why)
    assert stuck.offers == kept["initial_cycle"]
    slow = instance(Waiting, assess(step(minutes=500, seen_before=kept), Facts(running(191))))
    assert "takes longer than Microsoft's own estimate" in str(slow.why)
    assert slow.offers["pace"] == kept["initial_cycle"]["pace"] | {"moved": ago().isoformat(), "done": 191}


@pytest.mark.parametrize("is_refusal", [True, False])
def test_waits_for_no_log_that_cannot_be_read(is_refusal):
    """Public cases 04 and 06."""
    trouble = LogTrouble(ago(hours=1), "BadRequest", "Invalid Skip Token", "7d1c0b5e", is_refusal=is_refusal)
    verdict = assess(step(log_trouble=trouble), Facts(finished()))
    assert isinstance(verdict, Done)
    assert "200 of 200 people were in Haiilo" in str(verdict.note)
    for told in ("Invalid Skip Token", "BadRequest", "7d1c0b5e"):
        assert told in texts(verdict.warnings)
    running_on = assess(step(log_trouble=trouble), Facts(running(50)))
    assert "Invalid Skip Token" in texts(instance(Waiting, running_on).warnings)


def test_waits_while_an_interruption_of_the_log_may_pass():
    trouble = LogTrouble(ago(minutes=1), "UnknownError", "Invalid Skip Token")
    verdict = assess(step(log_trouble=trouble), Facts(finished()))
    assert isinstance(verdict, Waiting)
    assert not verdict.warnings


def test_claims_no_total_where_the_whole_directory_is_taken():
    verdict = assess(step(evidence={"scope": SCOPE | {"sync_all": True}}), Facts(running(500)))
    assert instance(Waiting, verdict).progress == Progress(500, None)


def test_looks_less_often_later():
    early, late = (instance(Waiting, assess(step(minutes=each), Facts(running()))).recheck_in for each in (5, 60))
    assert early < late


UNTOLD: list[dict[str, int | None]] = [{}, {"Group to Group": 33}, {"User to Contact": 3}, {"user to User": None}]


@pytest.mark.parametrize("counts", UNTOLD)
@pytest.mark.parametrize(("minutes", "says"), [(5, "does not tell how many are done"), (300, "takes longer than")])
def test_claims_no_number_where_the_job_tells_none(counts, minutes, says):
    found = job("Active", counts=counts, last_execution=execution())
    verdict = instance(Waiting, assess(step(minutes=minutes), Facts(found)))
    assert verdict.progress is None
    assert says in str(verdict.why)
    assert instance(Waiting, assess(step(), Facts(job("NotRun", counts=counts)))).progress is None


@pytest.mark.parametrize("counts", UNTOLD)
def test_claims_no_number_at_the_end_where_the_job_tells_none(counts):
    found = finished(counts=counts, last_execution=execution("Succeeded", count_escrowed=15))
    verdict = instance(Done, assess(step(evidence={"readiness": {"licence": "none"}}), Facts(found)))
    assert str(verdict.note) == "First cycle finished. Microsoft did not tell how many people were in Haiilo then."
    assert verdict.evidence.to_json() | {"total": 200, "told": False} == verdict.evidence.to_json()
    assert not verdict.warnings


def test_waits_for_the_log_of_everybody_in_scope_where_the_job_tells_no_number():
    found = finished(counts={})
    assert isinstance(assess(step(people=people(created=150, skipped=3)), Facts(found)), Waiting)
    assert isinstance(assess(step(people=people(created=150, skipped=48, failed=2)), Facts(found)), Done)


@pytest.mark.parametrize(
    "name",
    [
        "User",
        "user",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "User to User",
        "user to User",
        "worker to user",
        "User to urn:ietf:params:scim:schemas:core:2.0:User",
        "USER TO urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
)
def test_counts_people_under_whatever_name_the_job_counts_them(name):
    counts = {name: 40, "Group": 7, "group to urn:ietf:params:scim:schemas:core:2.0:Group": 9, "device to Device": 8}
    verdict = assess(step(), Facts(job("Active", counts=counts, last_execution=execution())))
    assert present(instance(Waiting, verdict).progress).done == 40


def test_is_not_done_before_our_archive_has_caught_up():
    verdict = assess(step(people=people(created=150, skipped=3)), Facts(finished()))
    assert isinstance(verdict, Waiting)
    assert "last results" in str(verdict.why)


@pytest.mark.parametrize(
    "numbers",
    [
        {"created": 200, "skipped": 3},
        {"created": 120, "updated": 80},
        {"created": 20, "matched": 180},
        {"created": 20, "skipped": 183},
    ],
)
def test_is_done_with_numbers_once_it_has(numbers):
    verdict = assess(step(people=people(**numbers)), Facts(finished()))
    assert isinstance(verdict, Done)
    nothing = dict.fromkeys(("created", "updated", "skipped", "failed", "matched"), 0)
    there = numbers["created"] + numbers.get("updated", 0) + numbers.get("matched", 0)
    assert verdict.evidence.to_json() == nothing | numbers | {"total": 200, "told": True, "in_haiilo": there}
    assert not verdict.warnings


def test_does_not_wait_for_a_log_that_does_not_come():
    late = finished(steady_state_first=ago(hours=1))
    assert isinstance(assess(step(people=people(created=150)), Facts(late)), Done)


def test_takes_the_jobs_own_numbers_where_there_is_no_log():
    found = finished(last_execution=execution("EntryLevelErrors", count_escrowed=4), counts={"User": 196})
    verdict = assess(step(evidence={"readiness": {"licence": "none"}}), Facts(found))
    assert (verdict.evidence.in_haiilo, verdict.evidence.created, verdict.evidence.failed) == (196, None, None)
    assert "Without Entra ID P1" in texts(verdict.warnings)


def test_does_not_take_what_waits_for_another_try_for_people_who_failed():
    """Public case 09: a healthy job of three people has 15 entries that wait, groups and old ones among them."""
    found = Job.from_json(PUBLIC_CASE_09)
    early = at_step("initial_cycle", evidence={"readiness": {"licence": "none"}, "scope": SCOPE | {"total": 3}})
    verdict = instance(Done, assess(early, Facts(found)))
    assert str(verdict.note).endswith("3 of 3 people were in Haiilo.")
    assert texts(verdict.warnings).startswith("Without Entra ID P1")
    assert "failed" not in texts(verdict.warnings)


@pytest.mark.parametrize(
    ("numbers", "status", "says"),
    [
        ({"created": 190, "failed": 10}, {"counts": {"User": 190}}, "10 people could not be created"),
        ({"failed": 200}, {"counts": {}}, "Nobody had arrived"),
    ],
)
def test_warns_of_what_went_wrong(numbers, status, says):
    verdict = assess(step(people=people(**numbers)), Facts(finished(**status)))
    assert isinstance(verdict, Done)
    assert says in texts(verdict.warnings)


BROKEN = [
    (quarantine("EncounteredQuarantineException"), Court.CS, "no longer work"),
    (
        quarantine(
            "EncounteredQuarantineException", "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
        ),
        Court.CS,
        "Haiilo refused the token",
    ),
    (quarantine("TooManyDeletes"), Court.CUSTOMER, "held back the deletions"),
    (quarantine("EncounteredEscrowProportionThreshold"), Court.CS, "too many people failed"),
    (quarantine("", "NewCode", "Something new"), Court.CS, "says: Something new"),
    (quarantine("Unknown", "Unknown", "Something new"), Court.CS, "says: Something new"),
    (quarantine("Unknown"), Court.CS, "gives no reason"),
    (quarantine("TooManyDeletes", "NewCode", "Something new"), Court.CUSTOMER, "held back the deletions"),
    (None, Court.CS, "no reason"),
]


@pytest.mark.parametrize(("stay", "court", "says"), BROKEN)
def test_gives_reason_and_owner_when_microsoft_puts_the_job_aside(stay, court, says):
    verdict = assess(step(), Facts(job("Quarantine", quarantine=stay)))
    assert isinstance(verdict, Broken)
    assert verdict.court is court
    assert says in str(verdict.why)
    assert verdict.code


@pytest.mark.parametrize(
    ("stay", "code"),
    [
        (quarantine("", "NewCode", "Something new"), Code.QUARANTINE_REPORTED),
        (quarantine("Unknown"), Code.QUARANTINED),
        (None, Code.QUARANTINED),
    ],
)
def test_has_causes_of_its_own_where_microsoft_gives_no_known_reason(stay, code):
    assert assess(step(), Facts(job("Quarantine", quarantine=stay))).code == code


def test_keeps_microsofts_codes_and_the_one_that_counts_last():
    stay = quarantine("TooManyDeletes", "NewCode")
    verdict = assess(step(), Facts(job("Quarantine", quarantine=stay)))
    assert verdict.code == "NewCode / TooManyDeletes"
    assert lookup(verdict.code).for_staff({}) == verdict.why


@pytest.mark.parametrize(("found", "code"), [(job("Paused"), Code.PAUSED), (None, Code.JOB_GONE)])
def test_shows_what_somebody_did_by_hand(found, code):
    verdict = assess(step(), Facts(found))
    assert isinstance(verdict, Broken)
    assert (verdict.code, verdict.court) == (code, Court.CS)


def test_reads_the_job(tenant, far):
    path = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}"
    far.on("GET", path, Reply(200, {**job_json(), "id": JOB}), Reply(404, {"error": {"code": "x"}}))
    assert present(InitialCycle().read(tenant, step()).job).status.counts == {"User": 431}
    assert InitialCycle().read(tenant, step()) == Facts(None)


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)


def test_tells_what_came_of_it_as_of_then_because_it_stays_beside_what_is_so_now():
    """Read once a month at most: what it found must not sound like today's."""
    found = finished(escrows_pruned=True, counts={"User": 22}, last_execution=execution("EntryLevelErrors"))
    fields = {"evidence": {"scope": SCOPE | {"total": 30}}, "people": people(created=22, failed=8)}
    verdict = instance(Done, assess(step(**fields), Facts(found)))
    assert str(verdict.note) == "First cycle finished. On 2026-11-24 09:00 UTC, 22 of 30 people were in Haiilo."
    assert texts(verdict.warnings) == (
        "8 people could not be created by then. The list shows who is missing now, and why."
    )
