"""All changes are stopped: every page of staff says so, and reading goes on."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from onboarding.models import Onboarding, Stop, clock

from .desk import PLAN, read, stand
from .visitor import invited

pytestmark = pytest.mark.django_db
OF_A_CUSTOMER = ("record", "people", "contacts", "outbox", "questionnaire", "security_pack", "customer_edit")


def changes(*arguments, **options):
    told = StringIO()
    call_command("changes", *arguments, stdout=told, **{"by": "alice", **options})
    return told.getvalue().strip()


def test_is_said_on_every_page_of_staff(alice, customer):
    changes("stop", reason="Haiilo deletes accounts.")
    addresses = [reverse(name) for name in ("board", "customer_new")]
    addresses += [reverse(name, args=[customer.pk]) for name in OF_A_CUSTOMER]
    for address in addresses:
        text = read(alice.get(address)).text
        assert "All changes are stopped. Haiilo deletes accounts. alice," in text, address
    changes("allow")
    assert "All changes are stopped." not in read(alice.get(reverse("board"))).text


def test_is_not_said_to_customers(client):
    changes("stop", reason="Haiilo deletes accounts.")
    invitation = invited()
    assert "Haiilo deletes accounts." not in client.get(reverse("link", args=[invitation.token])).content.decode()


def test_lets_nobody_approve_a_plan(alice, customer):
    stand(customer, "mappings", PLAN)
    shown = read(alice.get(reverse("record", args=[customer.pk]))).form(action="/approve/").fields["fingerprint"].value
    changes("stop", reason="Haiilo deletes accounts.")
    answer = alice.post(reverse("step_approve", args=[customer.pk, "mappings"]), {"fingerprint": shown}, follow=True)
    assert "Approve the plan when they are allowed again." in read(answer).text


def test_has_whoever_has_a_plan_looked_at_once_changes_are_allowed(customer):
    stand(customer, "mappings", PLAN)
    changes("stop", reason="Haiilo deletes accounts.")
    Onboarding.objects.update(next_run_at=clock.now() + timedelta(days=1))
    changes("allow")
    assert Onboarding.objects.due().filter(pk=customer.pk).exists()


def test_tells_how_it_stands():
    assert changes() == "Changes are allowed."
    assert changes("stop", reason="Look first.").endswith("by alice: Look first.")
    assert changes().endswith("by alice: Look first.")
    assert changes("allow") == "Changes are allowed."
    [row] = Stop.objects.all()
    assert (row.by, row.ended_by) == ("alice", "alice")


def test_ends_both_of_two_stops():
    changes("stop", reason="One.")
    changes("stop", reason="Two.")
    assert changes("allow") == "Changes are allowed."


@pytest.mark.parametrize(("act", "said"), [("stop", "Say why"), ("allow", "not stopped")])
def test_refuses_what_makes_no_sense(act, said):
    with pytest.raises(CommandError, match=said):
        changes(act)
