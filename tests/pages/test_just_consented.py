"""What a browser is told right after the yes, before the engine has looked."""

from __future__ import annotations

import pytest

from onboarding.steps.consent.causes import DECLINED

from .desk import stand
from .visitor import text_of

pytestmark = pytest.mark.django_db


def test_does_not_ask_again_for_what_was_just_given(visitor, invitation):
    stand(
        invitation.onboarding,
        "consent",
        DECLINED.asking(),
        customer={"tenant_id": invitation.tenant, "domain": "x.example"},
    )
    visitor.go_all_the_way(invitation)
    text = text_of(visitor.client.get("/progress/"))
    assert "We need something from you" not in text
    assert "Thank you. We are looking whether everything has arrived" in text
    assert "you can close this page" not in text
    assert "This page refreshes by itself" in text
