"""From setting up to watching only, and back: what was read, and what it means."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from pytest_django import Settings

from graphclient import GraphClient
from graphclient.probes import Finding, Probe
from onboarding.domain import consent_sizes
from onboarding.domain.desired import ReadOnlyDesired
from onboarding.domain.lifecycle import Milestone
from onboarding.domain.verdicts import Asking, Court, Done, Waiting
from onboarding.steps.connection.step import Connection
from onboarding.steps.connection.step import Facts as Connected
from onboarding.steps.consent import step as consent
from onboarding.steps.enable.step import Enable
from onboarding.steps.read_only.causes import CAUSES, SETUP_STILL_THERE
from onboarding.steps.read_only.evidence import ReadOnlyEvidence
from onboarding.steps.read_only.step import Facts, ReadOnly, milestone
from onboarding.steps.readiness import abilities
from onboarding.steps.scope.step import Scope
from onboarding.steps.shared import credentials, secrets
from onboarding.steps.shared.applications import find
from onboarding.steps.shared.permissions import RECHECK_YOUNG_AFTER
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.graphclient.samples import job as job_json
from tests.steps.facts import (
    APP,
    BASE_URL,
    HOST,
    JOB,
    TENANT,
    FakeTenant,
    ago,
    at_step,
    consent_seen,
    finished,
    link,
    organization,
)

assess = ReadOnly().assess
MONITOR, SETUP, GRAPH = "monitor-client", "setup-client", "00000003-0000-0000-c000-000000000000"
ALL = frozenset(consent_sizes.MONITOR.names)
SYNC = f"/v1.0/servicePrincipals/{APP}/synchronization"
REFUSED = Reply(401, {"error": {"code": "UnknownError", "message": ""}})
SEEN = consent.Facts(organization())
REFUSED_FOR_LACK = consent.Facts(permission_missing=True)
LONG_AGO = consent_seen(granted_at=ago(minutes=20))


@pytest.fixture(autouse=True)
def registered(settings: Settings) -> None:
    settings.ENTRA_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = SETUP, MONITOR


def mode(**fields):
    return ReadOnlyDesired(**{"setup": consent_sizes.STANDARD, "link": link(), "consent": consent_seen(), **fields})


def look(facts, **fields):
    return assess(at_step("live", read_only=mode(**fields)), facts)


def complete(**fields):
    return Facts(**{"tenant": SEEN, "granted": ALL, "reads_job": True, "let_in": True, "name": "Haiilo", **fields})


@pytest.mark.parametrize(
    ("link_", "code", "court"),
    [
        (None, "no_link", Court.CS),
        (link(), "link_sent", Court.CUSTOMER),
        (link(expires_at=ago(hours=1)), "link_expired", Court.CS),
    ],
)
def test_asks_for_the_approval_first(link_, code, court):
    verdict = look(Facts(), consent=None, link=link_)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert milestone(verdict) is Milestone.NONE


@pytest.mark.parametrize("error", ["declined", "not_allowed", "blocked"])
def test_says_why_the_admin_did_not_approve(error):
    verdict = look(Facts(), consent=consent_seen(granted_at=None, error=error))
    assert isinstance(verdict, Asking)
    assert verdict.code == error


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(REFUSED_FOR_LACK),
        Facts(SEEN),
        complete(granted=ALL - {"User.Read.All"}),
        complete(reads_job=None, let_in=None),
    ],
    ids=str,
)
def test_waits_out_the_spreading_and_then_asks_for_a_whole_consent(facts):
    assert isinstance(look(facts), Waiting)
    verdict = look(facts, consent=LONG_AGO)
    assert isinstance(verdict, Asking)
    assert verdict.court is Court.CUSTOMER
    assert verdict.code in ("permissions_missing", "permissions_incomplete", "consent_missing")
    assert milestone(verdict) is Milestone.NONE


def test_names_what_half_a_consent_lacks():
    lacks = consent_sizes.MONITOR.names[3:]
    unread = consent.Facts(permission_missing=True, missing=lacks)
    for facts in (Facts(unread), complete(granted=frozenset(consent_sizes.MONITOR.names[:3]))):
        verdict = look(facts, consent=LONG_AGO)
        assert isinstance(verdict, Asking)
        assert verdict.offers["missing"] == list(lacks)
        assert "User.Read.All" in str(verdict.question)


HALF = (
    Facts(consent.Facts(permission_missing=True, missing=consent_sizes.MONITOR.names[3:], has_some=True)),
    complete(granted=frozenset(consent_sizes.MONITOR.names[:3])),
)


@pytest.mark.parametrize("facts", HALF, ids=("tenant_unread", "tenant_read"))
def test_names_half_of_a_young_consent_at_the_second_look_that_finds_it_so(facts):
    lacks = list(consent_sizes.MONITOR.names[3:])

    def again(before):
        return assess(at_step("live", read_only=mode(), seen_before=before), facts)

    first = again({"consent": {"missing": lacks}})
    assert isinstance(first, Waiting)
    assert first.offers == {"missing": lacks}
    second = again({"read_only": first.offers})
    assert isinstance(second, Asking)
    assert (second.code, second.offers["missing"]) == ("permissions_missing", lacks)
    assert second.recheck_in == RECHECK_YOUNG_AFTER
    assert isinstance(again({"read_only": {"missing": lacks[1:]}}), Waiting)


def test_watches_while_the_other_application_is_there_and_tells_what_it_is_called():
    verdict = look(complete())
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (SETUP_STILL_THERE.code, Court.CUSTOMER)
    assert verdict.offers == {"name": "Haiilo", "client_id": SETUP}
    assert "delete our other application, “Haiilo”" in str(SETUP_STILL_THERE.for_letter(verdict.question.values))
    assert milestone(verdict) is Milestone.READS_ONLY


def test_calls_what_is_to_go_by_its_id_where_its_name_is_not_read():
    assert f"“{SETUP}”" in str(look(complete(name="")).question)


def test_has_a_cause_for_whatever_it_may_ask():
    codes = [cause.code for cause in CAUSES]
    assert len(codes) == len(set(codes))
    assert {SETUP_STILL_THERE.code, "link_sent", "permissions_incomplete", "access_lost"} <= set(codes)


def test_is_done_once_microsoft_refuses_the_other_application():
    verdict = look(complete(let_in=False, name=""))
    assert isinstance(verdict, Done)
    assert verdict.evidence == ReadOnlyEvidence(removed=True)
    assert milestone(verdict) is Milestone.REMOVED


def test_never_watches_by_an_approval_of_another_tenant():
    elsewhere = consent_seen(signed_in_tenant="another")
    for facts in (complete(), complete(granted=frozenset()), Facts(REFUSED_FOR_LACK)):
        verdict = look(facts, consent=elsewhere)
        assert isinstance(verdict, Asking)
        assert verdict.code == "wrong_tenant"


def test_waits_for_a_job_that_is_not_seen_yet():
    verdict = look(complete(reads_job=False, let_in=None))
    assert isinstance(verdict, Waiting)
    assert milestone(verdict) is Milestone.NONE


def test_tells_lost_access_from_an_approval_that_never_came():
    assert look(Facts(), consent=LONG_AGO).code == "consent_missing"
    assert look(Facts(), consent=LONG_AGO, reads_only_since=ago(days=1)).code == "access_lost"


def test_sets_up_again_with_the_permissions_of_the_customers_size():
    way_up = {"reads_only_since": ago(days=3), "goes_up": True}
    assert mode(**way_up).asks_for is consent_sizes.STANDARD
    assert isinstance(look(complete(), consent=LONG_AGO, **way_up), Asking)
    verdict = look(complete(granted=frozenset(consent_sizes.STANDARD.names), reads_job=None, let_in=None), **way_up)
    assert isinstance(verdict, Done)
    assert milestone(verdict) is Milestone.ENDED


# Reading


@dataclass
class Seen(FakeTenant):
    """Remembers as which application it was looked at, and whether a token was asked for."""

    let_in: bool = True
    asked: list[str] = field(default_factory=list)

    def as_size(self, size):
        self.asked.append(size.key)
        self.client_id = size.client_id
        return self

    def is_let_in(self):
        self.asked.append("token?")
        return self.let_in


@pytest.fixture
def seen(graph: GraphClient) -> Seen:
    return Seen(graph)


def sp(identity, app_id, **more):
    return {"id": identity, "appId": app_id, "displayName": app_id, **more}


def approved(far, names=consent_sizes.MONITOR.names):
    """A tenant that has approved these permissions of the application for watching."""
    ours, graph = f"(appId='{MONITOR}')", f"(appId='{GRAPH}')"
    roles = [{"id": f"id-of-{name}", "value": name} for name in names]
    rows = [{"id": each["id"], "appRoleId": each["id"], "principalId": "1", "resourceId": "g"} for each in roles]
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION | {"id": TENANT}]}))
    far.on("GET", f"/v1.0/servicePrincipals{ours}", Reply(200, sp("1", MONITOR)))
    far.on("GET", f"/v1.0/servicePrincipals(appId='{SETUP}')", Reply(200, sp("2", SETUP)))
    far.on("GET", f"/v1.0/servicePrincipals{graph}", Reply(200, {**sp("g", GRAPH), "appRoles": roles}))
    far.on("GET", "/v1.0/servicePrincipals/1/appRoleAssignments", Reply(200, {"value": rows}))
    far.on("GET", f"{SYNC}/jobs/{JOB}", Reply(200, {**job_json(), "id": JOB}))


def read(seen, **fields):
    return ReadOnly().read(seen, at_step("live", read_only=mode(**fields)))


def test_looks_at_nothing_before_there_is_an_approval(seen, far):
    assert read(seen, consent=None) == Facts()
    assert (far.asked, seen.asked) == ([], [])


def test_reads_all_with_the_new_application_and_then_whether_the_other_one_is_let_in(seen, far):
    approved(far)
    facts = read(seen)
    assert (facts.granted, facts.reads_job, facts.let_in, facts.name) == (ALL, True, True, SETUP)
    assert seen.asked == ["monitor", "standard", "token?"]
    assert {asked.method for asked in far.asked} == {"GET"}


def test_looks_for_no_name_of_what_is_gone(seen, far):
    approved(far)
    seen.let_in = False
    assert (read(seen).let_in, read(seen).name) == (False, "")


def test_fetches_a_new_token_until_it_watches(seen, far):
    approved(far)
    read(seen)
    assert seen.forgotten == 1
    read(seen, reads_only_since=ago(days=1))
    assert seen.forgotten == 1


@pytest.mark.parametrize(
    "refused",
    ["/v1.0/organization", f"/v1.0/servicePrincipals(appId='{MONITOR}')", f"{SYNC}/jobs/{JOB}"],
    ids=["organization", "applications", "jobs"],
)
def test_asks_for_no_token_of_the_other_application_before_the_new_one_works(seen, far, refused):
    approved(far, consent_sizes.MONITOR.names if refused != "/v1.0/organization" else consent_sizes.MONITOR.names[:3])
    far.on("GET", refused, Reply(403, {"error": {"code": "Authorization_RequestDenied"}}))
    facts = read(seen)
    assert facts.let_in is None
    assert seen.asked == ["monitor"]


def test_needs_no_job_on_the_way_up(seen, far):
    """Where we reach only what we own, the job is not to be read before the admin makes us an owner again."""
    approved(far)
    far.on("GET", f"/v1.0/servicePrincipals(appId='{SETUP}')", Reply(200, sp("1", SETUP)))
    facts = read(seen, reads_only_since=ago(days=3), goes_up=True)
    assert (facts.granted, facts.reads_job, facts.let_in) == (ALL, None, None)
    assert seen.asked == ["standard"]


# What the other steps make of it while we only watch


def watched(step="live", **fields):
    return at_step(step, size=consent_sizes.MONITOR, **fields)


def test_reads_the_connection_without_testing_it(tenant, far):
    far.on("GET", f"{SYNC}/jobs", Reply(200, {"value": [{**job_json(), "id": JOB, "templateId": "scim"}]}))
    stored = [{"key": "BaseAddress", "value": BASE_URL}, {"key": "SecretToken", "value": "*"}]
    far.on("GET", f"{SYNC}/secrets", Reply(200, {"value": stored}))
    desired = watched()
    verdict = Connection().assess(desired, Connection().read(tenant, desired))
    assert isinstance(verdict, Done)
    assert "not tested" in str(verdict.note)
    assert {asked.method for asked in far.asked} == {"GET"}


def test_sees_an_address_that_somebody_changed_while_it_only_watches():
    facts = Connected((finished(),), {"BaseAddress": "https://evil.example/scim", "SecretToken": "*"})
    assert not isinstance(Connection().assess(watched(), facts), Done)


@pytest.mark.parametrize("step", [Connection(), Scope(), Enable()], ids=lambda step: step.key)
def test_goes_by_what_was_seen_last_where_it_may_not_read_what_is_stored(tenant, far, step):
    """Reading the stored settings is in no reference, so that a permission to read may not be enough for it."""
    far.on("GET", f"{SYNC}/secrets", REFUSED)
    far.on("GET", f"{SYNC}/jobs", Reply(200, {"value": [{**job_json(), "id": JOB, "templateId": "scim"}]}))
    far.on("GET", f"{SYNC}/jobs/{JOB}", Reply(200, {**job_json(), "id": JOB}))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo", Reply(200, {"value": []}))
    facts = step.read(tenant, watched())
    if step.key == "scope":
        assert facts.sync_all is False
    else:
        assert facts.stored["BaseAddress"] == BASE_URL
        assert isinstance(step.assess(watched(), facts), Done)
    if step.key != "scope":
        assert step.read(tenant, at_step("live")).stored["BaseAddress"] == BASE_URL


def test_remembers_address_scope_and_guard():
    before = secrets.as_seen_before(watched())
    assert before["BaseAddress"] == BASE_URL
    assert before["SyncAll"] == "false"
    assert secrets.guard_of(before) == 20
    assert secrets.guard_of(secrets.as_seen_before(watched("enable"))) is None
    assert json.loads(before[secrets.SETTINGS])["DeleteThresholdEnabled"] is True


def test_tests_no_token_at_all(tenant, far):
    assert credentials.try_saved(tenant.graph, watched(), finished()).works is None
    assert far.asked == []


def test_takes_none_of_our_applications_for_the_customers(tenant, far, settings):
    tenant.client_id = MONITOR
    rows = [sp("1", MONITOR), sp("2", SETUP), sp("3", "theirs", replyUrls=[f"https://{HOST}/saml"])]
    far.on("GET", "/v1.0/servicePrincipals", Reply(200, {"value": rows}))
    for row in rows:
        far.on("GET", f"/v1.0/servicePrincipals/{row['id']}/synchronization/templates", Reply(200, {"value": []}))
    assert [each.app.app_id for each in find(tenant, watched("sso_application"), closely=False)] == ["theirs"]


def test_claims_no_ability_that_we_gave_up():
    probes = [Probe(name, "", Finding.NOT_TRIED) for name in ("read provisioning", "change provisioning")]
    assert len(abilities.told(watched(), probes)) == 1
    assert len(abilities.told(at_step("live"), probes)) == 5
