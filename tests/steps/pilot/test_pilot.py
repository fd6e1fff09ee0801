from datetime import timedelta
from typing import Any

import pytest

from graphclient import OnDemandResult, User
from onboarding.domain.suggested import Suggested
from onboarding.domain.verdicts import Asking, Court, Done, Todo, Waiting, fingerprint
from onboarding.steps.pilot.causes import CAUSES, Code
from onboarding.steps.pilot.naming import Named
from onboarding.steps.pilot.step import Facts, Pilot
from onboarding.steps.pilot.suggesting import Candidate
from onboarding.steps.shared.attempts import read_outcome
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import on_demand_a, on_demand_b
from tests.narrow import instance, present
from tests.steps.facts import APP, EVIDENCE, JOB, NOW, ago, at_step, offered, texts

EVA = User("u-1", "Eva Berg", "eva@nordwind.example", account_enabled=True)
JAN = User("u-2", "Jan Berg", "jan@nordwind.example", account_enabled=True)
NAMED = ago(days=1)
ASKED, AT = NAMED.isoformat(), NOW.isoformat()
LATELY = ago(minutes=5)
assess = Pilot().assess


def step(**fields):
    given = {"answers": {"pilot": {"person": "eva@nordwind.example"}}, "answered_at": {"pilot": NAMED}}
    return at_step("pilot", **given | fields)


def ran(result="Success", code="", message="", *, answer=None):
    """What one run said."""
    return read_outcome(OnDemandResult.from_json(answer or on_demand_a(result, code, message)))


def tried(first, second=None, *, person=EVA, at=LATELY, **more):
    """What is kept of an attempt."""
    who = {"person_id": person.id, "name": person.display_name, "user_name": person.user_principal_name}
    return {**who, "job_id": JOB, "after": "", "at": at.isoformat(), "first": first, "second": second, **more}


def after(*attempts, **fields):
    """The step after these attempts."""
    kept = {f"provision:{number}": each for number, each in enumerate(attempts)}
    return step(applied={"pilot": kept}, **fields)


def named(*people, in_scope=True):
    return Facts(tuple(Named(each.user_principal_name, each, in_scope) for each in people))


SAME = ran("Skipped", "RedundantExport")
FAILED = ran("Failure", "MandatoryFieldsMissing")
IN_SCOPE = named(EVA)
BOTH = {"answers": {"pilot": {"people": ["eva@nordwind.example", "jan@nordwind.example"]}}}


def test_suggests_people_of_the_scope():
    candidate = Candidate(Suggested("u-1", by="direct"), EVA)
    verdict = assess(step(answers={}), Facts(candidates=(candidate,)))
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.PILOT_NEEDED, Court.CS)
    [person] = verdict.offers["people"]
    assert (person["id"], person["name"], offered(person["why"])) == ("u-1", "Eva Berg", "assigned directly")


@pytest.mark.parametrize(
    ("facts", "code", "says"),
    [
        (Facts((Named("eva@x.example"),)), Code.PERSON_UNKNOWN, "nobody called “eva@x.example”"),
        (named(EVA, in_scope=False), Code.PERSON_OUT_OF_SCOPE, "not in scope"),
        (named(User("u-1", "Eva Berg", account_enabled=False)), Code.PERSON_DISABLED, "disabled"),
    ],
)
def test_asks_for_another_person_when_this_one_cannot_be_tried(facts, code, says):
    verdict = assess(step(), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, Court.CS)
    assert says in str(verdict.question)


def test_tries_those_who_can_be_tried_before_it_asks_about_the_others():
    facts = Facts((Named("nobody@x.example"), Named("eva", EVA, in_scope=True)))
    assert [change.payload["person_id"] for change in instance(Todo, assess(step(), facts)).changes] == ["u-1"]


def test_tries_all_in_one_plan_and_two_at_once():
    people = [User(f"u-{number}", f"P {number}", f"p{number}@x.example", account_enabled=True) for number in range(5)]
    todo = instance(Todo, assess(step(), named(*people)))
    assert [change.payload["person_id"] for change in todo.changes] == [each.id for each in people]
    assert todo.at_once == 2


