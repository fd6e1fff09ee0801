"""What goes wrong on the far side, what is said about it, whose court it is, and that it goes on once it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.customers import answers
from onboarding.models import Backup, ConsentAttempt, CustomerSecret, Event
from onboarding.steps.pilot.causes import Code
from tests import builders
from tests.narrow import present

from .conftest import answer_all, by_hand, customer_of, delete_job, look, until_quiet

pytestmark = pytest.mark.django_db
OLD_ADDRESS = "https://old.smarpshare.com/api/scim/v2"


def started(far):
    """A customer whose admin has just said yes, in this tenant."""
    far.consent()
    made = look(customer_of(far))
    builders.granted(made, far.id)
    return made


def again(made, key=None):
    """Somebody presses "look again"."""
    answers.recheck(made, actor=builders.owner_of(made), step_key=key)
    return look(made)


def answer(made, key, secrets=None, **given):
    answers.answer(made, key, actor=builders.owner_of(made), answer=given, secrets=secrets)


def age_consent(made, **how_long):
    for attempt in ConsentAttempt.objects.filter(link__onboarding=made):
        attempt.granted_at = present(attempt.granted_at) - timedelta(**how_long)
        attempt.save()


def said(made, key):
    state = builders.state(made, key)
    return f"{state.sentence} " + " ".join(str(warning) for warning in state.warnings)


@pytest.mark.parametrize("wishes", [{"calm": False}, {"switches": {"F10": True}}, {"switches": {"F7": True}}])
def test_reaches_live_all_the_same_with_one_job(tenant_at, wishes):
    far = tenant_at(**wishes)
    made = answer_all(started(far), far)
    assert made.state == "live"
    scope = far["scope"]
    assert len(far.arrived()) == scope["direct"] + scope["by_group"] + scope["guests"]
    own = [job for job in far.jobs() if job["id"] == builders.state(made, "connection").evidence["job_id"]]
    ours = by_hand(far).synchronization.jobs(far["service_principal_id"])
    assert len(own) == len(ours) == 1


def test_leads_a_home_customer_over_an_application_of_its_own(tenant_at):
    far = tenant_at(product="home", haiilo_host="nordwind.haiilo.example")
    far.consent()
    made = look(builders.onboarding(product="home", haiilo_host=far["haiilo_host"], domains=[far["domain"]]))
    builders.granted(made, far.id)
    answer_all(made, far)
    assert made.state == "live"
    assert builders.state(made, "sso_application").evidence["service_principal_id"] == far["service_principal_id"]
    assert far.arrived()


def test_tells_a_tenant_without_licence_what_it_will_miss_and_goes_on(tenant_at):
    far = tenant_at(licence="none")
    made = answer_all(started(far), far)
    assert made.state == "live"
    assert "groups need P1" in said(made, "readiness")
    assert builders.state(made, "live").evidence["in_haiilo"] == len(far.arrived())


def test_waits_for_half_a_consent_and_then_asks_for_a_whole_one(tenant_at):
    far = tenant_at(switches={"F4": True})
    made = look(started(far))
    assert made.current_kind == "waiting"
    age_consent(made, minutes=20)
    again(made)
    assert (made.current_kind, made.current_court) == ("asking", "customer")
    assert "Permissions are missing" in said(made, made.current_key)
    far.switch(F4=False)
    far.consent()
    builders.granted(made, far.id)
    until_quiet(made, far)
    assert made.current_key == "connection"


def test_says_that_an_application_from_a_registration_cannot_take_provisioning(tenant_at):
    far = tenant_at(switches={"F6": True})
    made = until_quiet(started(far), far)
    assert (made.current_key, made.current_court) == ("sso_application", "customer")
    assert "non-gallery" in said(made, "sso_application")
    far.switch(F6=False)
    again(made)
    assert made.current_key == "connection"


def test_tells_a_wrong_token_from_a_haiilo_that_refuses_everything(consented, far):
    until_quiet(consented, far)
    answer(consented, "connection", {"scim_token": "wrong"}, token_saved=True)
    look(consented)
    assert (consented.current_key, consented.current_kind, consented.current_court) == ("connection", "asking", "cs")
    assert "Haiilo refused the token" in said(consented, "connection")
    assert far.jobs() == []
    assert far.graph_calls("PUT", "/secrets") == []
    answer(consented, "connection", {"scim_token": f" Bearer {far['scim_token']}\n"}, token_saved=True)
    until_quiet(consented, far)
    assert consented.current_key == "mappings"


def test_erases_our_copy_of_the_token_once_nobody_has_to_send_it_again(consented, far):
    answer_all(consented, far, until="enable")
    assert CustomerSecret.objects.filter(onboarding=consented).exists()
    answer_all(consented, far)
    assert not CustomerSecret.objects.filter(onboarding=consented).exists()
    assert Event.objects.filter(onboarding=consented, kind="released").count() == 1


def test_takes_a_new_token_on_a_live_tenant_by_a_persons_yes(consented, far):
    answer_all(consented, far)
    puts = len(far.graph_calls("PUT", "/secrets"))
    answer(consented, "connection", {"scim_token": far["scim_token"]}, token_saved=True)
    look(consented)
    assert builders.state(consented, "connection").kind == "todo"
    assert len(far.graph_calls("PUT", "/secrets")) == puts
    answer_all(consented, far)
    assert len(far.graph_calls("PUT", "/secrets")) == puts + 1
    assert not CustomerSecret.objects.filter(onboarding=consented).exists()


NAMED = {
    "sourceOperandName": "userPrincipalName",
    "operatorName": "IS NOT NULL",
    "targetOperand": {"values": []},
}


def people_in(schema):
    """The mapping of people."""
    [people] = [
        each
        for rule in schema["synchronizationRules"]
        for each in rule["objectMappings"]
        if each["sourceObjectName"].lower() == "user"
    ]
    return people


def filters_of(far):
    """What decides, beside the assignments, who is sent by the job that is there."""
    [job] = far.jobs()
    schema = by_hand(far).synchronization.schema(far["service_principal_id"], job["id"])
    groups = (people_in(schema)["scope"] or {}).get("groups") or []
    return [clause["sourceOperandName"] for group in groups for clause in group["clauses"]]


def old_job(far):
    """A job that the customer's admin made by hand, with another mapping and another address."""
    graph, app = by_hand(far), far["service_principal_id"]
    job = graph.synchronization.create_job(app, "scim")
    schema = graph.synchronization.schema(app, job.id)
    people_in(schema)["scope"] = {"groups": [{"name": "Who has a name", "clauses": [NAMED]}]}
    graph.synchronization.put_schema(app, job.id, schema)
    settings = {"SyncAll": "false", "SyncNotificationSettings": "{}", "SkipOutOfScopeDeletions": "True"}
    graph.synchronization.put_secrets(app, {"BaseAddress": OLD_ADDRESS, "SecretToken": "old", **settings})
    return job.id


