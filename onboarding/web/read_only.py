"""From setting up to watching only, and back: what customer success and the customer's admin are shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Kind
from onboarding.mail import context
from onboarding.models import Contact, Onboarding, ReadOnlyMode, StepState
from onboarding.steps.asks import CustomerAsk
from onboarding.steps.consent.causes import ON_ITS_WAY
from onboarding.steps.read_only.step import ReadOnly
from onboarding.web.step_view import COURTS, Text, readable

KEY = ReadOnly.key


@dataclass(frozen=True)
class ReadOnlyView:
    """How far a read-only mode has come.

    `stage`: ``offer`` (it may be offered), ``asked`` (the admin has to approve, or we verify that), ``watching`` (the
    set-up application is to go), ``removed``, ``up`` (the admin is asked to let us set up again), or empty where there
    is nothing to say. `pending`: an answer has come that was not judged yet; `ask`: what the admin is asked for, once
    that was judged.
    """

    stage: str
    reads_only: bool = False
    kind: str = Kind.NEW
    kind_label: Text = ""
    court_label: Text = ""
    sentence: str = ""
    missing: Sequence[str] = ()
    ask: CustomerAsk | None = None
    pending: bool = False
    approved: bool = False
    setup: ConsentSize = consent_sizes.STANDARD
    setup_name: str = ""
    asked_at: datetime | None = None
    reads_only_since: datetime | None = None
    removed_at: datetime | None = None
    contacts: Sequence[Contact] = ()
    likeliest: Contact | None = None

    @property
    def again(self) -> bool:
        """Whether what was approved does not do, so that it has to be approved once more."""
        return self.ask is not None and self.ask.by_link

    @property
    def waits(self) -> bool:
        """Whether somebody or something is still to move."""
        return self.stage in ("asked", "reads_only", "up")

    @property
    def moving(self) -> bool:
        """Whether it goes on by itself in a moment."""
        return self.waits and (self.pending or self.kind == Kind.WAITING)

    @property
    def reading(self) -> ConsentSize:
        """The application that only reads."""
        return consent_sizes.MONITOR

    @property
    def asks_for(self) -> ConsentSize:
        """What has to be approved next, where something has to be."""
        return self.setup if self.reads_only else consent_sizes.MONITOR


def read_only_view(onboarding: Onboarding, states: Mapping[str, StepState], *, live: bool) -> ReadOnlyView:
    """Three queries at most. `live`: every step is done, so that it may be offered."""
    row = onboarding.open_read_only
    if row is None:
        offered = live and onboarding.state == State.LIVE and consent_sizes.MONITOR.is_configured
        if not offered:
            return ReadOnlyView("")
        return ReadOnlyView("offer", setup=onboarding.customer.size, **_people(onboarding))
    state = states.get(KEY) or StepState(onboarding=onboarding, key=KEY)
    offers = readable(state.offers)
    return ReadOnlyView(
        stage=_stage(row),
        reads_only=row.is_active,
        kind=state.kind,
        kind_label=Kind(state.kind).label,
        court_label=COURTS[state.court],
        sentence=str(state.sentence or ""),
        missing=offers.get("missing", []) if state.kind == Kind.ASKING else [],
        ask=context.ask_of(state) if state.kind == Kind.ASKING and state.checked_at is not None else None,
        pending=state.checked_at is None,
        approved=state.kind == Kind.WAITING or state.code not in NOT_APPROVED,
        setup=onboarding.customer.size,
        setup_name=str(offers.get("name", "")),
        asked_at=row.asked_at,
        reads_only_since=row.reads_only_since,
        removed_at=row.removed_at,
        **_people(onboarding),
    )


NOT_APPROVED = frozenset({"", *(cause.code for cause in ON_ITS_WAY)})


def _stage(row: ReadOnlyMode) -> str:
    if not row.is_active:
        return "asked"
    if row.leave_asked_at is not None:
        return "up"
    return "removed" if row.removed_at else "reads_only"


def _people(onboarding: Onboarding) -> dict[str, Any]:
    contacts = list(onboarding.contacts.order_by("pk"))
    return {"contacts": contacts, "likeliest": context.approver(contacts)}
