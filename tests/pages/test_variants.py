"""Accepting the mapping of a customer as theirs, taking that back, and what the customer is told meanwhile."""

from __future__ import annotations

from typing import Any

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


@pytest.fixture
def varied(alice: Any, drifted: Onboarding) -> Onboarding:
    """What they made of it was accepted, and seen so."""
    post(alice, "accept_variant", drifted.pk, fingerprint=fingerprint(drifted))
    answers = {"mappings": builders.state(drifted, "mappings").answer}
    return stand(drifted, "mappings", look(changed(theirs), evidence=ours(), answers=answers))


def accepted_at(made: Onboarding) -> str:
    return str(builders.state(made, "mappings").answer["variant"]["at"])


def test_takes_it_back_with_each_attribute_before_and_after(alice, varied):
    assert builders.state(varied, "mappings").kind == "done"
    path = reverse("step", args=[varied.pk, "mappings"])
    form = read(alice.get(path), path).form(having="accepted_at")
    kept = builders.state(varied, "mappings").answer["variant"]
    page = post(alice, "take_variant_back", varied.pk, accepted_at=form.fields["accepted_at"].value)
    said = "No longer this customer's variant of the attribute mapping: first name: display name → first name"
    assert said in page.text
    assert "region: nothing → state" in page.text
    assert "job title: job title → nothing" in page.text
    state, line = builders.state(varied, "mappings"), Event.objects.order_by("pk").last()
    assert line is not None
    assert line.actor == builders.person("alice")
    assert line.detail["accepted"] == kept
    assert len(line.detail["changes"]) == 3
    assert state.answer["variant"] == {}
    assert state.checked_at is None, "the step is read anew"


def test_plans_our_mapping_again_once_it_is_taken_back(alice, varied):
    post(alice, "take_variant_back", varied.pk, accepted_at=accepted_at(varied))
    state = builders.state(varied, "mappings")
    stand(varied, "mappings", look(changed(theirs), evidence={"mappings": state.evidence}, answers={"mappings": {}}))
    text = open_record(alice, varied).text
    for words in ("Write our mapping again", "Somebody changed the attribute mapping", BUTTON):
        assert words in text
    assert "Take back" not in text


def test_takes_back_only_what_was_shown_and_once(alice, varied, drifted):
    page = post(alice, "take_variant_back", varied.pk, accepted_at="another")
    assert "This is no longer so." in page.text
    assert builders.state(varied, "mappings").answer["variant"]
    at = accepted_at(varied)
    post(alice, "take_variant_back", varied.pk, accepted_at=at)
    assert "This is no longer so." in post(alice, "take_variant_back", varied.pk, accepted_at=at).text
    assert Event.objects.filter(message__text__startswith="No longer this customer's variant").count() == 1


def test_offers_nothing_to_take_back_where_the_product_s_mapping_stands(alice, customer):
    stand(customer, "mappings", look(changed(lambda _document: None)))
    path = reverse("step", args=[customer.pk, "mappings"])
    assert "Take back" not in read(alice.get(path), path).text


def test_lets_nobody_take_it_back_who_is_no_member(charlie, varied):
    path = reverse("take_variant_back", args=[varied.pk])
    assert charlie.post(path, {"accepted_at": accepted_at(varied)}).status_code == 404
    assert builders.state(varied, "mappings").answer["variant"]
    assert TABLE[Act.TAKE_VARIANT_BACK] == {Role.MEMBER}


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
