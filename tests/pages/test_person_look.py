"""Somebody who is not on the list: asked about from the users page, answered by a run, told up to the first no."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.standings import Scope
from onboarding.models import Event, Inquiry, Onboarding, Person, TenantBinding, clock
from onboarding.people.look_up import Found
from tests import builders

from .desk import HTMX, people, read
from .test_people import search

JONAS = Found("id-jonas", "Jonas O'Neil", "jonas@contoso.example")


@pytest.fixture
def bound(customer: Onboarding) -> Onboarding:
    TenantBinding.objects.create(
        onboarding=customer, tenant_id="t-1", display_name="Contoso", verified_domain="c.example"
    )
    return customer


def look(client: Client, made: Onboarding, asked: str = "jonas") -> Inquiry:
    """Search for somebody who is not on the list, and press the button that is offered."""
    form = search(client, made, asked).form(having="asked")
    answer = client.post(form.action, {"asked": form.fields["asked"].value})
    inquiry = Inquiry.objects.get()
    assert answer["Location"] == reverse("person_found", args=[made.pk, inquiry.pk])
    return inquiry


def answered(inquiry: Inquiry, *found: Found, **more: object) -> None:
    given = {"found": [each.to_json() for each in found], "answered_at": clock.now(), **more}
    Inquiry.objects.filter(pk=inquiry.pk).update(**given)


def page_of(client: Client, inquiry: Inquiry, **headers: str):
    path = reverse("person_found", args=[inquiry.onboarding_id, inquiry.pk])
    return read(client.get(path, headers=headers), path)


def test_offers_to_look_in_the_directory_and_waits_for_the_answer(alice, bound):
    people(bound, 2)
    inquiry = look(alice, bound)
    page = page_of(alice, inquiry)
    assert "Looking for “ jonas ”" in page.text
    assert 'hx-trigger="every 2s, look"' in page.html
    assert "jonas" not in reverse("person_found", args=[bound.pk, inquiry.pk])
    answered(inquiry, JONAS)
    assert "hx-trigger" not in page_of(alice, inquiry, **HTMX).html


def test_offers_it_also_where_the_list_is_empty(alice, bound):
    assert look(alice, bound).asked == "jonas"


@pytest.mark.parametrize(
    ("scope", "paths", "sentence"),
    [
        (Scope.OUT, (), "Not assigned to the application."),
        (Scope.DISABLED, ({"by": "direct"},), "Assigned, but the account is disabled in Entra."),
        (Scope.NESTED, ({"by": "nested", "group": "Europe"},), "In a group within the assigned group “Europe”"),
    ],
)
def test_tells_the_story_to_the_first_no(alice, bound, scope, paths, sentence):
    inquiry = look(alice, bound)
    answered(inquiry, Found("id-jonas", "Jonas O'Neil", "jonas@contoso.example", scope=scope, paths=paths))
    page = page_of(alice, inquiry)
    story = page.text[page.text.index("In the directory yes") :]
    assert "Jonas O'Neil" in page.text
    assert sentence in story
    assert "What Microsoft did" not in story
    assert "The customer has to act" in story
    assert not Person.objects.exists()


def test_says_that_nobody_is_called_so(alice, bound):
    inquiry = look(alice, bound)
    answered(inquiry)
    page = page_of(alice, inquiry)
    assert "In the directory no Nobody in the customer's directory" in page.text
    assert "We have to act" in page.text


def test_lets_one_of_several_be_chosen(alice, bound):
    inquiry = look(alice, bound)
    answered(inquiry, JONAS, Found("id-other", "Jonas Berg", "jberg@contoso.example"))
    page = page_of(alice, inquiry)
    assert "Who is meant?" in page.text
    assert {form.fields["asked"].value for form in page.forms if "asked" in form.fields} == {"id-jonas", "id-other"}


def test_says_why_there_is_no_answer(alice, bound):
    inquiry = look(alice, bound)
    answered(inquiry, trouble=say("Microsoft is busy at the moment.").as_json())
    page = page_of(alice, inquiry)
    assert "Microsoft is busy at the moment." in page.text
    assert "Nobody in the customer's directory" not in page.text


def test_adds_what_the_directory_says_to_what_the_log_knows(alice, bound):
    [person] = people(bound, 1, source_id="id-jonas")
    row = Person.objects.get()
    story = read(alice.get(reverse("person", args=[bound.pk, row.pk])))
    form = story.form(having="asked")
    assert form.fields["asked"].value == "id-jonas"
    alice.post(form.action, {"asked": "id-jonas"})
    inquiry = Inquiry.objects.get()
    answered(inquiry, Found("id-jonas", person.name, person.user_name, scope=Scope.OUT))
    page = page_of(alice, inquiry)
    assert "in Haiilo, to be removed" in page.text
    assert "Microsoft created the account in Haiilo." in page.text
    row.refresh_from_db()
    assert (row.scope, row.standing) == ("", "arrived")  # the roster is for those who read everybody


def test_writes_to_the_customer_about_who_was_looked_up(alice, bound):
    inquiry = look(alice, bound)
    answered(inquiry, Found("id-jonas", "Jonas O'Neil", "jonas@contoso.example", scope=Scope.OUT))
    form = page_of(alice, inquiry).form(having="inquiry")
    text = alice.post(form.action, {"inquiry": str(inquiry.pk)}, headers=HTMX).content.decode()
    assert "The person is not assigned to your Haiilo application." in text
    assert "jonas@contoso.example" in text


def test_is_for_those_who_may_see_names_of_this_customer(alice, charlie, bound):
    inquiry = look(alice, bound)
    answered(inquiry, JONAS)
    builders.portfolio(builders.person("bob", sees_names=False))
    bob = builders.signed_in("bob")
    assert (page_of(bob, inquiry).status, page_of(charlie, inquiry).status) == (404, 404)
    assert bob.post(reverse("person_look", args=[bound.pk]), {"asked": "eva"}).status_code == 404
    assert Inquiry.objects.count() == 1
    assert Event.objects.filter(onboarding=bound, kind="names_seen").count() == 1


def test_says_why_nobody_can_be_looked_up_before_the_tenant_is_verified(alice, customer):
    path = reverse("person_look", args=[customer.pk])
    page = read(alice.post(path, {"asked": "eva"}, follow=True))
    assert "The customer's tenant is not verified yet" in page.text
