from dataclasses import replace

import pytest

from graphclient import Execution, Job
from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.standings import InHaiilo, Standing
from onboarding.domain.verdicts import Asking, Broken, Court, Done
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared.arrivals import WITHOUT_LICENCE
from onboarding.steps.shared.followed_job import Facts
from onboarding.steps.shared.stored import Stored
from tests.graphclient.graph_stub import Reply
from tests.graphclient.recorded import PUBLIC_CASE_09
from tests.graphclient.samples import job as job_json
from tests.narrow import present
from tests.steps.facts import APP, JOB, ago, at_step, evidence_of, execution, finished, job, people, quarantine, texts

assess = Live().assess
TODAY = ago(hours=0).date().isoformat()


def look(found, **fields):
    return assess(at_step("live", **fields), Facts(found))


def test_is_done_while_the_job_is_healthy():
    verdict = look(finished(), people=people(created=180, updated=20, skipped=3))
    assert isinstance(verdict, Done)
    numbers = {"created": 180, "updated": 20, "skipped": 3, "failed": 0, "matched": 0, "in_haiilo": 200}
    assert verdict.evidence.to_json() == numbers | {"code": "Active", "told": True}
    assert "200 people in Haiilo" in str(verdict.note)
    assert not verdict.warnings


@pytest.mark.parametrize(
    ("found", "numbers", "says"),
    [
        (finished(), {"created": 190, "failed": 10}, "10 people have no account"),
        (finished(escrows_pruned=True), {"created": 200}, "dropped some"),
        (finished(last_execution=execution("Failed", error_message="Sick")), {"created": 200}, "failed: Sick"),
    ],
)
def test_warns_of_single_people_without_calling_it_broken(found, numbers, says):
    verdict = look(found, people=people(**numbers))
    assert isinstance(verdict, Done)
    assert says in texts(verdict.warnings)


CONFLICT = Failure(11, "EntryConflict")
LACKS_COUNTRY = Failure(150, "AttributeValidationFailed", lacking="country")


@pytest.mark.parametrize(
    ("fields", "code", "court", "says"),
    [
        # Most failed: whoever can end the most frequent cause is asked.
        (
            {"people": people(created=1, failed=11, failures=[CONFLICT])},
            Code.FAILED_FOR_CS,
            Court.CS,
            "11 of 12 people have no account, or not as it should be. Haiilo has another account",
        ),
        (
            {"people": people(created=10, failed=190, failures=[Failure(40, "EntryConflict"), LACKS_COUNTRY])},
            Code.FAILED_BY_CUSTOMER,
            Court.CUSTOMER,
            "190 of 200 people have no account, or not as it should be. “country” is empty",
        ),
        (
            {"people": people(failed=200, failures=[Failure(200, "NobodyKnowsThis", "Something new.")])},
            Code.FAILED_FOR_ENGINEERS,
            Court.HAIILO,
            "Microsoft says: Something new.",
        ),
        # All are there, and the last change of each failed.
        (
            {"people": Headcount({"failed": 12}, {"outdated": 12}, failures=(CONFLICT,), told=12)},
            Code.FAILED_FOR_CS,
            Court.CS,
            "12 of 12 people",
        ),
        # Nobody is there, and nothing says why.
        (
            {"people": Headcount({"skipped": 12}, {"out": 12}, told=0)},
            Code.NOBODY_ARRIVED,
            Court.HAIILO,
            "nobody is in Haiilo",
        ),
        # A third was removed since yesterday.
        (
            {"people": Headcount({"created": 8, "removed": 4}, {"arrived": 8, "gone": 4}, removed_on={TODAY: 4})},
            Code.MANY_REMOVED,
            Court.CS,
            "4 people were removed from Haiilo since yesterday: 33%",
        ),
    ],
)
def test_is_not_well_while_most_are_not_where_they_should_be(fields, code, court, says):
    verdict = look(finished(counts={"User": 0}), **fields)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(verdict.question)


@pytest.mark.parametrize(
    "given",
    [
        Headcount({"created": 190, "removed": 10}, {"arrived": 190, "gone": 10}, removed_on={TODAY: 10}),
        Headcount({"created": 2, "removed": 2}, {"arrived": 2, "gone": 2}, removed_on={TODAY: 2}),
        Headcount({"created": 8, "removed": 4}, {"arrived": 8, "gone": 4}, removed_on={"2001-01-01": 4}),
        Headcount({"created": 12}, {"arrived": 12}, removed_on={TODAY: 4}),  # they have come back
        Headcount({}, {"coming": 12}, ago(hours=1), told=0),
    ],
)
def test_is_well_while_few_left_or_somebody_is_on_the_way(given):
    assert isinstance(look(finished(counts={"User": 0}), people=given), Done)