@pytest.mark.parametrize(("word", "kept"), [("adopt", True), ("replace", False)])
def test_adopts_or_replaces_a_job_of_others_as_a_person_says(consented, far, word, kept):
    before = old_job(far)
    until_quiet(consented, far)
    state = builders.state(consented, "sso_application")
    assert (state.kind, state.code) == ("asking", "existing_job")
    assert state.offers["jobs"][0]["base_address"] == OLD_ADDRESS
    answer(consented, "sso_application", existing_job=word)
    until_quiet(consented, far)
    answer(consented, "connection", {"scim_token": far["scim_token"]}, token_saved=True)
    until_quiet(consented, far)
    assert builders.state(consented, "connection").kind == "todo", "nothing of others is changed without a yes"
    assert [job["id"] for job in far.jobs()] == [before]
    answer_all(consented, far)
    assert consented.state == "live"
    [job] = far.jobs()
    assert job["id"] == before, "of the same template and application"
    assert (not far.graph_calls("DELETE", "/jobs/")) is kept
    kept_copies = list(Backup.objects.filter(onboarding=consented).order_by("pk"))
    assert kept_copies[0].document["job_id"] == before
    assert kept_copies[0].document["schema"]["synchronizationRules"]
    stored = by_hand(far).synchronization.secrets(far["service_principal_id"])
    assert stored["SkipOutOfScopeDeletions"] == "True"
    assert filters_of(far) == ["userPrincipalName"], "whom the customer leaves out stays left out, in a new job too"


def test_takes_the_scoping_filters_over_into_the_job_that_is_made_after_one_was_deleted(consented, far):
    old_job(far)
    until_quiet(consented, far)
    answer(consented, "sso_application", existing_job="adopt")
    until_quiet(consented, far)
    answer(consented, "connection", {"scim_token": far["scim_token"]}, token_saved=True)
    answer_all(consented, far, until="enable")
    [job] = far.jobs()
    by_hand(far).synchronization.delete_job(far["service_principal_id"], job["id"])
    again(consented)
    answer(consented, "connection", {"scim_token": far["scim_token"]}, token_saved=True)
    answer_all(consented, far, until="enable")
    assert filters_of(far) == ["userPrincipalName"]


