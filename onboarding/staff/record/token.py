"""The tokens of a customer as the page shows them: which is saved, which waits, how each was tried last, and what
happened with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from onboarding.domain.desired import moment_of
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.sentences import Sentence
from onboarding.domain.token_expiry import Expiry
from onboarding.domain.verdicts import Kind
from onboarding.models import CustomerSecret, Event, Onboarding, StepState
from onboarding.steps.connection import rotation
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared.haiilo_notes import sentence_on

MAX_LINES = 8
KINDS = (
    "answered",
    "approved",
    "asked",
    "asked_no_more",
    "token_withdrawn",
    "released",
    Kind.ASKING,
    Kind.BROKEN,
    Kind.DONE,
)


@dataclass(frozen=True)
class TokenView:
    """`saved_at`: when we saved the one that is in use, None where somebody else did; `expires`: when that one does,
    None where nobody has said. `waits`: whether the entered one is not saved. `accepted_at`, `refused_at`: when the
    test of the saved one by Microsoft ended so last, as far as it is newer than the saving; `here_at`: when Haiilo was
    asked with it from here, and `here` what kept us from an answer. `history` has not been read yet.
    """

    is_connected: bool
    saved_at: datetime | None
    expires: Expiry | None
    waits: bool
    accepted_at: datetime | None
    refused_at: datetime | None
    refused_code: str
    here_at: datetime | None
    here: Sentence | None
    history: QuerySet[Event]


def token_view(onboarding: Onboarding, state: StepState | None, secret: CustomerSecret | None) -> TokenView | None:
    """None before there is a token. No query."""
    seen = state.seen(ConnectionEvidence) if state is not None else None
    if state is None or (seen is None and secret is None):
        return None
    saved = (state.intents.get(rotation.SAVE) or {}).get("result") or {}
    saved_at = moment_of(saved.get("put_at")) or moment_of(saved.get("at"))
    waits = secret is not None and secret.saved_at != moment_of(saved.get("token_at"))
    tested = state.offers.get(rotation.TESTED, {})
    here = _asked_here(onboarding, saved_at, secret.saved_at if secret is not None and waits else None)
    return TokenView(
        is_connected=seen is not None,
        saved_at=saved_at,
        expires=Expiry.from_json(saved.get("expires")),
        waits=waits,
        accepted_at=_newest(saved_at, seen.tested_at if seen else None, _at(tested, works=True)),
        refused_at=_at(tested, works=False),
        refused_code=str(tested.get("code", "")),
        here_at=here.tried_at if here else None,
        here=sentence_on(here.trouble) if here and here.trouble else None,
        history=_history(onboarding),
    )


def _at(tested: Mapping[str, Any], *, works: bool) -> datetime | None:
    return moment_of(tested.get("at")) if tested.get("works") is works else None


def _newest(since: datetime | None, *times: datetime | None) -> datetime | None:
    newest = max((at for at in times if at is not None), default=None)
    return newest if newest is None or since is None or newest >= since else None


def _asked_here(onboarding: Onboarding, since: datetime | None, until: datetime | None) -> HaiiloList | None:
    """What Haiilo answered last, where it was asked with the saved token; with the entered one it is `until` then."""
    found = HaiiloList.from_json(onboarding.haiilo_list)
    if found.tried_at is None or since is None or found.tried_at < since:
        return None
    return found if until is None or found.tried_at < until else None


def _history(onboarding: Onboarding) -> QuerySet[Event]:
    """The newest lines of the timeline about a token, the newest first."""
    about = Q(kind__in=KINDS) | Q(kind="applied", detail__change__in=[rotation.TEST, rotation.SAVE])
    lines = onboarding.events.select_related("actor").filter(about, step=ConnectionEvidence.step)
    return lines.order_by("-id")[:MAX_LINES]
