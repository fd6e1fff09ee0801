from html import unescape

import pytest
from django.template.loader import render_to_string

from onboarding.causes.base import ContactRole
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import Asking, Court
from onboarding.steps.forms import form_for
from onboarding.steps.readiness.step import Facts, Readiness
from onboarding.steps.shared import owned_objects
from onboarding.steps.shared.applications import Candidate
from onboarding.steps.shared.owned_objects import OwnedObjects, Owning, UnexpectedObject, ask
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH
from onboarding.steps.shared.permissions import GRAPH
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION, SERVICE_PRINCIPAL
from tests.narrow import instance, present
from tests.steps.facts import APP, CHOSEN, app, at_step, organization

OURS, PAYROLL, REGISTRATION, TEAM = "ours", "payroll", "registration", "team"
SPS = "/v1.0/servicePrincipals"
KIND = "#microsoft.graph."
EMPTY = Reply(200, {"value": []})
ROLE = {"id": "r", "appRoleId": "x", "principalId": PAYROLL, "resourceId": "graph"}
BASE = "https://graph.microsoft.com/v1.0"


def thing(identity, kind="servicePrincipal", name="", app_id=None):
    return {"id": identity, "@odata.type": KIND + kind, "displayName": name or None, "appId": app_id}


def own(far, *things):
    far.on("GET", f"{SPS}(appId='our-client-id')", Reply(200, {"id": OURS, "appId": "our-client-id"}))
    far.on("GET", f"{SPS}/{OURS}/ownedObjects", Reply(200, {"value": list(things)}))


def held(tenant):
    return owned_objects.read(tenant.graph, tenant.client_id)


OURS_TO_TOUCH = (thing(APP, name="Haiilo SSO", app_id="b2d1"), thing(REGISTRATION, "application", "Haiilo SSO", "b2d1"))


# What we own of one application


def test_knows_both_ownerships_from_one_list(tenant, far):
    own(far, *OURS_TO_TOUCH)
    assert owned_objects.owning(tenant.graph, held(tenant), app(app_id="b2d1")) == Owning(
        OURS, True, REGISTRATION, True
    )
    assert [asked.path for asked in far.asked] == [f"{SPS}(appId='our-client-id')", f"{SPS}/{OURS}/ownedObjects"]


def test_looks_for_the_registration_that_it_does_not_own(tenant, far):
    own(far, OURS_TO_TOUCH[0])
    far.on("GET", "/v1.0/applications", Reply(200, {"value": [{"id": REGISTRATION, "appId": "b2d1"}]}))
    assert owned_objects.owning(tenant.graph, held(tenant), app(app_id="b2d1")) == Owning(
        OURS, True, REGISTRATION, False
    )


def test_finds_no_registration_where_it_is_in_another_tenant(tenant, far):
    own(far)
    far.on("GET", "/v1.0/applications", EMPTY)
    seen = owned_objects.owning(tenant.graph, held(tenant), app(app_id="b2d1"))
    assert seen == Owning(OURS, False)
    assert not seen.lacks_registration


def test_takes_the_registration_of_another_application_for_none_of_this_one(tenant, far):
    own(far, thing(REGISTRATION, "application", "Haiilo SSO", "other"))
    far.on("GET", "/v1.0/applications", EMPTY)
    assert owned_objects.owning(tenant.graph, held(tenant), app(app_id="b2d1")).registration_id == ""


# What we own besides


def beside(tenant):
    return owned_objects.unexpected(tenant.graph, held(tenant), {APP}, {"b2d1"})


def test_finds_nothing_too_much_in_what_is_bound(tenant, far):
    own(far, *OURS_TO_TOUCH)
    assert beside(tenant) == ()


def test_finds_what_is_too_much_the_powerful_first(tenant, far):
    calendar, team = thing("calendar", name="Calendar"), thing(TEAM, "group", "A team")
    own(far, *OURS_TO_TOUCH, calendar, team, thing(PAYROLL, name="Payroll"))
    far.on("GET", f"{SPS}/calendar/appRoleAssignments", EMPTY)
    far.on("GET", f"{SPS}/{PAYROLL}/appRoleAssignments", Reply(200, {"value": [ROLE]}))
    assert beside(tenant) == (
        UnexpectedObject(PAYROLL, "servicePrincipal", "Payroll", True),
        UnexpectedObject(TEAM, "group", "A team"),
        UnexpectedObject("calendar", "servicePrincipal", "Calendar"),
    )


def test_counts_the_registration_behind_an_application_with_powers(tenant, far):
    own(far, thing("payroll-app", "application", "Payroll", "p-1"))
    far.on("GET", f"{SPS}(appId='p-1')", Reply(200, SERVICE_PRINCIPAL | {"id": PAYROLL}))
    far.on("GET", f"{SPS}/{PAYROLL}/appRoleAssignments", Reply(200, {"value": [ROLE]}))
    assert beside(tenant) == (UnexpectedObject("payroll-app", "application", "Payroll", True),)


def test_names_by_its_id_what_it_may_not_read_or_what_is_gone(tenant, far):
    own(far, thing(TEAM, "group"), thing(PAYROLL, name="Payroll"))
    far.on("GET", f"{SPS}/{PAYROLL}/appRoleAssignments", Reply(404, {"error": {"code": "Request_ResourceNotFound"}}))
    assert [(extra.name, extra.powerful) for extra in beside(tenant)] == [("Payroll", False), (TEAM, False)]