def test_makes_no_new_job_silently_when_ours_was_deleted_by_hand(consented, far):
    answer_all(consented, far, until="enable")
    [job] = far.jobs()
    delete_job(consented, far)
    again(consented)
    assert builders.state(consented, "connection").kind == "todo"
    assert "deleted" in said(consented, "connection")
    assert far.jobs() == []
    answer_all(consented, far)
    assert consented.state == "live"
    [new] = far.jobs()
    assert new["id"] == job["id"], "of the same template and application"
    assert len([call for call in far.graph_calls("POST", "/jobs") if call["path"].endswith("/jobs")]) == 2
    assert len(far.arrived()) == sum(far["scope"][key] for key in ("direct", "by_group", "guests"))


def test_counts_the_scope_as_the_tenant_has_it(consented, far):
    answer_all(consented, far, until="pilot")
    evidence, scope = builders.state(consented, "scope").evidence, far["scope"]
    assert (evidence["direct"], evidence["by_group"]) == (scope["direct"] + scope["guests"], scope["by_group"])
    assert (evidence["guests"], evidence["disabled"], evidence["nested_groups"]) == (1, 1, 1)


def test_asks_the_customer_to_assign_somebody_and_goes_on(tenant_at):
    far = tenant_at(users=0, group_members=0)
    made = started(far)
    for name in ("guest", "disabled"):
        far.change_user(far[name]["user_name"], assigned=False)
    answer_all(made, far, until="scope")
    assert (made.current_key, made.current_court) == ("scope", "customer")
    assert "contain only other groups" in said(made, "scope")
    far.change_user(far["unassigned"]["user_name"], assigned=True)
    again(made)
    assert made.current_key == "pilot"


@pytest.mark.parametrize(
    ("switch", "court", "code", "says"),
    [
        ("F11", "customer", Code.FAILED_BY_CUSTOMER, "not assigned"),
        ("F13", "customer", Code.FAILED_BY_CUSTOMER, "matching attribute"),
        ("F14", "customer", Code.FAILED_BY_CUSTOMER, "“last name” is empty"),
        ("F17", "cs", Code.PILOT_FAILED, "another account"),
        ("F18", "cs", Code.PILOT_FAILED, "More than one Haiilo account"),
        ("F27", "haiilo", Code.FAILED_FOR_ENGINEERS, "Haiilo failed"),
    ],
)
def test_explains_a_pilot_that_did_not_get_through(consented, far, switch, court, code, says):
    answer_all(consented, far, until="pilot")
    far.switch(**{switch: True})
    person = far["pilot"]["user_name"]
    answer(consented, "pilot", person=person)
    look(consented)
    state = builders.state(consented, "pilot")
    assert (state.kind, state.code) == ("asking", code), said(consented, "pilot")
    assert says in said(consented, "pilot")
    assert state.court == court


@pytest.mark.parametrize("switch", ["F11", "F13", "F14", "F27"])
def test_tries_the_same_person_again_once_the_cause_is_mended(consented, far, switch):
    answer_all(consented, far, until="pilot")
    for on in (True, True, True, True, False):
        far.switch(**{switch: on})
        answer(consented, "pilot", person=far["pilot"]["user_name"])
        until_quiet(consented, far)
        assert consented.current_key == ("pilot" if on else "enable")


def test_understands_the_other_shape_of_an_on_demand_run(tenant_at):
    far = tenant_at(switches={"on_demand_array": True})
    made = answer_all(started(far), far, until="enable")
    assert builders.state(made, "pilot").evidence["read_back"]


@pytest.mark.parametrize(
    ("switch", "court", "says"),
    [
        ("F26", "haiilo", "403 (Forbidden)"),
        ("F9", "cs", "refused the token"),
        ("F28", "cs", "and says: The service met"),
    ],
)
def test_says_at_once_why_a_live_job_was_put_aside(consented, far, switch, court, says):
    answer_all(consented, far)
    far.switch(**{switch: True})
    far.control.advance_clock(hours=1)
    far.run_cycles()
    again(consented, "live")
    state = builders.state(consented, "live")
    assert (state.kind, state.court) == ("broken", court)
    assert says in said(consented, "live")


def test_shows_a_job_that_was_stopped_by_hand_and_starts_it_by_a_new_yes_only(consented, far):
    answer_all(consented, far)
    [job] = far.jobs()
    starts = len(far.graph_calls("POST", "/start"))
    by_hand(far).synchronization.pause(far["service_principal_id"], job["id"])
    again(consented)
    assert builders.state(consented, "live").code == "paused"
    assert builders.state(consented, "enable").kind == "todo"
    again(consented)
    assert len(far.graph_calls("POST", "/start")) == starts
    answer_all(consented, far)
    assert len(far.graph_calls("POST", "/start")) == starts + 1
    assert consented.current_kind == "done"
