"""What may be an attack is said to customer success, and trying without end is not possible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
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


# A machine is not a person: what presses the button again and again shuts itself out (public case 15)


def test_lets_a_link_be_tried_so_often_and_no_more(visitor, invitation):
    for _time in range(rate_limit.MAX_TRIPS):
        visitor.begin(invitation)
    page = visitor.client.post(invitation.begin_path)
    assert page.status_code == 429
    assert "Wait an hour" in text_of(page)
    assert ConsentAttempt.objects.count() == rate_limit.MAX_TRIPS
    assert Visitor(visitor.entra).client.post(invited().begin_path).status_code == 302
    assert Visitor(visitor.entra).go_all_the_way(invitation).status_code == 302


def hammer(invitation, *, times: int, address: str) -> list[int]:
    """A machine that keeps no cookies presses the button."""
    machines = [Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Scanner/1.0\x00") for _time in range(times)]
    return [machine.post(invitation.begin_path).status_code for machine in machines]


def test_shuts_out_the_address_of_a_machine_without_cookies_and_nobody_else(visitor, invitation, alice):
    statuses = hammer(invitation, times=rate_limit.MAX_OF_SOURCE + 2, address="203.0.113.7")
    assert statuses == [302] * rate_limit.MAX_OF_SOURCE + [429] * 2
    assert visitor.go_all_the_way(invitation).status_code == 302


def test_tells_customer_success_of_a_lock_and_lets_them_lift_it(visitor, invitation, alice):
    hammer(invitation, times=rate_limit.MAX_OF_SOURCE + 2, address="203.0.113.7")
    event = Event.objects.get(kind="link_locked")
    assert event.detail == {"link": invitation.link.pk, "address": "203.0.113.7", "browser": "Scanner/1.0"}
    shown = open_record(alice, invitation.onboarding)
    assert "203.0.113.7" in shown.text
    assert "Scanner/1.0" in shown.text
    unlock = reverse("link_unlock", args=[invitation.onboarding.pk, invitation.link.pk])
    assert unlock in shown.html
    assert alice.post(unlock).status_code == 302
    assert unlock not in open_record(alice, invitation.onboarding).html
    assert hammer(invitation, times=1, address="203.0.113.7") == [302]


def test_lets_no_stranger_lift_a_lock(invitation, charlie):
    unlock = reverse("link_unlock", args=[invitation.onboarding.pk, invitation.link.pk])
    assert charlie.post(unlock).status_code == 404
    assert invitation.fresh().tries_from is None


def test_counts_the_address_that_our_own_proxy_names(visitor, invitation, settings):
    settings.BEHIND_PROXY = True
    for number in range(rate_limit.MAX_OF_SOURCE + 1):
        made_up = f"198.51.100.{number}, 203.0.113.7"
        last = Client().post(invitation.begin_path, headers={"X-Forwarded-For": made_up})
    assert last.status_code == 429


def test_lets_it_be_tried_again_after_an_hour(visitor, invitation):
    for _time in range(rate_limit.MAX_TRIPS):
        visitor.begin(invitation)
    ConsentAttempt.objects.update(started_at=timezone.now() - rate_limit.COUNTED_WITHIN - timedelta(seconds=1))
    assert visitor.go_all_the_way(invitation).status_code == 302
