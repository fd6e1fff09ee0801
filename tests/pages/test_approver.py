"""“I can't approve this”: somebody else is named, without a sign-in, and nothing of the first one's is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.causes.base import ContactRole
from onboarding.consent.round_trip import MAY_APPROVE
from onboarding.mail.compose import has_link
from onboarding.models import Contact, Event, Letter, Link
from tests.narrow import present

from .desk import open_record
from .visitor import text_of

pytestmark = pytest.mark.django_db

PERSON = {"name": "Greta Global", "email": "greta@contoso.example"}
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"


def path_of(invitation):
    return reverse("approver_by_link", args=[invitation.token])


def link_in(page):
    return present(re.search(r"http://localhost:8000(/l/[\w-]+/)", text_of(page)))[1]


def test_makes_an_approver_with_a_link_of_their_own(client, invitation):
    page = client.post(path_of(invitation), PERSON)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "Send this to Greta Global" in text_of(page)
    assert "mailto:greta@contoso.example?subject=" in text_of(page)
    contact = Contact.objects.get(email=PERSON["email"])
    assert contact.role == ContactRole.APPROVER
    made = Link.objects.get(contact=contact)
    assert (made.forwarded_from, made.condition()) == (invitation.link, "open")
    assert link_in(page) != invitation.path
    assert "Sign in to Microsoft and review" in text_of(client.get(link_in(page)))
    assert invitation.fresh().condition() == "open"
    event = Event.objects.get(kind="forwarded")
    assert str(event.sentence) == "Eva Berg cannot approve and named Greta Global."


def test_sends_nothing_by_itself_but_leaves_a_draft(client, invitation, mailoutbox):
    made = invitation.onboarding
    made.current_key = "consent"
    made.save(update_fields=["current_key"])
    made.steps.filter(key="consent").update(code="link_sent", kind="asking", court="customer")
    client.post(path_of(invitation), PERSON)
    letter = Letter.objects.get(to_email=PERSON["email"])
    assert letter.state == Letter.State.DRAFT
    assert has_link(letter.text)
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "email": PERSON["email"]}, "Enter the person&#x27;s name."),
        ({"name": "Greta", "email": "greta"}, "This is not an e-mail address."),
        ({"name": "Greta", "email": ""}, "Enter the e-mail address."),
    ],
)
def test_asks_again_for_what_is_not_good_enough(client, invitation, typed, words):
    page = client.post(path_of(invitation), typed)
    assert words in text_of(page)
    assert Contact.objects.filter(onboarding=invitation.onboarding).count() == 1


def test_names_nobody_who_has_the_link_already(client, invitation):
    page = client.post(path_of(invitation), {"name": "Eva", "email": invitation.link.contact_email.upper()})
    assert "the address to which this link went" in text_of(page)
    assert Link.objects.count() == 1


def test_takes_a_known_contact_as_they_are(client, invitation):
    known = Contact.objects.create(onboarding=invitation.onboarding, role=ContactRole.SPONSOR, **PERSON)
    page = client.post(path_of(invitation), {**PERSON, "name": "Somebody Else"})
    assert "Send this to Greta Global" in text_of(page)
    known.refresh_from_db()
    assert (known.role, known.links.count()) == (ContactRole.SPONSOR, 1)


def test_makes_no_more_than_five_links_for_strangers(client, invitation):
    for number in range(6):
        page = client.post(path_of(invitation), {"name": "Greta", "email": f"greta{number}@contoso.example"})
    assert "Several people were named already" in text_of(page)
    assert Link.objects.exclude(forwarded_from=None).count() == 5


def test_needs_the_pages_own_token(invitation):
    client = Client(enforce_csrf_checks=True)
    client.get(invitation.path)
    assert client.post(path_of(invitation), PERSON).status_code == 403
    assert Link.objects.count() == 1


def test_does_nothing_for_a_link_that_is_over(client, invitation):
    Link.objects.update(revoked_at=invitation.link.created_at)
    assert client.post(path_of(invitation), PERSON).status_code == 410
    assert client.post(reverse("approver_by_link", args=["x" * 43]), PERSON).status_code == 404
    assert client.post(reverse("approver"), PERSON).status_code == 404
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    "refusal",
    [
        {"error": "access_denied", "error_description": "AADSTS90094: Admin consent is required."},
        {"error": "access_denied", "error_description": "AADSTS90093: x"},
        {"error": "access_denied", "error_description": "AADSTS90095: x"},
        {"error": "access_denied", "error_description": ""},
        {"error": "consent_required", "error_description": ""},
    ],
)
def test_is_offered_after_a_refusal_to_this_browser_only(visitor, invitation, refusal):
    page = visitor.granted({**visitor.consent(invitation), **refusal})
    assert f'action="{reverse("approver")}"' in text_of(page)
    assert Client().post(reverse("approver"), PERSON).status_code == 404
    assert "Send this to Greta Global" in text_of(visitor.client.post(reverse("approver"), PERSON))
    assert Link.objects.get(forwarded_from=invitation.link).contact_name == PERSON["name"]
    assert visitor.go_all_the_way(invitation).status_code == 302, "the first one's link still works"


def test_lets_the_approver_finish_what_the_first_one_began(visitor, invitation):
    made = link_in(visitor.client.post(path_of(invitation), PERSON))
    invitation.token = made.split("/")[2]
    assert visitor.go_all_the_way(invitation)["Location"] == reverse("progress")


def test_shows_customer_success_whether_the_approver_has_opened_it(alice, visitor, invitation):
    made = link_in(visitor.client.post(path_of(invitation), PERSON))
    assert "Eva Berg forwarded it to Greta Global not opened yet" in open_record(alice, invitation.onboarding).text
    visitor.client.post(f"{made}begin/")
    assert "Eva Berg forwarded it to Greta Global opened" in open_record(alice, invitation.onboarding).text


def test_warns_whose_roles_do_not_suffice_and_lets_them_go_on(visitor, invitation):
    visitor.entra.claims["wids"] = [APPLICATION_ADMINISTRATOR]
    page = visitor.signed_in(visitor.begin(invitation))
    assert page.status_code == 200
    assert "Privileged Role Administrator" in text_of(page)
    assert "/adminconsent?" in text_of(page)
    assert "Send this to Greta Global" in text_of(visitor.client.post(reverse("approver"), PERSON))


@pytest.mark.parametrize("wids", [None, [], ["x", next(iter(MAY_APPROVE)).upper()]])
def test_does_not_warn_without_a_reason(visitor, invitation, wids):
    visitor.entra.claims["wids"] = wids
    assert visitor.signed_in(visitor.begin(invitation)).status_code == 302