def test_names_all_that_is_too_much_but_looks_closely_at_some(tenant, far):
    many = [
        thing(f"app-{number:02}", name=f"App {number:02}") for number in range(owned_objects.MAX_LOOKED_AT_CLOSELY + 5)
    ]
    own(far, *many)
    for each in many:
        far.on("GET", f"{SPS}/{each['id']}/appRoleAssignments", EMPTY)
    assert len(beside(tenant)) == len(many)
    assert sum(asked.path.endswith("/appRoleAssignments") for asked in far.asked) == owned_objects.MAX_LOOKED_AT_CLOSELY


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("servicePrincipal", "servicePrincipals"),
        ("application", "applications"),
        ("group", "groups"),
        ("", "directoryObjects"),
    ],
)
def test_knows_the_request_that_gives_it_back(kind, path):
    assert UnexpectedObject("x", kind, "X").request(OURS) == f"DELETE {BASE}/{path}/x/owners/{OURS}/$ref"


@pytest.mark.parametrize(
    ("extras", "says"),
    [
        (
            [UnexpectedObject(PAYROLL, "servicePrincipal", "Payroll", True)],
            "“Payroll”, which is not ours to touch",
        ),
        ([UnexpectedObject(TEAM, "group", "Team")], "“Team”, which is not ours to touch"),
        (
            [UnexpectedObject(PAYROLL, "servicePrincipal", "Payroll", True), UnexpectedObject(TEAM, "group", "Team")],
            "Payroll, Team",
        ),
    ],
)
def test_says_what_who_and_how(extras, says):
    asking = ask(extras, OURS)
    assert (asking.code, asking.court) == (OWNS_TOO_MUCH.code, Court.CUSTOMER)
    assert says in str(asking.question)
    assert "administrator of the tenant" in str(asking.question)
    assert [str(each) for each in asking.warnings] == [
        f"“{extra.name}” has permissions of its own in the tenant." for extra in extras if extra.powerful
    ]
    letter = OWNS_TOO_MUCH.for_letter(asking.question.values)
    page = unescape(render_to_string("parts/owned_beside.html", {"owned_beside": asking.offers["owned_beside"]}))
    for extra in extras:
        for text in (str(letter), page):
            assert extra.name in text
            assert extra.request(OURS) in text
        assert extra.name in str(OWNS_TOO_MUCH.for_customer(asking.question.values))
    assert (OWNS_TOO_MUCH.by_link, OWNS_TOO_MUCH.contacts[0]) == (False, ContactRole.SSO_OWNER)
    assert "Application Administrator" in str(present(OWNS_TOO_MUCH.needs).role)
    assert page.count("data-copy=") == len(extras)
    assert ("has permissions of its own" in page) is any(extra.powerful for extra in extras)


# Readiness


def scoped(step="readiness", **fields):
    return at_step(step, size=consent_sizes.SCOPED, **fields)


def test_stops_at_readiness_whatever_else_is_well():
    granted = frozenset(consent_sizes.SCOPED.names)
    owned = Candidate(app(), ("scim",), owning=Owning(OURS, True))
    well = Facts(granted, organization=organization(), candidates=(owned,))
    extra = Facts(
        granted, organization=organization(), candidates=(owned,), extras=(UnexpectedObject("x", "", "X"),), our_id=OURS
    )
    for step in ("readiness", "live"):
        assert not isinstance(Readiness().assess(scoped(step), well), Asking)
        assert instance(Asking, Readiness().assess(scoped(step), extra)).code == OWNS_TOO_MUCH.code
    assert form_for("readiness", kind="asking", code=OWNS_TOO_MUCH.code, offers={}) is None


def granted_all(far, size):
    roles = [{"id": f"id-of-{name}", "value": name} for name in size.names]
    far.on("GET", f"{SPS}(appId='{GRAPH}')", Reply(200, {"id": "graph", "appId": GRAPH, "appRoles": roles}))
    rows = [
        {"id": name, "appRoleId": f"id-of-{name}", "principalId": OURS, "resourceId": "graph"} for name in size.names
    ]
    far.on("GET", f"{SPS}/{OURS}/appRoleAssignments", Reply(200, {"value": rows}))


def test_looks_at_what_is_owned_each_time_it_looks_at_readiness(tenant, far):
    own(far, *OURS_TO_TOUCH, thing(PAYROLL, name="Payroll"))
    granted_all(far, consent_sizes.SCOPED)
    far.on("GET", SPS, EMPTY)
    far.on("GET", f"{SPS}/{PAYROLL}/appRoleAssignments", Reply(200, {"value": [ROLE]}))
    chosen = {"sso_application": CHOSEN}  # its app id is b2d1
    far.on("GET", f"{SPS}/{APP}", Reply(404, {"error": {"code": "Request_ResourceNotFound"}}))
    facts = Readiness().read(tenant, scoped("live", evidence=chosen))
    assert (facts.extras, facts.our_id) == ((UnexpectedObject(PAYROLL, "servicePrincipal", "Payroll", True),), OURS)


def test_does_not_ask_what_is_owned_where_that_counts_for_nothing(tenant, far):
    granted_all(far, consent_sizes.STANDARD)
    far.on("GET", f"{SPS}(appId='our-client-id')", Reply(200, {"id": OURS, "appId": "our-client-id"}))
    far.on("GET", SPS, EMPTY)
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION]}))
    assert Readiness().read(tenant, at_step("readiness")).extras == ()
    assert not any("ownedObjects" in asked.path for asked in far.asked)


def test_offers_only_json():
    (line,) = ask([UnexpectedObject(PAYROLL, "servicePrincipal", "Payroll", True)], OURS).offers["owned_beside"]
    assert line == {
        "id": PAYROLL,
        "kind": "servicePrincipal",
        "name": "Payroll",
        "powerful": True,
        "request": f"DELETE {BASE}/servicePrincipals/{PAYROLL}/owners/{OURS}/$ref",
    }
    assert OwnedObjects(OURS).things == ()
    assert Sentence.from_json(ask([UnexpectedObject(TEAM, "group", "Team")], OURS).question.as_json()) is not None
