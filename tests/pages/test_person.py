"""A person's story: in scope or not, what Microsoft did, what Haiilo holds, what is open; and the message about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.customers import contacts
from onboarding.domain.standings import InHaiilo, Scope
from onboarding.domain.verdicts import Done
from onboarding.models import Contact, Event, Onboarding, Person, clock
from onboarding.privacy import retention
from onboarding.steps.live.evidence import LiveEvidence
from tests import builders

from .desk import HTMX, people, read, stand
from .test_people import CONFLICT, NO_GROUP, page_of, search
from .test_people_in_scope import NOT_LOGGED, in_scope

STORY = "In scope"


def row_of(person):
    return Person.objects.get(source_id=person.source_id, onboarding=person.onboarding)


def story_of(client, person, query=""):
    found = row_of(person)
    path = reverse("person", args=[found.onboarding_id, found.pk]) + query
    return read(client.get(path), path)


def told(page):
    """The story itself."""
    return page.text[page.text.index(STORY) :]


def test_opens_from_the_list_and_leads_back_to_it_as_it_was_filtered(alice, customer):
    [person] = people(customer, 1, **CONFLICT)
    people(customer, 2)
    page = search(alice, customer, "person", standing="failed")
    [href] = [href for href, text in page.links if text == person.name]
    back = [href for href, text in read(alice.get(href), href).links if text.endswith(" Users")]
    listed = read(alice.get(back[0]), back[0])
    assert [text for _href, text in listed.links if text.startswith("Person ")] == [person.name]


def test_tells_of_somebody_who_has_arrived(alice, customer):
    at = clock.now() - timedelta(hours=3)
    [person] = people(
        customer, 1, **in_scope(), in_haiilo=InHaiilo.ACTIVE, in_haiilo_at=clock.now(), at=at, result="created"
    )
    page = story_of(alice, person)
    for text in ("Assigned directly", "Microsoft created the account in Haiilo.", "Haiilo has an active account."):
        assert text in told(page)
    assert told(page).rstrip().endswith("What is open nothing")
    assert f'datetime="{at.strftime("%Y-%m-%dT%H:%M")}' in page.html


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope.OUT, "Not assigned to the application"),
        (Scope.NESTED, "Only in a group within an assigned group"),
        (Scope.DISABLED, "Assigned, but the account is disabled"),
        (Scope.FILTERED, "Left out by a scoping filter"),
    ],
)
def test_ends_at_the_first_no_with_who_can_act(alice, customer, scope, sentence):
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope(scope))
    story = told(story_of(alice, person))
    assert sentence in story
    assert "The customer has to act" in story
    assert ("Entra ID > " in story) is (scope != Scope.DISABLED)  # nobody is asked to enable who has left
    for later in ("What Microsoft did", "What Haiilo holds"):
        assert later not in story


def test_names_the_groups_that_bring_somebody_into_the_scope(alice, customer):
    paths = [{"by": "group", "group": "All staff"}, {"by": "nested", "group": "Europe"}]
    [person] = people(customer, 1, **{**in_scope(), "paths": paths})
    story = told(story_of(alice, person))
    assert "Direct member of the assigned group “All staff”" in story
    assert "In a group within the assigned group “Europe”" in story


def test_tells_what_failed_in_words_and_folds_microsofts_own(alice, customer):
    seen = {"last": "failed", "created": (clock.now() - timedelta(days=2)).timestamp()}
    [person] = people(customer, 1, **NO_GROUP, seen=seen)
    page = story_of(alice, person)
    story = told(page)
    assert "Microsoft tried and failed." in story
    assert "Microsoft created the account in Haiilo." in story  # before that
    assert "in Haiilo, last change failed" in page.text
    assert "The person's country is not the name of a Haiilo group." in story
    assert "400.76 Group does not exist: Suomi" in page.html[page.html.index("<details") :]


def test_leads_to_where_we_can_act(alice, customer):
    [person] = people(customer, 1, **CONFLICT)
    page = story_of(alice, person)
    assert "We have to act" in told(page)
    assert (f"https://{customer.customer.haiilo_host}/", "Open Haiilo") in page.links
    [person] = people(customer, 1, **NO_GROUP)
    assert "Open Haiilo" not in story_of(alice, person).text


def test_says_that_nothing_was_read_rather_than_that_somebody_is_not_assigned(alice, customer):
    [person] = people(customer, 1)
    story = told(story_of(alice, person))
    assert "In scope not known We have not read whether this person is assigned." in story
    assert "Haiilo has not been asked about this person." in story


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        ({}, "Provisioning has not been started yet."),
        ({"in_haiilo": 1}, "Microsoft shows no log that would say who."),
    ],
)
def test_says_why_microsofts_log_tells_nothing(alice, customer, counted, sentence):
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope())
    Onboarding.objects.filter(pk=customer.pk).update(**counted)
    assert sentence in told(story_of(alice, person))


def test_promises_no_account_before_provisioning_was_started(alice, customer):
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope())
    story = told(story_of(alice, person))
    assert "nobody gets one before provisioning is started" in story
    assert "next syncs" not in story


def test_waits_for_microsoft_once_provisioning_was_started(alice, customer):
    builders.done(customer, enable={})
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope())
    story = told(story_of(alice, person))
    assert "Microsoft has not reported on this person yet." in story
    assert "What is open under way The account" in story


def test_shows_the_story_without_the_name_to_who_may_not_see_it(customer):
    [person] = people(customer, 1, **{**NO_GROUP, "reason": "Person 0000 400.76 is nobody"}, **in_scope())
    builders.portfolio(builders.person("bob", sees_names=False))
    bob = builders.signed_in("bob")
    page = story_of(bob, person)
    assert "(hidden)" in page.text
    assert "The person's country is not the name of a Haiilo group." in page.text
    for name in ("Person 0000", "p0000@", "is nobody"):
        assert name not in page.html
    assert not Event.objects.filter(onboarding=customer, kind="names_seen").exists()


def test_notes_who_opened_the_story_of_a_person(alice, customer):
    [person] = people(customer, 1)
    story_of(alice, person)
    assert Event.objects.get(onboarding=customer, kind="names_seen").actor == builders.person("alice")


def test_shows_nobody_of_another_customer(alice, charlie, customer):
    [person] = people(customer, 1)
    assert story_of(charlie, person).status == 404
    other = builders.onboarding()
    assert alice.get(reverse("person", args=[other.pk, row_of(person).pk])).status_code == 404


def test_costs_the_same_for_few_people_and_for_many(alice, customer):
    [person] = people(customer, 1)
    story_of(alice, person)
    with CaptureQueriesContext(connection) as few:
        story_of(alice, person)
    people(customer, 120, **NO_GROUP)
    with CaptureQueriesContext(connection) as many:
        story_of(alice, person)
    assert len(many) == len(few)


# The message


def message(client, made, **data):
    answer = client.post(reverse("people_message", args=[made.pk]), data, headers=HTMX)
    return read(answer)


def of_cause(client, made, lacking=""):
    """The form of a cause on the page, as it is sent."""
    forms = [form for form in page_of(client, made).forms if "of_cause" in form.fields]
    sent = [{name: field.value for name, field in form.fields.items()} for form in forms]
    return next(each for each in sent if each.get("lacking", "") == lacking)


def test_writes_who_it_is_and_what_is_empty_in_the_language_of_its_reader(alice, customer):
    Contact.objects.filter(onboarding=customer).update(language="de")
    people(customer, 2, result="failed", code="AttributeValidationFailed", lacking="country")
    people(customer, 1, result="failed", code="AttributeValidationFailed", lacking="mail")
    text = message(alice, customer, **of_cause(alice, customer, "country")).text
    assert "Guten Tag Eva Berg" in text
    assert "Person 0000 · p0000@contoso.example" in text
    assert "Person 0001 · p0001@contoso.example" in text
    assert "Person 0002" not in text
    assert "Attribut: country" in text
    assert "Hello" not in text


def test_notes_the_message_like_an_export(alice, customer):
    people(customer, 2, **NO_GROUP)
    assert "Person 0001" in message(alice, customer, **of_cause(alice, customer)).text
    noted = Event.objects.get(onboarding=customer, kind="export")
    assert noted.actor == builders.person("alice")
    assert str(noted.sentence) == "Message to the customer written that names 2 people."


def test_writes_no_names_for_who_may_not_see_them(customer):
    people(customer, 2, **NO_GROUP)
    builders.portfolio(builders.person("bob", sees_names=False))
    bob = builders.signed_in("bob")
    page = message(bob, customer, **of_cause(bob, customer))
    assert "2 of your people have no Haiilo account yet." in page.text
    assert "Person 0" not in page.html
    assert "without names" in str(Event.objects.get(onboarding=customer, kind="export").sentence)


def test_asks_the_contact_who_can_act(alice, customer):
    contacts.add_contact(
        customer, actor=builders.owner_of(customer), name="Otto", email="o@contoso.example", role="sso_owner"
    )
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope(Scope.OUT))
    text = message(alice, customer, person=str(row_of(person).pk)).text
    assert "Hello Otto" in text
    assert "The person is not assigned to your Haiilo application." in text
    assert "p0000@contoso.example" in text


def test_writes_nothing_about_a_cause_that_is_over_or_that_is_ours(alice, customer):
    people(customer, 1, **NO_GROUP)
    sent = of_cause(alice, customer)
    Person.objects.filter(onboarding=customer).update(standing="arrived")
    assert message(alice, customer, **sent).status == 404
    [person] = people(customer, 1, **CONFLICT)
    assert message(alice, customer, person=str(row_of(person).pk)).status == 404
    assert message(alice, customer, person="nobody").status == 404
    assert not Event.objects.filter(onboarding=customer, kind="export").exists()


def test_tells_of_somebody_who_was_erased_without_saying_who(alice, customer):
    people(customer, 1, **NO_GROUP, at=clock.now() - timedelta(days=4000))
    retention.erase_old(clock.now())
    erased = Person.objects.get()
    page = read(alice.get(reverse("person", args=[customer.pk, erased.pk])))
    assert "(erased)" in page.text
    assert "Microsoft tried and failed." in page.text
    assert "The person's country is not the name of a Haiilo group." in page.text
    for gone in ("Person 0000", "p0000@", "not exist: Suomi", erased.source_id):
        assert gone not in page.html
    assert not [form for form in page.forms if "person" in form.fields or "asked" in form.fields]
    assert message(alice, customer, person=str(erased.pk)).status == 404
    assert not Event.objects.filter(onboarding=customer, kind="names_seen").exists()


def test_calls_nobody_failed_whom_nobody_has_tried(alice, customer):
    """The list, the story and the counts say the same of somebody whom Haiilo has twice before the start."""
    several = {"in_haiilo": InHaiilo.TWICE, "in_haiilo_at": clock.now() + timedelta(minutes=1)}
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope(), **several)
    page = page_of(alice, customer)
    assert "cannot be linked 1" in page.text
    assert "failed" not in page.text
    assert "creates no other. Merge or rename the duplicates in Haiilo." in page.text
    assert "cannot be linked" in story_of(alice, person).text
    assert "p0000@contoso.example" in page_of(alice, customer, standing="unlinked").text


def test_calls_nobody_on_the_way_whom_the_last_sync_left_out(alice, customer):
    """The list, the story, the counts and the board say the same, until somebody is assigned anew."""
    stand(customer, "live", Done(LiveEvidence(in_haiilo=1)))
    people(customer, 1, **in_scope(hours=-3))
    [person] = people(customer, 1, **NOT_LOGGED, **in_scope(hours=-3))
    now = clock.now()
    given = {"in_haiilo": 1, "scope_read_at": now - timedelta(hours=2), "left_out_by": now - timedelta(hours=1)}
    Onboarding.objects.filter(pk=customer.pk).update(**given)
    page = page_of(alice, customer)
    assert "left out by the last sync 1" in page.text
    assert "on the way" not in page.text
    assert "p0001@contoso.example" in page_of(alice, customer, standing="left_out").text
    assert "p0001@contoso.example" not in page_of(alice, customer, standing="coming").text
    assert "The last sync left this person out, without a reason." in story_of(alice, person).text
    assert "1 person is not as they should be" in read(alice.get(reverse("board"))).text
    Onboarding.objects.filter(pk=customer.pk).update(scope_read_at=now)
    assert "on the way 1" in page_of(alice, customer).text
    assert "left out" not in story_of(alice, person).text
