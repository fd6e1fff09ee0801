"""Public case 06 (consent): approved in the portal, so that no answer ever comes to us; and half of a consent."""

from __future__ import annotations

import pytest

from onboarding.customers import links
from onboarding.models import ConsentAttempt, TenantBinding
from tests import builders

from .conftest import customer_of, look

pytestmark = pytest.mark.django_db


def sent(far):
    made = look(customer_of(far))
    links.issue_link(made, actor=builders.owner_of(made))
    return made


def test_finds_the_approval_and_binds_nothing_before_somebody_signs_in(far):
    made = sent(far)
    look(made)
    assert builders.state(made, "consent").code == "link_sent"
    far.consent()
    look(made)
    state = builders.state(made, "consent")
    assert (state.code, state.court) == ("approved_unsigned", "customer")
    assert not TenantBinding.objects.exists()
    assert not ConsentAttempt.objects.exists()


def test_names_half_of_a_consent_at_the_second_look(far):
    far.switch(F4=True)
    made = sent(far)
    builders.granted(made, far.id)
    far.consent()
    look(made)
    step = made.current_key
    first = builders.state(made, step)
    assert (step in ("consent", "readiness"), first.kind) == (True, "waiting")
    look(made)
    second = builders.state(made, step)
    assert (second.kind, second.code, second.court) == ("asking", "permissions_missing", "customer")
