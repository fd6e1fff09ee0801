"""What may be an attack is said to customer success, and trying without end is not possible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.customers import links
from onboarding.engine import holds
from onboarding.invites import rate_limit
from onboarding.models import ConsentAttempt, Event, TenantBinding

from .desk import open_record
from .visitor import Visitor, invited, text_of

pytestmark = pytest.mark.django_db

HEADLINE = "An answer was refused that may be forged"


@pytest.mark.parametrize("leg", ["sign-in", "consent"])
def test_raises_an_alarm_for_an_answer_in_another_browser(alice, visitor, invitation, leg):
    thief = Visitor(visitor.entra)
    for _time in range(3):
        if leg == "sign-in":
            assert thief.signed_in(visitor.begin(invitation)).status_code == 400
        else:
            assert thief.granted(visitor.consent(invitation)).status_code == 400
    assert Event.objects.filter(kind="forged").count() == 3
    page = open_record(alice, invitation.onboarding)
    assert HEADLINE in page.text
    assert "in another browser than the one that asked" in page.text


def test_raises_it_once_for_an_answer_that_is_sent_again_and_again(visitor, invitation):
    answer, thief = visitor.consent(invitation), Visitor(visitor.entra)
    for _time in range(5):
        thief.granted(answer)
    assert Event.objects.filter(kind="forged").count() == 1
    assert visitor.granted(answer).status_code == 302


def test_raises_it_for_a_token_that_cannot_be_believed(alice, visitor, invitation):
    visitor.entra.key = "forger"
    visitor.signed_in(visitor.begin(invitation))
    assert HEADLINE in open_record(alice, invitation.onboarding).text


@pytest.mark.parametrize("act", ["new link", "revoked", "bound"])
def test_ends_when_somebody_has_dealt_with_it(alice, visitor, invitation, act):
    Visitor(visitor.entra).granted(visitor.consent(invitation))
    made, owner = invitation.onboarding, invitation.onboarding.customer.owner
    assert holds.forged(made.pk) is not None
    if act == "new link":
        links.issue_link(made, actor=owner)
    elif act == "revoked":
        links.revoke_link(invitation.link, actor=owner)
    else:
        TenantBinding.objects.create(
            onboarding=made, tenant_id=invitation.tenant, verified_domain="contoso.example", admin_object_id="x"
        )
    assert holds.forged(made.pk) is None
    assert HEADLINE not in open_record(alice, made).text


def test_raises_none_for_an_answer_that_belongs_to_nobody(visitor, invitation):
    visitor.granted({"state": "made-up", "admin_consent": "True"})
    assert not Event.objects.filter(kind="forged").exists()


def test_lets_a_link_be_tried_so_often_and_no_more(visitor, invitation):
    for _time in range(rate_limit.MAX_TRIPS):
        visitor.begin(invitation)
    page = visitor.client.post(invitation.begin_path)
    assert page.status_code == 429
    assert "Wait an hour" in text_of(page)
    assert Visitor(visitor.entra).client.post(invitation.begin_path).status_code == 429
    assert ConsentAttempt.objects.count() == rate_limit.MAX_TRIPS
    assert Visitor(visitor.entra).client.post(invited().begin_path).status_code == 302


def test_lets_it_be_tried_again_after_an_hour(visitor, invitation):
    for _time in range(rate_limit.MAX_TRIPS):
        visitor.begin(invitation)
    ConsentAttempt.objects.update(started_at=timezone.now() - rate_limit.COUNTED_WITHIN - timedelta(seconds=1))
    assert visitor.go_all_the_way(invitation).status_code == 302
