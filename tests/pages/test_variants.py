"""Accepting the mapping of a customer as theirs, and what the customer is told meanwhile."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.engine.may import TABLE, Act, Role
from onboarding.models import Approval, Event, Onboarding, StepState
from tests import builders
from tests.steps.mappings.test_mappings import changed, look, ours
from tests.steps.mappings.test_variant import theirs

from .desk import open_record, post, read, stand

BUTTON = "Accept as this customer's variant"


@pytest.fixture
def drifted(customer: Onboarding) -> Onboarding:
    """Somebody has changed what was ours."""
    return stand(customer, "mappings", look(changed(theirs), evidence=ours()))


def fingerprint(made: Onboarding) -> str:
    return str(builders.state(made, "mappings").plan["fingerprint"])


def test_keeps_who_accepted_it_and_each_attribute_before_and_after(alice, drifted):
    assert BUTTON in open_record(alice, drifted).text
    post(alice, "step_approve", drifted.pk, "mappings", fingerprint=fingerprint(drifted))
    page = post(alice, "accept_variant", drifted.pk, fingerprint=fingerprint(drifted))
    said = "Accepted as this customer's variant of the attribute mapping: first name: first name → display name"
    assert said in page.text
    assert "region: state → nothing" in page.text
    assert "job title: nothing → job title" in page.text
    state = builders.state(drifted, "mappings")
    kept = state.answer["variant"]
    assert kept["by"] == "alice"
    assert kept["digest"] == state.plan["changes"][-1]["payload"]["basis"]
    assert state.checked_at is None, "the step is read anew"
    assert not Approval.objects.open().exists(), "nobody puts it back any more"
    assert BUTTON not in open_record(alice, drifted).text


def test_accepts_only_what_was_shown(alice, drifted):
    page = post(alice, "accept_variant", drifted.pk, fingerprint="another")
    assert "The plan has changed meanwhile." in page.text
    assert "variant" not in builders.state(drifted, "mappings").answer


def test_accepts_nothing_that_nobody_has_changed(alice, customer):
    made = stand(customer, "mappings", look(changed(theirs)))
    assert BUTTON not in open_record(alice, made).text
    post(alice, "accept_variant", made.pk, fingerprint=fingerprint(made))
    assert "variant" not in builders.state(made, "mappings").answer


def test_lets_nobody_accept_it_who_is_no_member(charlie, drifted):
    path = reverse("accept_variant", args=[drifted.pk])
    assert charlie.post(path, {"fingerprint": fingerprint(drifted)}).status_code == 404
    assert not Event.objects.filter(message__text__startswith="Accepted").exists()
    assert TABLE[Act.ACCEPT_VARIANT] == {Role.MEMBER}


def test_tells_the_customer_what_somebody_has_changed_there(visitor, invitation):
    visitor.go_all_the_way(invitation)
    StepState.objects.filter(onboarding=invitation.onboarding).update(kind="done")
    stand(invitation.onboarding, "mappings", look(changed(theirs), evidence=ours()))
    text = read(visitor.client.get(reverse("progress"))).text
    assert "Somebody changed in your tenant what your Haiilo application sends about people: first name, region" in text
    assert "If that was intended, tell your contact at Haiilo" in text
    assert "Something was changed in your tenant" in text
    assert "you do not need to do anything" not in text
    assert "Your part is done" not in text
