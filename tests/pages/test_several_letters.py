"""Several drafts sent at once: each by itself, only as it was shown, and each is told."""

from __future__ import annotations

import re

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.robots.browser import Page
from onboarding.customers import outbox
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.mail import delivery, letters
from onboarding.models import Event, Letter, Onboarding
from tests import builders

from .crowd import at_once
from .desk import post, read, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
DRAFTS = "?show=drafts"


def drafted(name: str) -> Letter:
    """The first letter to a customer of alice's, whose tenant nobody has confirmed."""
    made = builders.onboarding(name=name, drafted=True)
    stand(made, "consent", NO_LINK, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})
    return made.letters.get()


def shown(client, onboarding: Onboarding | None = None) -> Page:
    return read(client.get(reverse("outbox", args=[onboarding.pk] if onboarding else []) + DRAFTS))


def boxes(page: Page) -> list[str]:
    """The values of the boxes, the newest letter first."""
    return re.findall(r'name="letter" value="([^"]+)"', page.html)


def test_sends_what_is_ticked_and_no_other(alice):
    drafts = [drafted(name) for name in ("Contoso", "Fabrikam", "Northwind")]
    values = boxes(shown(alice))
    page = post(alice, "letters_release", letter=values[1:])
    assert "Being sent now, or tomorrow" in page.text
    assert "Fabrikam (Eva Berg); Contoso (Eva Berg)" in page.text
    delivery.send_released()
    assert sorted(mail.to for mail in outgoing.outbox) == sorted([f"Eva Berg <{d.to_email}>"] for d in drafts[:2])
    assert drafts[0].onboarding.steps.get(key="customer").answer["confirmed_tenant"] == TENANT
    assert "confirmed_tenant" not in drafts[2].onboarding.steps.get(key="customer").answer


def test_says_what_a_tick_confirms_and_shows_the_words(alice):
    letter = drafted("Contoso")
    page = shown(alice, letter.onboarding)
    assert f"The link leads to the Microsoft tenant of {letter.onboarding.customer.domains[0]}: {TENANT}." in page.text
    assert "By selecting it you confirm that this is the tenant of Contoso." in page.text
    assert "Please open your personal link" in page.text
    outbox.confirm_tenant(letter.onboarding, TENANT, actor=builders.person())
    assert "By selecting it" not in shown(alice).text


def test_tells_of_each_that_was_changed_or_gone_meanwhile_and_sends_the_others(alice):
    changed, gone, sent = drafted("Contoso"), drafted("Fabrikam"), drafted("Northwind")
    values = boxes(shown(alice))
    outbox.edit(changed, actor=builders.person(), subject="Hello", text="Other words.\n\n[link]")
    outbox.cancel(gone, actor=builders.person())
    page = post(alice, "letters_release", letter=values)
    assert "Not sent, Contoso (Eva Berg): The e-mail was changed meanwhile" in page.text
    assert "Not sent, Fabrikam (Eva Berg): This e-mail is no longer a draft." in page.text
    delivery.send_released()
    assert [mail.to for mail in outgoing.outbox] == [[f"Eva Berg <{sent.to_email}>"]]
    changed.refresh_from_db()
    assert changed.state == "draft"


def test_sends_none_whose_address_was_changed_meanwhile(alice):
    letter = drafted("Contoso")
    values = boxes(shown(alice))
    Letter.objects.filter(pk=letter.pk).update(to_email="other@x.example")
    assert "The e-mail was changed meanwhile" in post(alice, "letters_release", letter=values).text


def test_confirms_no_tenant_that_was_not_shown(alice):
    letter = drafted("Contoso")
    [value] = boxes(shown(alice))
    stand(letter.onboarding, "consent", NO_LINK, customer={"tenant_id": "9" * 36, "domain": "x.example"})
    page = post(alice, "letters_release", letter=[value])
    assert "The domains now lead to another tenant." in page.text
    letter.refresh_from_db()
    assert letter.state == "draft"


def test_offers_no_box_while_the_tenant_is_unknown(alice):
    made = builders.onboarding(drafted=True)
    page = shown(alice)
    assert boxes(page) == []
    assert "The tenant that the link leads to is not known yet." in page.text
    letter = made.letters.get()
    page = post(alice, "letters_release", letter=[f"{letter.pk}:{letter.words}:"])
    assert "Confirm first that the tenant is the customer's" in page.text


@pytest.mark.parametrize("sent", [[], ["x"], ["1"], ["é:w:"], [":w:"], ["9" * 30 + ":w:"], ["1:w"]])
def test_sends_nothing_where_nothing_was_chosen(alice, sent):
    drafted("Contoso")
    page = post(alice, "letters_release", letter=sent)
    assert "Nothing was selected" in page.text or "The e-mail was changed meanwhile" in page.text
    assert Letter.objects.get().state == "draft"


def test_sends_nothing_of_another_teams(alice, charlie):
    letter = drafted("Contoso")
    [value] = boxes(shown(alice))
    assert boxes(shown(charlie)) == []
    page = post(charlie, "letters_release", letter=[value])
    assert "Contoso" not in page.text
    letter.refresh_from_db()
    assert letter.state == "draft"
    assert alice.get(reverse("letters_release")).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_sends_each_once_where_two_people_press_at_once():
    drafts = [drafted("Contoso"), drafted("Fabrikam")]
    clients = [builders.signed_in(name) for name in ("alice", "bob")]
    values = boxes(shown(clients[0]))
    at_once(*(lambda client=client: client.post(reverse("letters_release"), {"letter": values}) for client in clients))
    delivery.send_released()
    assert sorted(mail.to for mail in outgoing.outbox) == sorted([f"Eva Berg <{each.to_email}>"] for each in drafts)
    assert Event.objects.filter(kind="letter").count() == 3 * len(drafts)  # drafted, approved, sent: each of them once


def test_costs_the_same_however_many_drafts_there_are(alice):
    drafted("Contoso")
    shown(alice)
    with CaptureQueriesContext(connection) as few:
        shown(alice)
    for number in range(12):
        drafted(f"Fabrikam {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(boxes(shown(alice))) == 13
    assert len(many) == len(few)


def test_has_no_boxes_where_other_letters_are_listed(alice):
    drafted("Contoso")
    page = read(alice.get(reverse("outbox")))
    assert boxes(page) == []
    assert "Send the selected e-mails" not in page.text


def test_counts_the_drafts_on_the_board_and_leads_to_them(alice, charlie):
    first, _second = drafted("Contoso"), drafted("Fabrikam")
    address = f"http://testserver{reverse('outbox')}{DRAFTS}"
    assert (address, "2 drafts to review") in read(alice.get(reverse("board"))).links
    outbox.cancel(first, actor=builders.person())
    assert (address, "1 draft to review") in read(alice.get(reverse("board"))).links
    assert "to review" not in read(charlie.get(reverse("board"))).text


def test_says_on_the_open_board_that_another_draft_waits(alice):
    made = drafted("Contoso").onboarding
    again = f"{reverse('board')}?{alice.get(reverse('board')).context['again']}"
    letters.write(made, made.contacts.get(), "reminder", rule="test", draft=True)
    assert "2 drafts to review" in read(alice.get(again, headers={"HX-Request": "true"})).text
