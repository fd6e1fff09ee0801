from datetime import timedelta

import pytest

from graphclient import OnDemandResult, User
from onboarding.domain.verdicts import Asking, Court, Done, Todo
from onboarding.steps.pilot.causes import CAUSES, Code
from onboarding.steps.pilot.step import Facts, Pilot, read_outcome
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import on_demand_a, on_demand_b
from tests.narrow import instance, present
from tests.steps.facts import APP, EVIDENCE, JOB, NOW, SCOPE, at_step, texts

EVA = User("u-1", "Eva Berg", "eva@nordwind.example", account_enabled=True)
ASKED = NOW.isoformat()
EVA_ID = "5e0a0000-0000-4000-8000-00000000e7a1"
assess = Pilot().assess


def step(**fields):
    given = {"answers": {"pilot": {"person": "eva@nordwind.example"}}, "answered_at": {"pilot": NOW}}
    return at_step("pilot", **given | fields)


def ran(result="Success", code="", message="", *, asked=ASKED, answer=None, **more):
    outcome = OnDemandResult.from_json(answer or on_demand_a(result, code, message))
    return {"person_id": "u-1", "asked": asked, "at": ASKED, **read_outcome(outcome), **more}


SAME = ran("Skipped", "RedundantExport")
IN_SCOPE = Facts(EVA, in_scope=True)


def test_offers_people_of_the_scope_to_name():
    verdict = assess(step(answers={}), Facts())
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.PILOT_NEEDED, Court.CS)
    assert verdict.offers["people"] == SCOPE["sample"]


@pytest.mark.parametrize(
    ("facts", "code", "says"),
    [
        (Facts(), Code.PERSON_UNKNOWN, "nobody called “eva@nordwind.example”"),
        (Facts(EVA), Code.PERSON_OUT_OF_SCOPE, "not in scope"),
        (Facts(User("u-1", "Eva Berg", account_enabled=False), in_scope=True), Code.PERSON_DISABLED, "disabled"),
    ],
)
def test_asks_for_another_person_when_this_one_cannot_be_tried(facts, code, says):
    verdict = assess(step(), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, Court.CS)
    assert says in str(verdict.question)


def test_provisions_the_named_person_and_then_reads_back():
    first = assess(step(), IN_SCOPE)
    assert isinstance(first, Todo)
    assert [change.key for change in first.changes] == ["provision"]
    second = assess(step(applied={"pilot": {"provision": ran()}}), IN_SCOPE)
    assert [change.key for change in instance(Todo, second).changes] == ["read_back"]


@pytest.mark.parametrize(("first", "action"), [(ran(), "create"), (SAME, "none")])
def test_is_done_when_a_second_run_finds_nothing_left_to_do(first, action):
    verdict = assess(step(applied={"pilot": {"provision": first, "read_back": SAME}}), IN_SCOPE)
    assert isinstance(verdict, Done)
    assert verdict.evidence.to_json() == {
        "person_id": "u-1",
        "name": "Eva Berg",
        "user_name": "eva@nordwind.example",
        "action": action,
        "read_back": True,
        "job_id": JOB,
        "job_made_at": None,
        "asked": ASKED,
        "not_returned": [],
        "people": [],
    }


def test_does_not_believe_a_haiilo_that_takes_and_forgets():
    verdict = assess(step(applied={"pilot": {"provision": ran(), "read_back": ran()}}), IN_SCOPE)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.NOT_KEPT, Court.HAIILO)


def again(**old):
    """A second run that writes these once more; each with what Haiilo gave back before."""
    written = [
        {"displayName": name.replace("__", "."), "oldValue": value, "newValue": "x"} for name, value in old.items()
    ]
    return ran(answer=on_demand_a("Success", action="Update", modifiedProperties=written))


FIRST = again(userName=None, name__givenName=None, active=None)


@pytest.mark.parametrize("second", [again(active=None), again(active="", name__givenName=None)])
def test_warns_of_what_haiilo_does_not_give_back(second):
    verdict = assess(step(applied={"pilot": {"provision": FIRST, "read_back": second}}), IN_SCOPE)
    assert isinstance(verdict, Done)
    assert "does not give back: active" in texts(verdict.warnings)
    behind = step(evidence={"pilot": verdict.evidence.to_json()})
    assert texts(instance(Done, assess(behind, Facts())).warnings) == texts(verdict.warnings)


