"""People who failed are tried again by a button of their cause, or of their own story."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from onboarding.models import Approval, Onboarding, clock
from onboarding.steps.live import trying
from tests import builders

from .desk import people, read

BAD = {"result": "failed", "code": "BadRequest", "reason": "400.76 Group does not exist: Suomi"}
EVIDENCE: dict[str, dict[str, Any]] = {
    "sso_application": {
        "service_principal_id": "app",
        "app_id": "a",
        "name": "Haiilo SSO",
        "template_id": "scim",
        "existing_job_id": "",
        "replaced_job_ids": [],
    },
    "connection": {"job_id": "scim.1", "template_id": "scim", "base_url": "https://contoso.smarpshare.com/api/scim/v2"},
    "mappings": {"rule_id": "rule-1"},
}


@pytest.fixture
def live(customer):
    """A customer who is live, two of whose people failed for one reason."""
    builders.done(customer, **EVIDENCE)
    Onboarding.objects.filter(pk=customer.pk).update(state="live", live_at=clock.now())
    people(customer, 2, **BAD)
    people(customer, 1, result="created")
    customer.refresh_from_db()
    return customer


def sent(form):
    return {name: each.value for name, each in form.fields.items()}


def page_of(alice, customer):
    return read(alice.get(reverse("people", args=[customer.pk])))


def approved(customer):
    """Whom the open approval names; no name stands in it."""
    changes = [change for row in Approval.objects.open() for change in row.changes]
    found = customer.people.filter(source_id__in=[change["payload"]["person_id"] for change in changes])
    assert not any(person.user_name in str(changes) or person.name in str(changes) for person in found)
    return sorted(person.user_name for person in found)


def test_has_those_of_one_cause_tried_again(alice, live):
    form = page_of(alice, live).form(action="/again/")
    assert form.find_button("Try 2 people again")
    answer = alice.post(reverse("people_again", args=[live.pk]), sent(form), follow=True)
    assert "Microsoft tries 2 people again now." in read(answer).text
    failed = live.people.filter(standing="failed").order_by("user_name").values_list("user_name", flat=True)
    assert approved(live) == list(failed)
    assert builders.state(live, "live").answer[trying.ASKED]["at"]


def test_has_one_person_tried_again_from_their_story(alice, live):
    one = live.people.filter(standing="failed").order_by("pk")[0]
    story = read(alice.get(reverse("person", args=[live.pk, one.pk])))
    form = story.form(action="/again/")
    answer = alice.post(reverse("people_again", args=[live.pk]), sent(form))
    assert answer.url == reverse("person", args=[live.pk, one.pk])
    assert approved(live) == [one.user_name]


def test_offers_it_only_where_it_is_of_use(alice, customer):
    people(customer, 1, **BAD)
    assert "Try 1 person again" not in page_of(alice, customer).text
    people(customer, 1, result="created")
    there = customer.people.get(result="created")
    Onboarding.objects.filter(pk=customer.pk).update(state="live", live_at=clock.now())
    assert "Try 1 person again" in page_of(alice, customer).text
    assert "Try again" not in read(alice.get(reverse("person", args=[customer.pk, there.pk]))).text


@pytest.mark.parametrize("given", [{"person": "0"}, {"person": "x"}, {"standing": "twice"}, {}])
def test_says_that_nobody_is_left(alice, live, given):
    answer = alice.post(reverse("people_again", args=[live.pk]), given, follow=True)
    if given.get("person") == "0":
        assert answer.status_code == 404
    else:
        assert "Nobody is left here to be tried again." in read(answer).text
    assert approved(live) == []


def test_is_for_members_only(charlie, live):
    assert charlie.post(reverse("people_again", args=[live.pk]), BAD).status_code == 404
    assert approved(live) == []
