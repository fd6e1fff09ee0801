"""What a customer was asked for when the onboarding ended long ago is asked no more, so that nothing is kept anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.models import Event, Onboarding, SecretRequest
from onboarding.models.link import admin_of
from onboarding.privacy import retention
from tests import builders

from .test_harvest import NOON

pytestmark = pytest.mark.django_db


def test_asks_for_nothing_where_all_names_were_erased(settings: Settings) -> None:
    settings.RETENTION_DAYS = 180
    made = builders.onboarding()
    link = builders.granted(made, "11111111-2222-4333-8444-555555555555")
    for kind, answered_at in (("scim_token", None), ("other", NOON)):
        asked = {"kind": kind, "host": "contoso.smarpshare.com", "answered_at": answered_at}
        SecretRequest.objects.create(onboarding=made, link=link if answered_at else None, **asked)
    assert admin_of(link.pk) == "Eva Berg"
    Onboarding.objects.update(state=State.CLOSED)
    ledger.note(made.pk, State.CLOSED, say("The onboarding was closed."))
    Event.objects.update(at=NOON - timedelta(days=181))
    retention.erase_old(NOON)
    assert not SecretRequest.objects.open().exists()
    assert SecretRequest.objects.get(kind="other").taken_back_at is None
    assert admin_of(link.pk) == ""
