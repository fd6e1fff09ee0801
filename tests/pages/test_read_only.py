"""Reading only from now on: the card of customer success, the admin's pages, and that nothing is changed meanwhile."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from onboarding.customers import read_only
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.invites import links
from onboarding.models import Approval, ConsentAttempt, CustomerSecret, Event, Link, Onboarding, ReadOnlyMode, StepState
from tests import builders
from tests.graphclient.entra import CLIENT, TENANT, Entra
from tests.graphclient.graph_stub import GraphStub
from tests.narrow import present
from tests.stored import Stored

from .desk import PLAN, open_record, post, read, stand
from .test_consent_forgery import ONE_THING_WRONG, Answer, World, check_consent, check_sign_in, consents_in, sign_ins_in
from .visitor import Invitation, Visitor, query_of, text_of

pytestmark = pytest.mark.django_db

SETUP, MONITOR = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f1", "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f3"
NUMBERS = {"created": 200, "updated": 0, "skipped": 0, "failed": 0, "code": "Active"}
LIVE = Done(Stored(NUMBERS), say("200 people are in Haiilo; the job runs."))
GONE = {"kind": "done", "court": "cs", "evidence": {"removed": True}}
STAYS = {
    "kind": "asking",
    "court": "customer",
    "code": "setup_still_there",
    "message": say("Read-only mode is on, but we still could write.").as_json(),
    "offers": {"name": "Haiilo onboarding", "client_id": SETUP},
}


@pytest.fixture(autouse=True)
def registered(settings: Settings) -> None:
    settings.ENTRA_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = SETUP, MONITOR


@pytest.fixture
def live(customer: Onboarding) -> Onboarding:
    return stand(customer, "live", LIVE)


def stepped(made, found=None, **times):
    """A read-only mode that has come so far, with what the last look found."""
    ReadOnlyMode.objects.update_or_create(
        onboarding=made, defaults={"asked_at": timezone.now(), "ended_at": None, "leave_asked_at": None, **times}
    )
    StepState.objects.update_or_create(
        onboarding=made, key="read_only", defaults={"checked_at": timezone.now(), **(found or {"kind": "new"})}
    )
    return Onboarding.objects.get(pk=made.pk)


def watching(made, found=STAYS, **times):
    return stepped(made, found, reads_only_since=timezone.now(), **times)


def address_in(page) -> str:
    return present(re.search(r"/l/([A-Za-z0-9_-]+)/", page.text))[1]


# Customer success


def test_offers_it_on_the_live_step_and_says_what_changes(alice, live):
    page = open_record(alice, live)
    for words in ("Switch to read-only mode", "can no longer repair anything", "Create the read-only link"):
        assert words in page.text


def test_offers_nothing_before_the_customer_is_live_nor_where_it_is_not_registered(alice, customer, settings):
    assert "Read only" not in open_record(alice, stand(customer, "mappings", PLAN)).text
    stand(customer, "live", LIVE)
    settings.ENTRA_MONITOR_CLIENT_ID = ""
    assert "Read only" not in open_record(alice, customer).text
    assert "not registered" in post(alice, "read_only", customer.pk, act="offer").text
    assert not ReadOnlyMode.objects.exists()


def test_makes_a_link_for_reading_only_that_is_shown_once_and_noted(alice, live):
    page = post(alice, "read_only", live.pk, act="offer")
    link = present(Link.objects.by_token(address_in(page)))
    assert link.consent_size == "monitor"
    assert ReadOnlyMode.objects.get().asked_by == builders.person("alice")
    assert "/l/" not in open_record(alice, live).text
    told = Event.objects.filter(onboarding=live, actor=builders.person("alice")).values_list("kind", flat=True)
    assert {"read_only", "link"} <= set(told)


def test_keeps_the_page_with_the_link_out_of_every_cache(alice, live):
    answer = alice.post(reverse("read_only", args=[live.pk]), {"act": "offer"})
    assert "no-store" in answer["Cache-Control"]


def test_proposes_the_approver_and_takes_the_one_that_was_chosen(alice, live):
    boris = live.contacts.create(name="Boris Amt", email="boris@contoso.example", role="approver")
    anna = live.contacts.get(name="Eva Berg")
    answer = alice.get(reverse("record", args=[live.pk])).content.decode()
    assert re.search(rf'<option value="{boris.pk}" selected>', answer)
    page = post(alice, "read_only", live.pk, act="offer", contact=anna.pk)
    assert present(Link.objects.by_token(address_in(page))).contact == anna
    assert "Send this link to Eva Berg" in page.text
    page = post(alice, "read_only", live.pk, act="offer")
    assert present(Link.objects.by_token(address_in(page))).contact == boris


@pytest.mark.parametrize("contact", ["999999", "x", "-1"])
def test_makes_no_link_for_somebody_who_is_no_contact(alice, live, contact):
    assert alice.post(reverse("read_only", args=[live.pk]), {"act": "offer", "contact": contact}).status_code == 404
    assert not Link.objects.filter(consent_size="monitor").exists()


def test_makes_no_link_for_a_contact_of_another_customer(alice, live):
    other = builders.onboarding().contacts.get()
    answer = alice.post(reverse("read_only", args=[live.pk]), {"act": "offer", "contact": other.pk})
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["offer", "up", "back", "look"])
def test_is_nothing_for_strangers(charlie, live, act):
    watching(live)
    before = Event.objects.count()
    assert charlie.post(reverse("read_only", args=[live.pk]), {"act": act}).status_code == 404
    assert (Event.objects.count(), Link.objects.count()) == (before, 0)


def test_knows_no_other_act_and_changes_nothing_on_a_get(alice, live):
    assert alice.post(reverse("read_only", args=[live.pk]), {"act": "erase"}).status_code == 404
    assert alice.get(reverse("read_only", args=[live.pk]))["Location"] == reverse("record", args=[live.pk])
    assert not ReadOnlyMode.objects.exists()


def test_names_the_missing_permissions_with_a_new_link_in_one_click(alice, live):
    names = ["User.Read.All", "Organization.Read.All"]
    message = say("Permissions are missing: %(names)s.", names=", ".join(names)).as_json()
    found = {"kind": "asking", "court": "customer", "code": "permissions_missing", "message": message}
    page = open_record(alice, stepped(live, {**found, "offers": {"missing": names}}))
    assert all(name in page.text for name in names)
    assert "Create a new link" in page.text
    assert "Properties > Delete" not in page.text


def test_never_tells_to_delete_the_set_up_application_before_watching_is_verified(alice, live):
    waiting = {"kind": "waiting", "court": "microsoft", "message": say("Microsoft is spreading it.").as_json()}
    assert "Properties > Delete" not in open_record(alice, stepped(live, waiting)).text
    page = open_record(alice, watching(live))
    for words in ("Properties > Delete", SETUP, "Haiilo onboarding", "still could write"):
        assert words in page.text


def test_shows_that_it_stepped_down_and_when_that_was_verified(alice, live):
    page = open_record(alice, watching(live, GONE, removed_at=timezone.now()))
    assert "Verified at" in page.text
    assert "Properties > Delete" not in page.text


def test_takes_an_offer_back(alice, live):
    token = address_in(post(alice, "read_only", live.pk, act="offer"))
    page = post(alice, "read_only", live.pk, act="back")
    assert "Withdrawn" in page.text
    assert present(Link.objects.by_token(token)).condition() == "revoked"
    assert "Switch to read-only mode" in page.text


def test_looks_when_asked_to(alice, live):
    watching(live)
    post(alice, "read_only", live.pk, act="look")
    assert builders.state(live, "read_only").checked_at is None


# While we only watch


def test_shows_a_plan_without_a_button_and_one_that_asks_to_set_up_again(alice, live):
    stand(live, "mappings", PLAN)
    Onboarding.objects.filter(pk=live.pk).update(state="live")
    watching(live)
    answer = alice.get(reverse("record", args=[live.pk])).content.decode()
    assert "Read-only mode. To change something, the admin has to approve the set-up application again." in answer
    assert reverse("step_approve", args=[live.pk, "mappings"]) not in answer
    assert answer.count("btn--primary") == 1
    page = post(alice, "read_only", live.pk, act="up")
    assert present(Link.objects.by_token(address_in(page))).consent_size == "standard"
    assert "the admin is asked to let us set up again" in open_record(alice, live).text


def test_approves_nothing_that_is_sent_all_the_same(alice, live):
    stand(live, "mappings", PLAN)
    watching(live)
    plan = builders.state(live, "mappings").plan
    page = post(alice, "step_approve", live.pk, "mappings", fingerprint=plan["fingerprint"])
    assert "Read-only mode" in page.text
    assert not Approval.objects.exists()


def test_takes_no_new_token(alice, live):
    watching(live)
    page = read(alice.get(reverse("step", args=[live.pk, "connection"])))
    assert 'name="token"' not in alice.get(reverse("step", args=[live.pk, "connection"])).content.decode()
    assert "Read-only mode" in page.text
    assert "Read-only mode" in post(alice, "step", live.pk, "connection", token="a-token-of-haiilo").text
    assert not CustomerSecret.objects.exists()


def test_keeps_the_record_s_consent_as_it_is(alice, live, settings):
    settings.ENTRA_SCOPED_CLIENT_ID = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6f2"
    watching(live)
    customer = live.customer
    sent = {
        "name": customer.name,
        "product": customer.product,
        "haiilo_host": customer.haiilo_host,
        "domains": customer.domains[0],
        "contact_name": customer.contact_name,
        "contact_email": customer.contact_email,
    }
    page = post(alice, "customer_edit", live.pk, **sent, consent_size="scoped")
    assert "The permissions cannot be changed" in page.text
    customer.refresh_from_db()
    assert customer.consent_size == "standard"
    post(alice, "customer_edit", live.pk, **{**sent, "name": "Contoso Renamed"}, consent_size="standard")
    customer.refresh_from_db()
    assert customer.name == "Contoso Renamed"


# The customer's admin


@pytest.fixture
def far(far: GraphStub, settings: Settings) -> GraphStub:
    """Microsoft knows the application for reading only: its ID tokens are for that one."""
    settings.ENTRA_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = SETUP, CLIENT
    return far


def asked(live, tenant=TENANT) -> Invitation:
    """The link for reading only, as customer success has made it."""
    builders.done(live, customer={"tenant_id": tenant, "domain": live.customer.domains[0]})
    link, token = read_only.enter(live, actor=builders.owner_of(live))
    return Invitation(live, link, token, tenant)


def test_tells_the_admin_what_it_is_about_and_what_is_asked(client, live):
    page = text_of(client.get(asked(live).path))
    for words in ("can only read", MONITOR, *consent_sizes.MONITOR.names):
        assert words in page
    assert "automatic Haiilo accounts" not in page
    assert "Synchronization.ReadWrite.All" not in page


def test_describes_the_same_application_in_the_security_pack(client, live):
    page = text_of(client.get(reverse("security_pack_by_link", args=[asked(live).token])))
    assert "Synchronization.Read.All" in page
    assert "Synchronization.ReadWrite.All" not in page


def test_forwards_it_as_what_it_is(client, live):
    invitation = asked(live)
    assert "only needs to read from now on" in text_of(client.get(invitation.path))
    given = {"name": "Boris Amt", "email": "boris@contoso.example"}
    page = client.post(reverse("approver_by_link", args=[invitation.token]), given)
    assert page.status_code == 200
    assert set(Link.objects.values_list("consent_size", flat=True)) == {"monitor"}


def test_goes_all_the_way_with_the_application_for_reading(far, live):
    invitation, visitor = asked(live), Visitor(Entra(far).open())
    begun = visitor.client.post(invitation.begin_path)
    assert query_of(begun["Location"])["client_id"] == CLIENT
    on = visitor.signed_in(visitor.entra.visit(begun["Location"]))
    assert query_of(on["Location"])["client_id"] == CLIENT
    visitor.granted({"admin_consent": "True", "tenant": TENANT, "state": query_of(on["Location"])["state"]})
    assert [attempt.consent_size for attempt in invitation.attempts()] == ["monitor"]
    assert invitation.is_granted
    page = text_of(visitor.client.get(reverse("progress")))
    assert "we are checking that your approval has arrived" in page
    assert "Do not delete our other application yet" in page
    assert 'hx-trigger="every 3s, look"' in page


@pytest.fixture
def approved(far: GraphStub, live: Onboarding) -> Client:
    """A browser whose admin has approved reading only."""
    invitation, visitor = asked(live), Visitor(Entra(far).open())
    visitor.go_all_the_way(invitation)
    return visitor.client


def progress(browser) -> str:
    return text_of(browser.get(reverse("progress")))


def test_tells_the_admin_to_delete_the_other_application_once_watching_is_verified(approved, live):
    watching(live)
    page = progress(approved)
    for words in ("One step left", "Enterprise apps", "Haiilo onboarding", SETUP, "Properties > Delete", CLIENT):
        assert words in page


def test_tells_the_admin_when_microsoft_confirmed_it(approved, live):
    watching(live, GONE, removed_at=timezone.now())
    page = progress(approved)
    assert "Done: read-only mode is on" in page
    assert "Properties > Delete" not in page
    assert 'hx-trigger="every 20s, look"' in page


def test_tells_the_admin_what_is_missing(approved, live):
    message = say("Permissions are missing.").as_json()
    found = {"kind": "asking", "court": "customer", "code": "permissions_missing", "message": message}
    stepped(live, {**found, "offers": {"missing": ["User.Read.All"]}})
    page = progress(approved)
    assert "User.Read.All" in page
    assert "Do not delete our other application yet" in page
    assert "Properties > Delete" not in page
    assert "Review and approve again at Microsoft" in page


def test_leads_the_admin_to_approve_the_application_for_reading_again(approved, live):
    found = {"kind": "asking", "court": "customer", "code": "permissions_missing"}
    stepped(live, {**found, "offers": {"missing": ["User.Read.All"]}})
    answer = approved.post(reverse("renew"))
    assert query_of(answer.url)["client_id"] == CLIENT
    assert Link.objects.latest("pk").consent_size == "monitor"


def test_leads_nobody_to_approve_again_what_is_only_to_be_deleted(approved, live):
    watching(live)
    assert "approve again" not in progress(approved)
    assert approved.post(reverse("renew")).url == reverse("progress")


def test_lets_the_admin_close_the_page_where_it_was_taken_back(approved, live):
    ReadOnlyMode.objects.update(ended_at=timezone.now())
    assert "you can close this page" in progress(approved)


@pytest.fixture
def forgers(far: GraphStub, settings: Settings) -> World:
    """Anna and Boris of the forgery tests, each with a link for reading only."""
    world = World(far)
    Link.objects.update(consent_size="monitor")
    for party in world.parties.values():
        party.invitation.link.refresh_from_db()
    return world


def test_takes_a_consent_for_reading_if_everything_agrees(forgers):
    check_consent(forgers, consents_in(forgers), Answer())
    assert ConsentAttempt.objects.exclude(granted_at=None).get().consent_size == "monitor"


@pytest.mark.parametrize("answer", ONE_THING_WRONG, ids=str)
def test_takes_no_consent_for_reading_if_one_thing_differs(forgers, answer):
    check_consent(forgers, consents_in(forgers), answer)


@pytest.mark.parametrize("answer", ONE_THING_WRONG, ids=str)
def test_does_not_go_on_after_a_sign_in_for_reading_if_one_thing_differs(forgers, answer):
    check_sign_in(forgers, sign_ins_in(forgers), answer)


def test_begins_no_more_with_a_link_for_an_application_that_is_not_asked_for_now(client, live):
    builders.done(live, customer={"tenant_id": TENANT, "domain": live.customer.domains[0]})
    _link, token = links.make(live.contacts.get(), actor=None)
    asked(live)
    page = client.get(reverse("link", args=[token]))
    assert page.status_code == 410


def test_refreshes_the_record_faster_while_it_waits_for_the_admin(alice, live):
    assert 'hx-trigger="every 20s, look"' in alice.get(reverse("record", args=[live.pk])).content.decode()
    stepped(live, {"kind": "asking", "court": Court.CUSTOMER, "code": "link_sent"})
    assert 'hx-trigger="every 6s, look"' in alice.get(reverse("record", args=[live.pk])).content.decode()


def test_asks_on_the_consent_step_for_the_application_that_we_look_with(alice, live):
    watching(live)
    stand(live, "consent", Asking(say("We have lost access to the tenant."), Court.CUSTOMER, code="access_lost"))
    page = post(alice, "link_issue", live.pk)
    assert present(Link.objects.by_token(address_in(page))).consent_size == "monitor"


def test_shows_the_way_to_a_new_approval_where_access_was_lost(approved, live):
    watching(live, GONE, removed_at=timezone.now())
    stand(live, "consent", Asking(say("We have lost access to the tenant."), Court.CUSTOMER, code="access_lost"))
    page = progress(approved)
    assert "Please approve once more" in page
    assert "Done: read-only mode is on" not in page