def test_waits_for_the_rest_until_microsoft_allows_more_runs():
    lately = [tried(ran(), SAME, person=EVA, at=NOW), tried(FAILED, person=JAN, at=NOW)]
    third = User("u-3", "Ute", "ute@x.example", account_enabled=True)
    assert instance(Todo, assess(after(*lately, **BOTH), named(EVA, JAN, third))).at_once == 1
    lately[1] = tried(ran(), SAME, person=JAN, at=NOW)
    waits = instance(Waiting, assess(after(*lately, **BOTH), named(EVA, JAN, third)))
    assert (waits.recheck_in, present(waits.progress).done) == (timedelta(seconds=10), 2)
    assert isinstance(assess(after(*lately, now=NOW + timedelta(seconds=10)), named(EVA, JAN, third)), Todo)


@pytest.mark.parametrize(("first", "action"), [(ran(), "create"), (SAME, "none")])
def test_is_done_when_a_second_run_finds_nothing_left_to_do(first, action):
    verdict = instance(Done, assess(after(tried(first, SAME)), IN_SCOPE))
    evidence = verdict.evidence.to_json()
    [person] = evidence.pop("people")
    told = {"id": "u-1", "name": "Eva Berg", "user_name": "eva@nordwind.example", "named": "eva@nordwind.example"}
    assert {name: person[name] for name in told} == told
    assert (person["action"], person["not_returned"]) == (action, [])
    assert (evidence["read_back"], evidence["job_id"], evidence["asked"]) == (True, JOB, ASKED)
    assert str(verdict.note) == "Test account for Eva Berg created and verified"


def test_is_done_with_all_or_not_at_all():
    both = tried(ran(), SAME), tried(ran(), SAME, person=JAN)
    assert isinstance(assess(after(*both, **BOTH), named(EVA, JAN)), Done)
    half = tried(ran(), SAME), tried(ran(), ran(), person=JAN)
    assert instance(Asking, assess(after(*half, **BOTH), named(EVA, JAN))).code == Code.NOT_KEPT


def test_tells_each_and_asks_by_the_worst():
    attempts = tried(FAILED), tried(ran("Failure", "EntryConflict"), person=JAN)
    ute = User("u-3", "Ute", "ute@x.example", account_enabled=True)
    facts = named(EVA, JAN, ute)
    verdict = instance(Asking, assess(after(*attempts, tried(ran(), SAME, person=ute)), facts))
    assert (verdict.code, verdict.court) == (Code.PILOT_FAILED, Court.CS)
    assert str(verdict.question).startswith("Jan Berg could not be created in Haiilo.")
    results = verdict.offers["results"]
    assert [(each["id"], each["ok"], each["court"]) for each in results] == [
        ("u-1", False, "customer"),
        ("u-2", False, "cs"),
        ("u-3", True, ""),
    ]
    assert "empty in Entra" in offered([results[0]["sentence"]])


def test_tells_microsofts_steps_in_words_and_what_haiilo_kept():
    first = ran(answer=on_demand_a("Success", modifiedProperties=[{"displayName": "userName", "newValue": "x"}]))
    [person] = instance(Done, assess(after(tried(first, SAME)), IN_SCOPE)).evidence.to_json()["people"]
    assert [(line["ok"], line["text"]["text"]) for line in person["steps"]] == [
        (True, "Read: the account was found in Entra."),
        (True, "Send: the account was created in Haiilo."),
        (True, "Check: Haiilo has kept the account."),
    ]
    assert [(each["attribute"], each["kept"]) for each in person["fields"]] == [("userName", True)]


def test_does_not_believe_a_haiilo_that_takes_and_forgets():
    verdict = assess(after(tried(ran(), ran())), IN_SCOPE)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.NOT_KEPT, Court.HAIILO)


# Again


