"""Three sizes of consent: what each asks for, and an onboarding with the one that reaches only what we own."""

from __future__ import annotations

import re

import pytest

from devtools.stack.keys import SCOPED_CLIENT_ID
from onboarding.customers import answers
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import say
from onboarding.engine import graph_access, holds, ledger
from onboarding.engine.load_desired import load_desired
from onboarding.models import ConsentAttempt, Customer
from tests import builders

from .conftest import answer_all, as_own_application, customer_of, look

READS = [
    "Application.Read.All",
    "ProvisioningLog.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
]


@pytest.mark.parametrize(
    ("size", "names"),
    [
        (consent_sizes.STANDARD, ["Synchronization.ReadWrite.All", *READS]),
        (consent_sizes.SCOPED, ["Application.ReadWrite.OwnedBy", *READS]),
        (consent_sizes.MONITOR, ["Synchronization.Read.All", *READS]),
    ],
    ids=lambda value: getattr(value, "key", ""),
)
def test_asks_for_exactly_these_permissions(size, names):
    assert list(size.names) == names
    assert all(str(each.allows) and str(each.not_allows) for each in size.permissions)


@pytest.mark.parametrize("size", consent_sizes.SIZES, ids=lambda size: size.key)
def test_asks_in_no_size_for_what_would_take_over_a_tenant(size):
    never = re.compile(r"(Application|Directory|AppRoleAssignment|RoleManagement)\.\w*Write\w*\.All")
    assert [name for name in size.names if never.fullmatch(name)] == []


def test_changes_nothing_with_the_size_for_watching():
    assert [name for name in consent_sizes.MONITOR.names if "Write" in name] == []


@pytest.mark.parametrize(
    ("configured", "offered"),
    [
        ({}, ["standard"]),
        ({"ENTRA_SCOPED_CLIENT_ID": "s"}, ["standard", "scoped"]),
        ({"ENTRA_MONITOR_CLIENT_ID": "m"}, ["standard"]),
    ],
)
def test_offers_for_setting_up_what_is_registered_and_can(settings, configured, offered):
    settings.ENTRA_CLIENT_ID = "standard"
    settings.ENTRA_SCOPED_CLIENT_ID = settings.ENTRA_MONITOR_CLIENT_ID = ""
    for name, value in configured.items():
        setattr(settings, name, value)
    assert [size.key for size in consent_sizes.offered()] == offered


def scoped_customer(far):
    """Its admin has just approved the scoped application."""
    far.consent(client_id=SCOPED_CLIENT_ID)
    made = customer_of(far)
    Customer.objects.filter(pk=made.customer.pk).update(consent_size="scoped")
    made.refresh_from_db()
    look(made)
    builders.granted(made, far.id)
    ConsentAttempt.objects.filter(link__onboarding=made).update(consent_size="scoped")
    return made


@pytest.mark.django_db
def test_asks_to_be_made_an_owner_and_goes_on_once_it_is_one(registered, far):
    made = answer_all(scoped_customer(far), far, until="readiness")
    state = builders.state(made, "readiness")
    assert (state.kind, state.code, state.court) == ("asking", "not_owner", "customer")
    owner = state.offers["owner"]
    assert owner["service_principal_id"] == far["service_principal_id"]
    assert owner["client_id"] == SCOPED_CLIENT_ID
    far.own(SCOPED_CLIENT_ID)
    made = answer_all(made, far)
    assert made.state == "live"
    assert builders.state(made, "readiness").evidence["owner_of"]
    answers.recheck(made, actor=builders.owner_of(made), step_key="readiness")
    look(made)
    seen = {
        each["operation"]["text"]: each["verdict"] for each in builders.state(made, "readiness").evidence["abilities"]
    }
    assert (seen["write mappings"], seen["start provisioning"], seen["restart provisioning"]) == ("yes", "yes", "open")
    assert far.graph_calls("POST", "/restart") == []


@pytest.mark.django_db
def test_asks_for_one_ownership_after_the_other_and_goes_on_by_itself(registered, far):
    made = answer_all(scoped_customer(far), far, until="readiness")
    owner = builders.state(made, "readiness").offers["owner"]
    assert (owner["for_principal"], owner["for_registration"]) == (True, True)
    far.own(SCOPED_CLIENT_ID, application=False)
    look(made)
    state = builders.state(made, "readiness")
    assert (state.kind, state.code) == ("asking", "not_owner_of_registration")
    half = state.offers["owner"]
    assert (half["for_principal"], half["for_registration"]) == (False, True)
    assert half["application_id"] == owner["application_id"] != ""
    far.own(SCOPED_CLIENT_ID)
    look(made)
    assert (made.current_key, builders.state(made, "readiness").kind) == ("connection", "done")


def admin_of(far):
    """Graph as an administrator of the tenant has it."""
    client_id = "0ad10000-0000-4000-8000-000000000001"
    return as_own_application(far, client_id, "Graph Explorer", "Application.ReadWrite.All", "Application.Read.All")


def payroll_of(far):
    """Another application of the tenant, with permissions of its own, whose owner our application is made."""
    client_id = "0ad20000-0000-4000-8000-000000000002"
    far.control.register_app(client_id, "Payroll connector", permissions=["Directory.ReadWrite.All"])
    payroll = far.consent(client_id=client_id)
    far.own(SCOPED_CLIENT_ID, application=False, service_principal_id=payroll)
    return payroll


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["before", "live"])
def test_stands_still_while_it_owns_more_than_the_application(registered, far, when):
    made = scoped_customer(far)
    far.own(SCOPED_CLIENT_ID)
    if when == "live":
        made = answer_all(made, far)
        assert made.state == "live"
    assert holds.owns_too_much(made.pk) is None
    payroll = payroll_of(far)
    ledger.make_stale(made.pk, "readiness")
    look(made)
    state = builders.state(made, "readiness")
    assert (made.current_key, state.kind, state.code, state.court) == (
        "readiness",
        "asking",
        "owns_too_much",
        "customer",
    )
    assert "“Payroll connector”, which is not ours to touch" in str(state.sentence)
    assert state.warnings == [
        say("“%(name)s” has permissions of its own in the tenant.", name="Payroll connector").as_json()
    ]
    assert holds.owns_too_much(made.pk) == state
    assert made.events.filter(step="readiness", kind="asking", detail__code="owns_too_much").count() == 1
    (extra,) = state.offers["owned_beside"]
    assert (extra["id"], extra["powerful"]) == (payroll, True)
    method, _space, address = extra["request"].partition(" ")
    admin_of(far).send(method, address.removeprefix("https://graph.microsoft.com/v1.0"))
    look(made)
    assert holds.owns_too_much(made.pk) is None
    assert builders.state(made, "readiness").kind == "done"


@pytest.mark.django_db
def test_speaks_to_each_tenant_as_the_application_it_consented_to(registered, far):
    made = answer_all(scoped_customer(far), far, until="readiness")
    reach = graph_access.TenantSession(load_desired(made.pk))
    assert reach.client_id == SCOPED_CLIENT_ID
    assert reach.graph.organization.get().id == far.id
    standard, scoped = (graph_access.token_sources(key).of(far.id) for key in ("another", SCOPED_CLIENT_ID))
    assert standard is not scoped


@pytest.mark.django_db
def test_takes_an_approval_of_another_size_for_none(registered, far):
    made = scoped_customer(far)
    assert load_desired(made.pk).consent is not None
    Customer.objects.filter(pk=made.customer.pk).update(consent_size="standard")
    desired = load_desired(made.pk)
    assert (desired.consent, desired.link) == (None, None)