@pytest.mark.parametrize(
    "second",
    [again(active="True"), again(userName=None), again(title=None), again(active=None, name__givenName="Ewa"), again()],
)
def test_does_not_believe_a_haiilo_that_gives_back_something_else(second):
    verdict = assess(step(applied={"pilot": {"provision": FIRST, "read_back": second}}), IN_SCOPE)
    assert instance(Asking, verdict).code == Code.NOT_KEPT


def run_of(*steps, result=""):
    return ran(answer=on_demand_b(provisioningSteps=list(steps), statusInfo={"status": result} if result else {}))


IMPORTED = {"name": "EntryImport", "type": "Import", "status": "Success"}


def scoped(**details):
    return {"name": "EntrySynchronizationScoping", "type": "Scoping", "status": "Success", "details": details}


@pytest.mark.parametrize(
    ("result", "code", "court"),
    [
        (run_of(IMPORTED), Code.ONLY_READ, Court.CS),
        (run_of(IMPORTED, result="Success"), Code.ONLY_READ, Court.CS),
        (run_of(), Code.NOT_TOLD, Court.CS),
        (run_of(IMPORTED, scoped(Assigned="False"), result="Success"), Code.FAILED_BY_CUSTOMER, Court.CUSTOMER),
        (run_of(IMPORTED, scoped(IsActive="False", Assigned="True")), Code.PERSON_DISABLED, Court.CS),
        (run_of(IMPORTED, scoped(IsInProvisioningScope="False")), Code.FILTERED, Court.CUSTOMER),
    ],
)
def test_tells_apart_why_nothing_was_sent(result, code, court):
    verdict = instance(Asking, assess(step(applied={"pilot": {"provision": result}}), IN_SCOPE))
    assert (verdict.code, verdict.court) == (code, court)
    assert "Eva Berg" in str(verdict.question)


OURS, THEIRS = Code.FAILED_FOR_ENGINEERS, Code.FAILED_BY_CUSTOMER
FAILURES = [
    (ran("Failure", "HaiiloEntryConflict"), Code.PILOT_FAILED, Court.CS, "another account"),
    (ran("Failure", "MandatoryFieldsMissing"), THEIRS, Court.CUSTOMER, "empty in Entra"),
    (ran("Failure", "InternalError"), Code.FAILED_BY_MICROSOFT, Court.MICROSOFT, "Microsoft's service failed"),
    (ran("Failure", "SomethingNew", "Said Microsoft"), OURS, Court.HAIILO, "Microsoft says: Said Microsoft"),
    (ran("Failure", "X", "status 400, 400.76 Group does not exist"), THEIRS, Court.CUSTOMER, "name of a Haiilo group"),
    (ran("Skipped", "NotEffectivelyEntitled"), THEIRS, Court.CUSTOMER, "not assigned"),
    (ran(arrived=False), OURS, Court.HAIILO, "no reason"),
]


@pytest.mark.parametrize(("result", "code", "court", "says"), FAILURES)
def test_explains_a_failure_and_who_acts(result, code, court, says):
    verdict = assess(step(applied={"pilot": {"provision": result}}), IN_SCOPE)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(verdict.question)
    assert verdict.offers["people"]


def test_tells_the_customers_admin_what_is_to_be_done_in_entra():
    verdict = assess(step(applied={"pilot": {"provision": ran("Failure", "MandatoryFieldsMissing")}}), IN_SCOPE)
    [cause] = [each for each in CAUSES if each.code == verdict.code]
    told = str(cause.for_customer(verdict.question.values))
    assert told.startswith("The account of Eva Berg could not be created in Haiilo. ")
    assert "Entra" in told


@pytest.mark.parametrize(
    "earlier", [ran("Failure", "X", asked="2026-11-01T00:00:00+00:00"), ran("Failure", "X", person_id="other")]
)
def test_tries_again_when_a_person_answers_again(earlier):
    verdict = assess(step(applied={"pilot": {"provision": earlier}}), IN_SCOPE)
    assert isinstance(verdict, Todo)


def test_lets_the_pilot_rest_once_it_went_through():
    behind = {"pilot": {"job_id": JOB, "asked": ASKED, "name": "Eva Berg"}}
    assert isinstance(assess(step(evidence=behind), Facts()), Done)
    named_anew = step(evidence=behind, answered_at={"pilot": NOW + timedelta(hours=1)})
    assert isinstance(assess(named_anew, IN_SCOPE), Todo)
    other_job = step(evidence=behind | {"connection": EVIDENCE["connection"] | {"job_id": "new"}})
    assert isinstance(assess(other_job, IN_SCOPE), Todo)


