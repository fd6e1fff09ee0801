"""Graph's objects become ours: unknown fields ignored, missing required ones refused, odd values understood."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graphclient import (
    AppRole,
    AppRoleAssignment,
    DirectoryObject,
    Group,
    Job,
    Modified,
    Organization,
    ParsedExpression,
    Progress,
    ProvisioningEvent,
    ServicePrincipal,
    Template,
    Unreadable,
    User,
    VerifiedDomain,
)
from graphclient.models.fields import duration, moment
from graphclient.models.organization import P1, P2

from . import samples
from .samples import EVENT, EXECUTION, JOB_ID, NEVER, NEW_JOB, ORGANIZATION, QUARANTINE, SERVICE_PRINCIPAL, SP, job


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T09:44:10Z", datetime(2026, 3, 2, 9, 44, 10, tzinfo=UTC)),
        ("2026-03-02T09:44:10.1234567Z", datetime(2026, 3, 2, 9, 44, 10, 123456, tzinfo=UTC)),
        ("2026-03-02T09:44:10.5Z", datetime(2026, 3, 2, 9, 44, 10, 500000, tzinfo=UTC)),
        ("2026-03-02T10:44:10+01:00", datetime(2026, 3, 2, 9, 44, 10, tzinfo=UTC)),
        ("2026-03-02T09:44:10", datetime(2026, 3, 2, 9, 44, 10, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("9999-12-31T23:59:59-05:00", None),
        (NEVER, None),
        ("0001-01-01T00:00:00+02:00", None),
        ("", None),
        (None, None),
        (7, None),
        ("yesterday", None),
        ("2026-13-45T99:99:99Z", None),
    ],
)
def test_reads_moments_of_every_kind(text: Any, expected: datetime | None) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT40M", timedelta(minutes=40)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("pt1h", timedelta(hours=1)),
        ("PT0S", timedelta()),
        ("P10675199DT2H48M5.4775807S", None),
        ("P" + "9" * 400 + "D", None),
        ("P", None),
        ("PT", None),
        ("P1M", None),
        ("", None),
        (None, None),
        (40, None),
    ],
)
def test_reads_durations_of_every_kind(text: Any, expected: timedelta | None) -> None:
    assert duration(text) == expected


def test_reads_the_organization() -> None:
    organization = Organization.from_json(ORGANIZATION)
    assert (organization.id, organization.display_name) == (samples.TENANT, "Nordwind GmbH")
    assert organization.verified_domains == (
        VerifiedDomain("nordwind.example", is_default=True),
        VerifiedDomain("nordwind.onmicrosoft.com", is_initial=True),
    )
    assert organization.has_p1


@pytest.mark.parametrize(
    ("plan", "status", "has_p1"),
    [
        ("41781FB2-bc02-4b7c-bd55-b576c07bb09d", "enabled", True),
        ("eec0eb4f-6444-4f95-aba0-50c24d67f998", "Enabled", True),
        ("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "Warning", True),
        ("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "Suspended", False),
        ("00000000-0000-0000-0000-000000000000", "Enabled", False),
        ("00000000-0000-0000-0000-000000000000", "SomethingNew", False),
    ],
)
def test_knows_p1_by_its_plan(plan: str, status: str, has_p1: bool) -> None:
    assert with_plans((plan, status)).has_p1 is has_p1


def with_plans(*plans: tuple[str, str | None]) -> Organization:
    listed = [{"servicePlanId": plan, "capabilityStatus": status} for plan, status in plans]
    return Organization.from_json(ORGANIZATION | {"assignedPlans": listed})


@pytest.mark.parametrize("status", ["SomethingNew", None, ""])
def test_does_not_take_an_unknown_status_of_a_licence_for_none(status: str | None) -> None:
    with pytest.raises(Unreadable, match="status"):
        assert with_plans((P1, status)).has_p1
    assert with_plans((P1, status), (P2, "Enabled")).has_p1


@pytest.mark.parametrize(
    "untold", [{"assignedPlans": None}, {"verifiedDomains": None}, {"verifiedDomains": []}, {"assignedPlans": [7]}]
)
def test_does_not_take_an_untold_list_of_a_tenant_for_an_empty_one(untold: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="organization"):
        Organization.from_json(ORGANIZATION | untold)


def test_reads_an_enterprise_application() -> None:
    application = ServicePrincipal.from_json(SERVICE_PRINCIPAL)
    assert (application.id, application.preferred_single_sign_on_mode) == (SP, "saml")
    assert (application.login_url, application.homepage) == (None, None)
    assert application.reply_urls == ("https://nordwind.haiilo.example/login/saml2/sso",)
    assert application.app_roles == (AppRole("18d14569-c3bd-439b-9a66-3a2aee01d14f", "", "User", True, ("User",)),)
    assert application.app_role_assignment_required
    other = SERVICE_PRINCIPAL | {"preferredSingleSignOnMode": "SAML", "appRoles": [], "applicationTemplateId": None}
    bare = ServicePrincipal.from_json(other)
    assert (bare.preferred_single_sign_on_mode, bare.app_roles, bare.application_template_id) == ("saml", (), None)
    for untold in ("replyUrls", "servicePrincipalNames", "tags", "appRoles"):
        with pytest.raises(Unreadable, match=untold):
            ServicePrincipal.from_json(SERVICE_PRINCIPAL | {untold: None})


@pytest.mark.parametrize(
    ("type_name", "kind"), [("#microsoft.graph.user", "user"), ("#microsoft.graph.group", "group")]
)
def test_tells_users_from_groups(type_name: str, kind: str) -> None:
    member = DirectoryObject.from_json({"id": "1", "@odata.type": type_name, "accountEnabled": False})
    assert (member.kind, member.account_enabled, member.user_principal_name) == (kind, False, None)


def test_keeps_what_else_was_selected_of_a_user() -> None:
    user = User.from_json({"id": "1", "mail": None, "department": "Sales", "accountEnabled": None})
    assert (user.mail, user.account_enabled, user.raw["department"]) == ("", None, "Sales")
    assert "Sales" not in repr(user)


def test_reads_a_new_job() -> None:
    new = Job.from_json(NEW_JOB)
    assert (new.id, new.template_id, new.schedule.interval) == (JOB_ID, "scim", None)
    assert (new.never_ran, new.paused, new.running, new.finished_initial_cycle) == (True, True, False, False)


def test_reads_a_job_in_its_initial_cycle() -> None:
    running = Job.from_json(job())
    at = datetime(2026, 3, 2, 9, 52, tzinfo=UTC)
    assert running.schedule.interval == timedelta(minutes=40)
    assert running.status.progress == (Progress(12, 40, "pages", at),)
    assert running.status.counts == {"User": 431}
    execution = running.status.last_execution
    assert execution is not None
    assert (execution.state, execution.count_escrowed, execution.count_exported) == ("Succeeded", 3, 428)
    assert (running.running, running.never_ran, running.finished_initial_cycle) == (True, False, False)


def test_ignores_the_failed_execution_of_a_job_that_just_started() -> None:
    trap = {"state": "Failed", "timeBegan": NEVER, "timeEnded": NEVER, "error": {"code": "None", "message": ""}}
    started = Job.from_json(job(code="NotRun", lastExecution=trap))
    assert started.status.last_execution is None
    assert (started.never_ran, started.running) == (True, True)


def test_reads_a_job_in_quarantine() -> None:
    job_ = Job.from_json(job(code="quarantine", quarantine=QUARANTINE | {"reason": "encounteredquarantineexception"}))
    quarantine = job_.status.quarantine
    assert quarantine is not None
    assert job_.quarantined
    assert quarantine.reason == "EncounteredQuarantineException"
    assert quarantine.error_code.endswith("CredentialValidationFailure")
    assert quarantine.next_attempt == datetime(2026, 3, 2, 9, 58, tzinfo=UTC)
    assert (job_.running, job_.paused) == (False, False)


@pytest.mark.parametrize(
    ("state", "status", "running", "paused", "finished"),
    [
        ("Active", {"steadyStateFirstAchievedTime": "2026-03-02T10:00:00Z"}, True, False, True),
        ("active", {"code": "active"}, True, False, False),
        ("Paused", {}, False, True, False),
        ("Disabled", {}, False, True, False),
        ("Active", {"code": "Paused"}, False, True, False),
        ("Active", {"code": "NotConfigured"}, False, True, False),
        ("", {"code": "Paused"}, False, True, False),
        ("", {"code": "Quarantine"}, False, False, False),
    ],
)
def test_says_where_a_job_stands(
    state: str, status: dict[str, Any], running: bool, paused: bool, finished: bool
) -> None:
    job_ = Job.from_json(job(state, **status))
    assert (job_.running, job_.paused, job_.finished_initial_cycle) == (running, paused, finished)


@pytest.mark.parametrize(("state", "code"), [("Active", "SomethingNew"), ("", "Active"), ("Later", "NotRun")])
def test_does_not_take_an_unknown_state_of_a_job_for_a_stopped_one(state: str, code: str) -> None:
    found = Job.from_json(job(state, code=code))
    with pytest.raises(Unreadable, match="a job with the"):
        assert found.paused
    with pytest.raises(Unreadable, match="a job with the"):
        assert not found.running


@pytest.mark.parametrize("odd", [None, "", [], 7])
def test_reads_a_job_whose_parts_are_odd(odd: Any) -> None:
    assert Job.from_json(NEW_JOB | {"schedule": odd}).never_ran
    for untold in ({"status": odd}, {"status": {"code": odd}}, {"templateId": odd}):
        with pytest.raises(Unreadable, match="(?i)" + next(iter(untold))[:6]):
            Job.from_json(NEW_JOB | untold)
    fields = ("progress", "quarantine", "lastExecution", "synchronizedEntryCountByType", "escrowsPruned")
    assert not Job.from_json(job(**dict.fromkeys(fields, odd))).status.escrows_pruned


def test_reads_a_log_row() -> None:
    event = ProvisioningEvent.from_json(EVENT)
    assert event.at == datetime(2026, 3, 2, 9, 44, 10, tzinfo=UTC)
    assert (event.action, event.status, event.error_code) == ("create", "success", "")
    assert (event.source_id, event.source_user_name) == ("5e0a", "eva@nordwind.example")
    assert (event.source_name, event.source_type, event.target_id) == ("Eva Berg", "User", "f0c1")
    assert [step.type for step in event.steps] == ["import"]
    assert event.modified == (Modified("userName", None, "eva@nordwind.example"),)


def test_reads_a_failed_log_row_in_any_case() -> None:
    error = {"errorCode": "ContosoEntryConflict", "reason": "twice", "recommendedAction": "look"}
    info = {"status": "Failure", "errorInformation": error}
    changed = {"provisioningAction": "STAGEDDELETE", "provisioningStatusInfo": info, "targetIdentity": None}
    event = ProvisioningEvent.from_json(EVENT | changed | {"sourceIdentity": {"id": "1", "details": None}})
    assert (event.action, event.status) == ("stagedDelete", "failure")
    assert (event.error_code, event.reason, event.recommended_action) == ("ContosoEntryConflict", "twice", "look")
    assert (event.target_id, event.source_user_name) == ("", "")


def test_reads_the_older_names_of_a_log_row() -> None:
    old = {key: value for key, value in EVENT.items() if not key.startswith("provisioning")}
    event = ProvisioningEvent.from_json(old | {"action": "Update", "statusInfo": {"status": "Skipped"}})
    assert (event.action, event.status) == ("update", "skipped")


def test_keeps_an_unknown_word_as_it_came() -> None:
    assert ProvisioningEvent.from_json(EVENT | {"provisioningAction": "Teleport"}).action == "Teleport"


def test_keeps_names_out_of_repr() -> None:
    shown = repr(ProvisioningEvent.from_json(EVENT))
    assert "Eva" not in shown
    assert "nordwind" not in shown


@pytest.mark.parametrize("at", [None, "", NEVER, "soon"])
def test_refuses_a_log_row_without_a_time(at: str | None) -> None:
    with pytest.raises(Unreadable, match="activityDateTime"):
        ProvisioningEvent.from_json(EVENT | {"activityDateTime": at})


@pytest.mark.parametrize(
    ("model", "complete", "required"),
    [
        (Organization, ORGANIZATION, "id"),
        (VerifiedDomain, {"name": "a.example"}, "name"),
        (ServicePrincipal, SERVICE_PRINCIPAL, "id"),
        (AppRole, {"id": "1"}, "id"),
        (AppRoleAssignment, samples.ASSIGNMENT, "id"),
        (AppRoleAssignment, samples.ASSIGNMENT, "principalId"),
        (Group, {"id": "1"}, "id"),
        (User, {"id": "1"}, "id"),
        (DirectoryObject, {"id": "1", "@odata.type": "#microsoft.graph.user"}, "id"),
        (DirectoryObject, {"id": "1", "@odata.type": "#microsoft.graph.user"}, "@odata.type"),
        (ServicePrincipal, SERVICE_PRINCIPAL, "appId"),
        (Job, NEW_JOB, "templateId"),
        (Template, {"id": "scim"}, "id"),
        (Job, NEW_JOB, "id"),
        (ProvisioningEvent, EVENT, "id"),
    ],
)
def test_refuses_an_object_without_what_it_needs(model: Any, complete: dict[str, Any], required: str) -> None:
    made = model.from_json(complete | {"somethingNew": [1]})
    assert dataclasses.is_dataclass(made)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, dataclasses.fields(made)[0].name, "changed")
    for missing in (None, "", 7):
        with pytest.raises(Unreadable, match=required):
            model.from_json(complete | {required: missing})
    odd: Any
    for odd in (None, [], "text"):
        with pytest.raises(Unreadable):
            model.from_json(odd)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {
                "parsingSucceeded": True,
                "parsedExpression": {"name": "Switch"},
                "evaluationResult": ["True"],
                "error": None,
            },
            ParsedExpression(True, {"name": "Switch"}, "", ("True",)),
        ),
        (
            {"parsingSucceeded": False, "parsedExpression": None, "error": {"code": "C", "message": "bad"}},
            ParsedExpression(False, None, "bad"),
        ),
        ({"parsingSucceeded": False, "error": {"code": "C"}}, ParsedExpression(False, None, "C")),
    ],
)
def test_reads_what_became_of_an_expression(answer: dict[str, Any], expected: ParsedExpression) -> None:
    assert ParsedExpression.from_json(answer) == expected


@pytest.mark.parametrize("answer", [{}, {"parsingSucceeded": None}, {"error": {"code": "x"}}])
def test_does_not_take_an_unreadable_parse_result_for_a_wrong_expression(answer: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="parse result"):
        ParsedExpression.from_json(answer)


def test_counts_what_an_execution_says() -> None:
    execution = Job.from_json(job(lastExecution=EXECUTION | {"countExports": "17", "countImported": None})).status
    assert execution.last_execution is not None
    assert (execution.last_execution.count_exports, execution.last_execution.count_imported) == (17, None)
