import pytest

from graphclient import Execution
from onboarding.domain.verdicts import Broken, Court, Done
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Facts, Live
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import job as job_json
from tests.narrow import present
from tests.steps.facts import APP, JOB, ago, arrived, at_step, execution, finished, job, quarantine, texts

assess = Live().assess


def look(found, **fields):
    return assess(at_step("live", **fields), Facts(found))


def test_is_done_while_the_job_is_healthy():
    verdict = look(finished(), arrived=arrived(created=180, updated=20, skipped=3))
    assert isinstance(verdict, Done)
    numbers = {"created": 180, "updated": 20, "skipped": 3, "failed": 0, "matched": 0, "in_haiilo": 200}
    assert verdict.evidence.to_json() == numbers | {"code": "Active"}
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


def test_takes_the_jobs_own_numbers_where_there_is_no_log():
    assert look(finished(), evidence={"readiness": {"licence": "none"}}).evidence.created == 200


def test_reads_the_job_and_changes_nothing(tenant, far):
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}", Reply(200, {**job_json(), "id": JOB}))
    assert present(Live().read(tenant, at_step("live")).job).running
    assert [asked.method for asked in far.asked] == ["GET"]


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
