import pytest

from graphclient import Execution, Job
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.verdicts import Broken, Court, Done
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Facts, Live
from onboarding.steps.shared.arrivals import WITHOUT_LICENCE
from tests.graphclient.graph_stub import Reply
from tests.graphclient.recorded import PUBLIC_CASE_09
from tests.graphclient.samples import job as job_json
from tests.narrow import present
from tests.steps.facts import APP, JOB, ago, arrived, at_step, evidence_of, execution, finished, job, quarantine, texts

assess = Live().assess


def look(found, **fields):
    return assess(at_step("live", **fields), Facts(found))


def test_is_done_while_the_job_is_healthy():
    verdict = look(finished(), arrived=arrived(created=180, updated=20, skipped=3))
    assert isinstance(verdict, Done)
    numbers = {"created": 180, "updated": 20, "skipped": 3, "failed": 0, "matched": 0, "in_haiilo": 200}
    assert verdict.evidence.to_json() == numbers | {"code": "Active", "told": True}
    assert "200 people in Haiilo" in str(verdict.note)
    assert not verdict.warnings


@pytest.mark.parametrize(
    ("found", "numbers", "says"),
    [
        (finished(), {"created": 190, "failed": 10}, "10 people could not be created"),
        (finished(), {"failed": 200}, "200 people failed, and nobody was created"),
        (finished(escrows_pruned=True), {"created": 200}, "dropped some"),
        (finished(last_execution=execution("Failed", error_message="Sick")), {"created": 200}, "failed: Sick"),
        (
            finished(last_execution=Execution("Succeeded", ago(hours=9), ago(hours=8))),
            {"created": 200},
            "No sync for 8 hours",
        ),
    ],
)
def test_warns_without_calling_it_broken(found, numbers, says):
    verdict = look(found, arrived=arrived(**numbers))
    assert isinstance(verdict, Done)
    assert says in texts(verdict.warnings)


@pytest.mark.parametrize(
    ("found", "code", "court"),
    [
        (job("Paused"), Code.PAUSED, Court.CS),
        (job("Active", state="Disabled"), Code.PAUSED, Court.CS),
        (None, Code.JOB_GONE, Court.CS),
        (job("Quarantine"), Code.QUARANTINED, Court.CS),
        (job("Quarantine", quarantine=quarantine("", "New", "Sick")), Code.QUARANTINE_REPORTED, Court.CS),
        (job("Quarantine", quarantine=quarantine("TooManyDeletes")), "TooManyDeletes", Court.CUSTOMER),
    ],
)
def test_shows_what_was_stopped_deleted_or_put_aside(found, code, court):
    verdict = look(found)
    assert isinstance(verdict, Broken)
    assert (verdict.code, verdict.court) == (code, court)


REFUSED = LogTrouble(
    ago(days=1),
    "Authentication_MSGraphPermissionMissing",
    "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
    "7d1c0b5e",
    is_refusal=True,
)


def test_goes_by_the_job_where_its_log_is_refused_and_says_so():
    """Public case 06."""
    verdict = look(finished(), log_trouble=REFUSED)
    assert isinstance(verdict, Done)
    assert evidence_of(verdict).in_haiilo == 200
    assert "AuditLog.Read.All" in texts(verdict.warnings)
    assert isinstance(look(job("Quarantine"), log_trouble=REFUSED), Broken)


@pytest.mark.parametrize(
    ("numbers", "there"),
    [
        ({"created": 200}, 200),
        ({"created": 150, "matched": 50}, 200),
        ({"created": 190, "removed": 10}, 190),
        ({"created": 190, "skipped": 13}, 190),  # ten fell out of scope, three are disabled
        ({"created": 120, "skipped": 3}, 200),  # the log lags
        ({"created": 119, "removed": 1}, 199),
        ({}, 200),
    ],
)
def test_counts_who_is_in_haiilo_also_when_people_leave(numbers, there):
    verdict = look(finished(), arrived=arrived(**numbers))
    assert isinstance(verdict, Done)
    assert (evidence_of(verdict).in_haiilo, str(verdict.note)) == (there, f"{there} people in Haiilo")


def test_takes_the_jobs_own_numbers_where_there_is_no_log():
    assert look(finished(), evidence={"readiness": {"licence": "none"}}).evidence.created == 200


def test_says_how_many_a_recorded_job_knows_and_alarms_nobody():
    """Public case 09: counts by pairs of objects, and 15 entries that wait in a run that succeeded."""
    found = Job.from_json(PUBLIC_CASE_09)
    verdict = look(found, evidence={"readiness": {"licence": "none"}}, now=present(found.status.steady_state_last))
    assert (str(verdict.note), verdict.evidence.created, verdict.evidence.failed) == ("3 people in Haiilo", 3, 0)
    assert texts(verdict.warnings) == WITHOUT_LICENCE


def test_says_that_the_job_tells_no_number():
    verdict = look(finished(counts={}), evidence={"readiness": {"licence": "none"}})
    assert str(verdict.note) == "Provisioning runs. Microsoft does not tell how many people are in Haiilo."
    assert not verdict.warnings
    assert verdict.evidence.told is False


def test_reads_the_job_and_changes_nothing(tenant, far):
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}", Reply(200, {**job_json(), "id": JOB}))
    assert present(Live().read(tenant, at_step("live")).job).running
    assert [asked.method for asked in far.asked] == ["GET"]


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
