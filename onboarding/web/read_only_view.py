"""From setting up to watching only, and back: what customer success and the customer's admin are shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onboarding.domain import consent_sizes as sizes
from onboarding.domain.consent_sizes import Size
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Kind
from onboarding.mail import context as standings
from onboarding.models import Contact, Onboarding, StepDown, StepState
from onboarding.web.step_view import COURTS, Words, readable

KEY = "step_down"


@dataclass(frozen=True)
class StepDownView:
    """How far a step-down has come.

    `stage`: ``offer`` (it may be offered), ``asked`` (the admin has to approve, or we verify that), ``watching`` (the
    set-up application is to go), ``removed``, ``up`` (the admin is asked to let us set up again), or empty where there
    is nothing to say. `pending`: an answer has come that was not looked at yet; `again`: what was approved does not do.
    """

    stage: str
    only_watches: bool = False
    kind: str = Kind.NEW
    kind_label: Words = ""
    court_label: Words = ""
    sentence: str = ""
    missing: Sequence[str] = ()
    again: bool = False
    pending: bool = False
    approved: bool = False
    setup: Size = sizes.STANDARD
    setup_name: str = ""
    asked_at: datetime | None = None
    watching_since: datetime | None = None
    removed_at: datetime | None = None
    contacts: Sequence[Contact] = ()
    likeliest: Contact | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody or something is still to move."""
        return self.stage in ("asked", "watching", "up")

    @property
    def moving(self) -> bool:
        """Whether it goes on by itself in a moment."""
        return self.waits and (self.pending or self.kind == Kind.WAITING)

    @property
    def watch(self) -> Size:
        """The application that only reads."""
        return sizes.MONITOR

    @property
    def asks_for(self) -> Size:
        """What has to be approved next, where something has to be."""
        return self.setup if self.only_watches else sizes.MONITOR


def step_down_view(onboarding: Onboarding, states: Mapping[str, StepState], *, live: bool) -> StepDownView:
    """Three queries at most. `live`: every step is done, so that it may be offered."""
    row = onboarding.open_step_down
    if row is None:
        offered = live and onboarding.state == State.LIVE and sizes.MONITOR.is_configured
        if not offered:
            return StepDownView("")
        return StepDownView("offer", setup=onboarding.customer.size, **_people(onboarding))
    state = states.get(KEY) or StepState(onboarding=onboarding, key=KEY)
    offers = readable(state.offers)
    return StepDownView(
        stage=_stage(row),
        only_watches=row.watches,
        kind=state.kind,
        kind_label=Kind(state.kind).label,
        court_label=COURTS[state.court],
        sentence=str(state.sentence or ""),
        missing=offers.get("missing", []),
        again=state.kind == Kind.ASKING and state.checked_at is not None and standings.blocker(state).link,
        pending=state.checked_at is None,
        approved=state.kind == Kind.WAITING or state.code not in NOT_APPROVED,
        setup=onboarding.customer.size,
        setup_name=str(offers.get("name", "")),
        asked_at=row.asked_at,
        watching_since=row.watching_since,
        removed_at=row.removed_at,
        **_people(onboarding),
    )


# Codes of the consent step that stand for a link on its way.
NOT_APPROVED = frozenset({"", "no_link", "link_sent", "link_expired"})


def _stage(row: StepDown) -> str:
    if not row.watches:
        return "asked"
    if row.up_asked_at is not None:
        return "up"
    return "removed" if row.removed_at else "watching"


def _people(onboarding: Onboarding) -> dict[str, Any]:
    contacts = list(onboarding.contacts.order_by("pk"))
    return {"contacts": contacts, "likeliest": standings.approver(contacts)}
