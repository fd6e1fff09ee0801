"""How long our copy of a customer's token is kept, and whether Haiilo is asked with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from onboarding.domain.lifecycle import State
from onboarding.engine.haiilo_reading import is_asked
from onboarding.models import Contact, KeptToken, Onboarding


@dataclass(frozen=True)
class KeptTokenView:
    """`is_asked`: Haiilo is asked at this customer's address at all; `agreed`: to keep the token after go-live.
    `contacts` have not been read yet.
    """

    is_asked: bool
    is_live: bool
    agreed: KeptToken | None
    contacts: QuerySet[Contact]


def kept_token_of(onboarding: Onboarding) -> KeptTokenView:
    """One query where Haiilo is asked, else none."""
    asked, agreed = is_asked(onboarding.customer), None
    if asked:
        agreed = KeptToken.objects.select_related("contact", "noted_by").filter(onboarding=onboarding).first()
    return KeptTokenView(asked, onboarding.state == State.LIVE, agreed, onboarding.contacts.all())