# What a run says


def outcome(answer):
    return read_outcome(OnDemandResult.from_json(answer))


SCOPED_OUT = [{"name": "EntrySynchronizationScoping", "type": "Scoping", "status": "Skipped", "details": {}}]
REDUNDANT = [
    {"name": "EntryExport", "type": "Export", "status": "Skipped", "details": {"SkipReason": "RedundantExport"}}
]


@pytest.mark.parametrize(
    ("answer", "arrived", "same", "code"),
    [
        (on_demand_a(), True, False, ""),
        (on_demand_b(), True, False, ""),
        (on_demand_a("Skipped", "RedundantExport"), True, True, "RedundantExport"),
        (on_demand_b(provisioningSteps=REDUNDANT), True, True, "RedundantExport"),
        (on_demand_b(provisioningSteps=SCOPED_OUT), False, False, "NotEffectivelyEntitled"),
        (on_demand_a("Failure", "DuplicateTargetEntries"), False, False, "DuplicateTargetEntries"),
        ({"key": "not json", "value": "neither"}, False, False, ""),
    ],
)
def test_understands_both_shapes_of_an_answer(answer, arrived, same, code):
    read = outcome(answer)
    assert (read["arrived"], read["same"], read["code"]) == (arrived, same, code)


def test_keeps_none_of_the_values_that_a_run_wrote():
    assert "eva@" not in str(outcome(on_demand_a()))


def test_sends_rule_and_person_and_keeps_the_outcome(tenant, far):
    path = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}/provisionOnDemand"
    far.on("POST", path, Reply(200, on_demand_a()))
    [change] = instance(Todo, assess(step(), IN_SCOPE)).changes
    result = Pilot().apply(tenant, step(), change)
    [asked] = far.seen("POST", path)
    subject = {"objectId": "u-1", "objectTypeName": "User"}
    assert asked.json == {"parameters": [{"ruleId": "rule-1", "subjects": [subject]}]}
    assert (result["person_id"], result["asked"], result["arrived"]) == ("u-1", ASKED, True)


def member(identity):
    return {"id": identity, "@odata.type": "#microsoft.graph.user"}


@pytest.mark.parametrize(
    ("assigned", "members", "in_scope"),
    [
        ([{"id": "a", "principalId": EVA_ID, "principalType": "User"}], [], True),
        ([{"id": "a", "principalId": "g-1", "principalType": "Group"}], [member(EVA_ID)], True),
        ([{"id": "a", "principalId": "g-1", "principalType": "Group"}], [member("u-2")], False),
        ([], [], False),
    ],
)
def test_reads_whether_the_person_is_assigned(tenant, far, assigned, members, in_scope):
    def filtered(asked):
        wanted = asked.query.get("$filter", "").removeprefix("principalId eq ")
        return Reply(200, {"value": [row for row in assigned if wanted in ("", row["principalId"])]})

    eva = {"id": EVA_ID, "displayName": "Eva Berg", "userPrincipalName": "eva@nordwind.example"}
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(200, eva))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", filtered)
    far.on("GET", "/v1.0/groups/g-1/members", Reply(200, {"value": members}))
    facts = Pilot().read(tenant, step())
    assert (present(facts.person).id, facts.in_scope) == (EVA_ID, in_scope)


def test_reads_one_assignment_of_a_person_who_is_assigned_directly(tenant, far):
    eva = {"id": EVA_ID, "displayName": "Eva Berg", "userPrincipalName": "eva@nordwind.example"}
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(200, eva))
    row = {"id": "a", "principalId": EVA_ID, "principalType": "User"}
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", Reply(200, {"value": [row]}))
    assert Pilot().read(tenant, step()).in_scope
    assert [asked.query.get("$filter") for asked in far.asked[1:]] == [f"principalId eq {EVA_ID}"]


def test_reads_nobody_where_the_tenant_knows_nobody_of_that_name(tenant, far):
    far.on("GET", "/v1.0/users/eva%40nordwind.example", Reply(404, {"error": {"code": "Request_ResourceNotFound"}}))
    assert Pilot().read(tenant, step()) == Facts()


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