def test_says_whose_word_the_number_is():
    asked = Headcount({"created": 12}, {"arrived": 12}, told=12, heard_until=ago(hours=2), haiilo_read_at=ago(hours=1))
    assert str(look(finished(counts={"User": 12}), people=asked).note) == "12 people in Haiilo"
    heard_since = replace(asked, heard_until=ago(hours=0))
    note = str(look(finished(counts={"User": 12}), people=heard_since).note)
    assert note == "12 people in Haiilo, as Microsoft reports"


def test_names_the_most_frequent_reason():
    lost = Failure(1, "InvalidAnchor", "The linked account does not exist.")
    found = look(finished(counts={"User": 12}), people=people(created=11, failed=1, failures=[lost]))
    assert "The most frequent reason: The Haiilo account that Microsoft knew is gone." in texts(found.warnings)


def test_tells_who_is_active_at_haiilo_although_microsoft_has_removed_them():
    ignored = Failure(1, "", standing=Standing.LEAVING, in_haiilo=InHaiilo.ACTIVE)
    given = Headcount({"created": 11, "removed": 1}, {"arrived": 11, "leaving": 1}, failures=(ignored,), told=12)
    found = texts(look(finished(counts={"User": 12}), people=given).warnings)
    assert "1 person is no longer in scope and still in Haiilo." in found
    assert "Of 1 of them Microsoft has reported that the account was removed" in found


LEFT_OUT = Headcount({"created": 12}, {"arrived": 12, "coming": 1}, ago(hours=3), told=12)
CYCLE = execution("Succeeded")


def test_tells_whom_the_last_sync_left_out():
    found = finished(counts={"User": 12}, last_execution=replace(CYCLE, began=ago(hours=1), ended=ago(hours=0)))
    told = texts(look(found, people=LEFT_OUT).warnings)
    assert "1 person has no account." in told
    assert "1 of them is in scope and was left out by the last sync, without a reason." in told
    asked = at_step("live", people=LEFT_OUT)
    assert Live().left_out_by(asked, Facts(found)) == ago(hours=1)


@pytest.mark.parametrize(
    ("cycle", "known", "given"),
    [
        # counted in scope after the sync began; it runs; it failed; the log lags; nobody is told of by name
        (replace(CYCLE, began=ago(hours=4), ended=ago(hours=3)), 12, LEFT_OUT),
        (replace(CYCLE, began=ago(hours=1), ended=None), 12, LEFT_OUT),
        (replace(CYCLE, state="Failed", began=ago(hours=1), ended=ago(hours=0)), 12, LEFT_OUT),
        (replace(CYCLE, began=ago(hours=1), ended=ago(hours=0)), 13, LEFT_OUT),
        (replace(CYCLE, began=ago(hours=1), ended=ago(hours=0)), 12, replace(LEFT_OUT, results={})),
    ],
)
def test_calls_nobody_left_out_of_whom_the_log_may_still_tell(cycle, known, given):
    told = texts(look(finished(counts={"User": known}, last_execution=cycle), people=given).warnings)
    assert ("left out" in told, "no account" in told) == (False, False)
    found = finished(counts={"User": known}, last_execution=cycle)
    assert Live().left_out_by(at_step("live", people=given), Facts(found)) is None


def test_asks_about_people_who_are_on_the_way_for_hours():
    given = Headcount({}, {"coming": 12}, ago(hours=1), told=0)
    verdict = look(finished(counts={"User": 0}, steady_state_first=ago(hours=3)), people=given)
    assert isinstance(verdict, Asking)
    assert verdict.code == Code.NOBODY_ARRIVED


def test_is_broken_when_nothing_was_synced_for_hours():
    found = finished(last_execution=Execution("Succeeded", ago(hours=9), ago(hours=8)))
    verdict = look(found, people=people(created=200))
    assert isinstance(verdict, Broken)
    assert (verdict.code, verdict.court) == (Code.SILENT, Court.MICROSOFT)
    assert str(verdict.why).startswith("No sync for 8 hours")


def stored(**shown):
    return Stored(shown, frozenset(shown))


@pytest.mark.parametrize(
    ("values", "code", "court"),
    [
        ({"BaseAddress": "https://staging.smarpshare.com/scim"}, Code.SENDS_ELSEWHERE, Court.CS),
        ({"SyncAll": "true"}, Code.WHOLE_DIRECTORY, Court.CUSTOMER),
    ],
)
def test_sees_what_somebody_changed_in_the_tenant(values, code, court):
    verdict = assess(at_step("live", people=people(created=200)), Facts(finished(), stored(**values)))
    assert isinstance(verdict, Broken)
    assert (verdict.code, verdict.court) == (code, court)