def test_tries_again_once_an_hour_and_no_sooner():
    early = instance(Asking, assess(after(tried(FAILED, at=ago(minutes=45))), IN_SCOPE))
    assert early.recheck_in == timedelta(minutes=15)
    again = instance(Todo, assess(after(tried(FAILED, at=ago(hours=1))), IN_SCOPE))
    assert [change.payload["after"] for change in again.changes] == [ago(hours=1).isoformat()]


def test_tries_again_sixty_times_as_often_in_a_sandbox_of_that_pace():
    assert isinstance(assess(after(tried(FAILED, at=ago(minutes=1)), pace=60.0), IN_SCOPE), Todo)


@pytest.mark.parametrize(
    ("asked_of", "minutes", "is_tried"),
    [("u-1", 4, True), ("", 4, True), ("u-2", 4, False), ("u-1", 6, False), ("", 6, False)],
)
def test_tries_again_at_once_whom_a_person_asked_for(asked_of, minutes, is_tried):
    asked = [{"id": asked_of, "at": ago(minutes=minutes).isoformat()}]
    answers = {"pilot": {"people": ["eva@nordwind.example"], "again": asked}}
    verdict = assess(after(tried(FAILED), answers=answers), IN_SCOPE)
    assert isinstance(verdict, Todo if is_tried else Asking)


def test_tries_again_what_failed_before_the_mapping_was_changed():
    written = {"write_mapping": {"at": ago(minutes=4).isoformat()}}
    desired = after(tried(FAILED))
    changed = step(applied={**desired.applied, "mappings": written})
    assert isinstance(assess(changed, IN_SCOPE), Todo)


def test_tries_nobody_again_by_itself_on_a_live_customer():
    desired = after(tried(FAILED, at=ago(hours=3)), evidence={"live": {}})
    verdict = instance(Asking, assess(desired, IN_SCOPE))
    assert verdict.recheck_in is None


def test_plans_the_same_however_often_people_answer():
    plans = [
        instance(Todo, assess(after(tried(FAILED, at=ago(hours=2)), answered_at={"pilot": at}), IN_SCOPE)).changes
        for at in (NAMED, NOW - timedelta(minutes=3))
    ]
    assert fingerprint(plans[0]) == fingerprint(plans[1])


def test_asks_meanwhile_where_more_have_to_be_tried_again_than_is_allowed():
    runs = [tried(FAILED, at=ago(hours=2)), *(tried(ran(), SAME, person=JAN, at=NOW, after=str(n)) for n in range(2))]
    runs[2]["at"] = ago(seconds=1).isoformat()
    verdict = instance(Asking, assess(after(*runs, **BOTH), named(EVA, JAN)))
    assert verdict.recheck_in == timedelta(seconds=10)


def test_tries_again_whoever_is_named_again():
    assert isinstance(assess(after(tried(FAILED), answered_at={"pilot": ago(minutes=4)}), IN_SCOPE), Todo)


@pytest.mark.parametrize("earlier", [{"job_id": "other"}, {"person_id": "other"}])
def test_knows_nothing_by_an_attempt_of_another_job_or_person(earlier):
    assert isinstance(assess(after(tried(FAILED) | earlier), IN_SCOPE), Todo)


def test_tries_anew_whom_an_earlier_release_has_tried():
    old = {"person_id": "u-1", "asked": ASKED, "job_id": JOB, "at": AT, "arrived": True, "result": "Success"}
    assert isinstance(assess(step(applied={"pilot": {"provision": old}}), IN_SCOPE), Todo)


# What Haiilo gives back


def again(**old):
    """A second run that writes these once more; each with what Haiilo gave back before."""
    written = [
        {"displayName": name.replace("__", "."), "oldValue": value, "newValue": "x"} for name, value in old.items()
    ]
    return ran(answer=on_demand_a("Success", action="Update", modifiedProperties=written))


FIRST = again(userName=None, name__givenName=None, active=None)


@pytest.mark.parametrize("second", [again(active=None), again(active="", name__givenName=None)])
def test_warns_of_what_haiilo_does_not_give_back(second):
    verdict = assess(after(tried(FIRST, second)), IN_SCOPE)
    assert isinstance(verdict, Done)
    assert "does not give back: active" in texts(verdict.warnings)
    behind = step(evidence={"pilot": verdict.evidence.to_json()})
    assert texts(instance(Done, assess(behind, Facts())).warnings) == texts(verdict.warnings)


