"""Removals that Microsoft holds back: the admin's page lists who and asks; two of us let them through on the record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Broken, Change, Detail, Remedy
from onboarding.models import Approval, Event, Link, Onboarding, Proposal, RemovalsAnswer
from onboarding.models.link import admin_of
from onboarding.people.leavers import leavers
from onboarding.steps.shared.job_causes import LET_THROUGH, REMOVALS_HELD, REMOVALS_INTENDED, REMOVALS_UNWANTED
from onboarding.steps.shared.removals import BUTTON, HELD
from tests import builders
from tests.graphclient.entra import TENANT
from tests.narrow import present

from .desk import PLAN, open_record, people, post, stand
from .visitor import Invitation, Visitor, text_of

pytestmark = pytest.mark.django_db

EVIDENCE: dict[str, dict[str, Any]] = {"customer": {"tenant_id": TENANT, "domain": ""}}
SINCE = {"held_since": "2026-11-30T08:00:00+00:00", "seen_at": "2026-11-30T08:05:00+00:00"}
ASKED = replace(REMOVALS_HELD.broken(count=3), offers=SINCE)
STAY = replace(REMOVALS_UNWANTED.broken(count=3, person="Eva Berg"), offers=SINCE)
GONE = {"result": "skipped", "action": "stageddelete", "code": HELD, "scope": "out", "target_id": "t"}
INTENDED, TO_STAY = "The removals are intended", "They are to stay"


def offer(whom: str) -> Broken:
    change = Change(
        LET_THROUGH,
        say("Let the removals through."),
        (Detail("-", say("3 people lose their accounts in Haiilo")),),
        {"people": 3, "whom": whom},
        once=True,
        takes_two=True,
        proved=say("Done."),
    )
    agreed = REMOVALS_INTENDED.broken(count=3, person="Eva Berg")
    return replace(agreed, remedy=Remedy((change,), say(BUTTON)), offers=SINCE)


def held(made: Onboarding, verdict: Broken = ASKED) -> Onboarding:
    """Microsoft holds the removal of three people back."""
    people(made, 2, result="created")
    people(made, 3, seen={"last": "skipped", "created": 1.0, "written": 1.0}, **GONE)
    return stand(made, "live", verdict, **EVIDENCE)


@pytest.fixture
def visitor(visitor: Visitor, invitation: Invitation) -> Visitor:
    """The admin, who has approved."""
    assert visitor.go_all_the_way(invitation).status_code == 302
    return visitor


def progress(visitor):
    return text_of(visitor.client.get(reverse("progress")))


def answer(visitor, made, said, **fields):
    given = {"answer": said, "whom": leavers(made).whom, **fields}
    return visitor.client.post(reverse("removals_answer"), given, follow=True).content.decode()


def test_lists_who_would_go_and_asks(visitor, invitation):
    made = held(invitation.onboarding)
    page = progress(visitor)
    assert "3 people would lose their accounts in Haiilo" in page
    for person in made.people.filter(standing="held_back"):
        assert (person.name in page, person.user_name in page) == (True, True)
    assert made.people.filter(standing="arrived")[0].user_name not in page
    assert (INTENDED in page, TO_STAY in page) == (True, True)


def test_shows_nobody_where_nothing_is_held_back(visitor, invitation):
    people(invitation.onboarding, 3, **GONE)
    stand(invitation.onboarding, "live", PLAN, **EVIDENCE)
    assert "would lose" not in progress(visitor)


def test_shows_nothing_to_a_stranger(client, invitation):
    made = held(invitation.onboarding)
    assert client.get(reverse("progress")).status_code == 404
    client.post(reverse("removals_answer"), {"answer": "intended", "whom": leavers(made).whom})
    assert not RemovalsAnswer.objects.exists()


@pytest.mark.parametrize(("said", "intended"), [("intended", True), ("to_stay", False)])
def test_keeps_what_the_admin_says_and_tells_it(visitor, invitation, said, intended):
    made = held(invitation.onboarding)
    assert "Saved." in answer(visitor, made, said)
    row = RemovalsAnswer.objects.get()
    assert (row.intended, row.people, row.held_since, row.link) == (
        intended,
        3,
        SINCE["held_since"],
        Link.objects.get(),
    )
    line = Event.objects.filter(kind="answered").latest("pk")
    assert (line.step, line.actor_name) == ("live", admin_of(row.link_id))
    assert builders.state(made, "live").checked_at is None


@pytest.mark.parametrize("said", [{"whom": "0" * 64}, {"answer": "perhaps"}])
def test_keeps_nothing_else(visitor, invitation, said):
    made = held(invitation.onboarding)
    answer(visitor, made, "intended", **said)
    assert not RemovalsAnswer.objects.exists()


def test_says_what_was_said_and_lets_the_admin_change_it(visitor, invitation):
    held(invitation.onboarding, offer("x"))
    page = progress(visitor)
    assert "You have said that this is intended" in page
    assert (INTENDED in page, TO_STAY in page) == (False, True)
    stand(invitation.onboarding, "live", STAY, **EVIDENCE)
    page = progress(visitor)
    assert "You have said that they are to stay" in page
    assert "3 people are to stay in Haiilo and are not assigned" in page
    assert (INTENDED in page, TO_STAY in page) == (True, False)


def test_asks_no_more_of_the_database_for_more_people(visitor, invitation):
    made = held(invitation.onboarding)
    counts = []
    for more in (0, 40):
        people(made, more, seen={"last": "skipped", "created": 1.0, "written": 1.0}, **GONE)
        with CaptureQueriesContext(connection) as asked:
            progress(visitor)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def agreed(customer: Onboarding) -> Onboarding:
    """A customer whose admin has called the removals intended, as alice and bob see it."""
    return held(customer, offer(leavers(customer).whom))


def plan_of(made):
    return builders.state(made, "live").plan["fingerprint"]


def test_lets_one_propose_and_another_approve(alice, bob, agreed):
    page = post(alice, "propose_removals", agreed.pk, plan=plan_of(agreed), reason="Called Eva Berg.")
    assert "Removals that Microsoft holds back are to be let through" in page.text
    assert "Somebody else in your team has to approve it" in page.text
    row = Proposal.objects.get()
    post(alice, "proposal_decide", agreed.pk, row.pk, decision="approve")
    assert not Approval.objects.exists()
    post(bob, "proposal_decide", agreed.pk, row.pk, decision="approve")
    approval = Approval.objects.get()
    assert (present(approval.proposed_by).username, present(approval.approved_by).username) == ("alice", "bob")
    assert (approval.step, approval.fingerprint) == ("live", plan_of(agreed))


def test_offers_no_approval_by_one(alice, agreed):
    page = open_record(alice, agreed)
    assert page.find(action="/approve/") is None
    assert page.find(action="/removals/") is not None
    page = post(alice, "step_approve", agreed.pk, "live", fingerprint=plan_of(agreed))
    assert "takes two people" in page.text
    assert not Approval.objects.exists()


def test_approves_nothing_that_has_changed_since(alice, bob, agreed):
    post(alice, "propose_removals", agreed.pk, plan=plan_of(agreed), reason="Called Eva Berg.")
    stand(agreed, "live", offer("others"), **EVIDENCE)
    page = post(bob, "proposal_decide", agreed.pk, Proposal.objects.get().pk, decision="approve")
    assert "plan has changed" in page.text
    assert not Approval.objects.exists()


def test_wants_a_reason(alice, agreed):
    assert "Say how you know" in post(alice, "propose_removals", agreed.pk, plan=plan_of(agreed)).text
    assert not Proposal.objects.exists()


def test_leads_to_the_people_in_question(alice, agreed):
    page = alice.get(reverse("record", args=[agreed.pk])).content.decode()
    assert f"{reverse('people', args=[agreed.pk])}?standing=held_back" in page


def test_is_not_for_strangers(charlie, agreed):
    assert charlie.post(reverse("propose_removals", args=[agreed.pk]), {"plan": "x", "reason": "y"}).status_code == 404