def test_says_nothing_of_what_microsoft_does_not_show():
    unseen = Stored({"BaseAddress": "https://staging.smarpshare.com/scim", "SyncAll": "true"}, frozenset())
    assert isinstance(assess(at_step("live", people=people(created=200)), Facts(finished(), unseen)), Done)


def test_leaves_the_whole_directory_alone_where_that_was_approved():
    approved = {"enable": {"enable": {"sync_all": True}}}
    desired = at_step("live", people=people(created=200), applied=approved)
    assert isinstance(assess(desired, Facts(finished(), stored(SyncAll="true"))), Done)


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


LOST = "SystemForCrossDomainIdentityManagementCredentialValidation"
WHY = "EncounteredQuarantineException"


@pytest.mark.parametrize(
    ("stay", "code", "court"),
    [
        (quarantine(WHY, f"{LOST}Unavailable", "No answer."), Code.HAIILO_DOWN, Court.HAIILO),
        (quarantine(WHY, f"{LOST}Failure", "Response Status Code: Forbidden"), Code.HAIILO_REFUSES, Court.HAIILO),
        (quarantine(WHY, f"{LOST}Failure", "Unauthorized"), f"{WHY} / {LOST}Failure", Court.CS),
        (quarantine(WHY, f"{LOST}Failure", "Unauthorized, id 5e1b403c-9403"), f"{WHY} / {LOST}Failure", Court.CS),
    ],
)
def test_asks_haiilo_where_address_and_token_were_good_for_a_whole_cycle(stay, code, court):
    verdict = look(replace(finished(), status=replace(finished().status, code="Quarantine", quarantine=stay)))
    assert isinstance(verdict, Broken)
    assert (verdict.code, verdict.court) == (code, court)
    before = look(job("Quarantine", quarantine=stay))
    assert (before.code, before.court) == (f"{stay.reason} / {stay.error_code}", Court.CS)


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
    verdict = look(finished(), people=people(**numbers))
    assert isinstance(verdict, Done)
    assert (evidence_of(verdict).in_haiilo, str(verdict.note)) == (
        there,
        f"{there} people in Haiilo, as Microsoft reports",
    )


def test_takes_the_jobs_own_number_where_there_is_no_log_and_knows_no_other():
    evidence = evidence_of(look(finished(), evidence={"readiness": {"licence": "none"}})).to_json()
    untold = dict.fromkeys(("created", "updated", "skipped", "failed", "matched"))
    assert evidence == untold | {"code": "Active", "told": True, "in_haiilo": 200}


def test_says_how_many_a_recorded_job_knows_and_alarms_nobody():
    """Public case 09: counts by pairs of objects, and 15 entries that wait in a run that succeeded."""
    found = Job.from_json(PUBLIC_CASE_09)
    verdict = look(found, evidence={"readiness": {"licence": "none"}}, now=present(found.status.steady_state_last))
    assert str(verdict.note) == "3 people in Haiilo, as Microsoft reports"
    assert (verdict.evidence.in_haiilo, verdict.evidence.failed) == (3, None)
    assert texts(verdict.warnings) == WITHOUT_LICENCE


def test_says_that_the_job_tells_no_number():
    verdict = look(finished(counts={}), evidence={"readiness": {"licence": "none"}})
    assert str(verdict.note) == "Provisioning runs. Microsoft does not tell how many people are in Haiilo."
    assert not verdict.warnings
    assert verdict.evidence.told is False


def test_reads_the_job_and_changes_nothing(tenant, far):
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}", Reply(200, {**job_json(), "id": JOB}))
    rows = [{"key": "BaseAddress", "value": "https://contoso.smarpshare.com/scim"}]
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/secrets", Reply(200, {"value": rows}))
    found = Live().read(tenant, at_step("live"))
    assert present(found.job).running
    assert found.stored.shows_address
    assert [asked.method for asked in far.asked] == ["GET", "GET"]


@pytest.mark.parametrize("answer", [Reply(503, {}), Reply(403, {}), Reply(200, "<html>")])
def test_knows_the_jobs_health_where_what_is_saved_cannot_be_read(tenant, far, answer):
    job_path = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}"
    far.on("GET", job_path, Reply(200, {**job_json(), "id": JOB}))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/synchronization/secrets", answer)
    found = Live().read(tenant, at_step("live"))
    assert present(found.job).running
    assert not found.stored.shows_address


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