@pytest.mark.parametrize(
    "second",
    [again(active="True"), again(userName=None), again(title=None), again(active=None, name__givenName="Ewa"), again()],
)
def test_does_not_believe_a_haiilo_that_gives_back_something_else(second):
    verdict = assess(after(tried(FIRST, second)), IN_SCOPE)
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
    verdict = instance(Asking, assess(after(tried(result)), IN_SCOPE))
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
    ({**ran(), "arrived": False}, OURS, Court.HAIILO, "no reason"),
]


@pytest.mark.parametrize(("result", "code", "court", "says"), FAILURES)
def test_explains_a_failure_and_who_acts(result, code, court, says):
    verdict = assess(after(tried(result)), IN_SCOPE)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(verdict.question)


def test_tells_the_customers_admin_what_is_to_be_done_in_entra():
    verdict = assess(after(tried(FAILED)), IN_SCOPE)
    [cause] = [each for each in CAUSES if each.code == verdict.code]
    told = str(cause.for_customer(verdict.question.values))
    assert told.startswith("The account of Eva Berg could not be created in Haiilo. ")
    assert "Entra" in told


OLD = {"job_id": JOB, "asked": ASKED, "name": "Eva Berg"}
NEW = {"job_id": JOB, "people": [{"id": "u-1", "name": "Eva Berg", "named": "eva@nordwind.example"}]}


@pytest.mark.parametrize("seen", [OLD, NEW])
def test_lets_the_pilot_rest_once_it_went_through(seen):
    behind = {"pilot": seen}
    verdict = instance(Done, assess(step(evidence=behind), Facts()))
    assert str(verdict.note) == "Test account for Eva Berg created and verified"
    later = {"answered_at": {"pilot": NOW + timedelta(hours=1)}, "answers": {"pilot": {"people": ["eva", "jan"]}}}
    assert isinstance(assess(step(evidence=behind, **later), IN_SCOPE), Todo)
    other_job = step(evidence=behind | {"connection": EVIDENCE["connection"] | {"job_id": "new"}})
    assert isinstance(assess(other_job, IN_SCOPE), Todo)


def test_lets_it_rest_when_one_of_several_is_not_named_any_more():
    people = [{"id": "u-1", "named": "eva@nordwind.example"}, {"id": "u-2", "named": "jan"}]
    behind = {"pilot": {"job_id": JOB, "people": people}}
    assert isinstance(assess(step(evidence=behind), Facts()), Done)


# What is sent


def test_sends_rule_and_person_and_keeps_the_outcome(tenant, far):
    path = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}/provisionOnDemand"
    far.on("POST", path, Reply(200, on_demand_a()))
    [change] = instance(Todo, assess(step(), IN_SCOPE)).changes
    result: Any = Pilot().apply(tenant, step(), change)
    sent = far.seen("POST", path)
    subject = {"objectId": "u-1", "objectTypeName": "User"}
    assert [asked.json for asked in sent] == [{"parameters": [{"ruleId": "rule-1", "subjects": [subject]}]}] * 2
    assert (result["person_id"], result["first"]["arrived"], result["at"]) == ("u-1", True, AT)
    assert "untold" not in result


def test_sends_nothing_a_second_time_that_did_not_arrive_and_tells_the_same_once(tenant, far):
    path = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}/provisionOnDemand"
    far.on("POST", path, Reply(200, on_demand_a("Failure", "MandatoryFieldsMissing")))
    desired = after(tried(FAILED, at=ago(hours=1)))
    [change] = instance(Todo, assess(desired, IN_SCOPE)).changes
    result: Any = Pilot().apply(tenant, desired, change)
    assert len(far.seen("POST", path)) == 1
    assert (result["second"], result["untold"]) == (None, True)
    other = after(tried(ran("Failure", "EntryConflict"), at=ago(hours=1)))
    assert "untold" not in present(Pilot().apply(tenant, other, change))


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
