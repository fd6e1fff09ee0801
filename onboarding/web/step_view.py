"""One step as pages show it: stored sentences become text in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.domain.sentences import Sentence
from onboarding.domain.verdicts import Court, Kind
from onboarding.engine import approvals
from onboarding.models import Approval, Onboarding, StepState, clock
from onboarding.steps import STEPS, cause_of
from onboarding.steps.asks import CustomerAsk, customer_ask
from onboarding.steps.shared.removals import is_about
from onboarding.web.waiting import waiting

Text = str | Promise

COURTS: dict[str, Text] = {
    Court.CS: _("We have to act"),
    Court.CUSTOMER: _("The customer has to act"),
    Court.MICROSOFT: _("Microsoft has to act"),
    Court.HAIILO: _("Haiilo has to act"),
}
MOVING = (Kind.NEW, Kind.WAITING)


def age_of(since: datetime) -> str:
    """How long ago that was, in its largest unit; “just now” within the first minute."""
    return gettext("just now") if clock.now() - since < timedelta(minutes=1) else timesince(since, clock.now(), depth=1)


@dataclass(frozen=True)
class PlannedChange:
    """One change of a plan: its sentence, and its lines as (sign, sentence)."""

    sentence: str
    details: list[tuple[str, str]]
    payload: Mapping[str, Any]

    @property
    def request(self) -> str:
        """The payload as JSON to read, empty where there is none."""
        return json.dumps(self.payload, indent=2, ensure_ascii=False) if self.payload else ""


@dataclass(frozen=True)
class Plan:
    """What will be changed in the tenant, what the button says, whether this is approved and may be made, and whether
    it takes two people.
    """

    fingerprint: str
    button: str
    changes: list[PlannedChange]
    approved: bool
    takes_two: bool


@dataclass(frozen=True)
class StepView:
    """One step as a page shows it: `sentence` to customer success, `ask` to the customer's admin, who is `told` what
    somebody on their side has changed where customer success has to act on it.
    """

    key: str
    number: int
    title: Text
    kind: str
    kind_label: Text
    court: str
    court_label: Text
    sentence: str
    ask: CustomerAsk | None
    told: Sentence | None
    warnings: list[str]
    code: str
    request_id: str
    evidence: Mapping[str, Any]
    offers: Mapping[str, Any]
    plan: Plan | None
    progress: Mapping[str, Any]
    since: datetime | None
    checked_at: datetime | None
    done_at: datetime | None
    answer: Mapping[str, Any]
    answered_by: User | None
    answered_at: datetime | None
    answered_when: str
    approval: Approval | None
    is_current: bool
    is_last: bool
    gives_access: bool
    url: str

    @property
    def age(self) -> str:
        """How long it has stood like this, in its largest unit; empty where it never moved."""
        return age_of(self.since) if self.since else ""

    @property
    def waiting(self) -> str:
        """Whom the step waits for and how long already, in a phrase; empty where it is done or was never checked."""
        return waiting(self.court, self.since) if self.since and self.kind not in (Kind.NEW, Kind.DONE) else ""

    @property
    def detail(self) -> str:
        """Codes and ids of Microsoft and Haiilo to copy; our own codes (in small letters) are said by the sentence."""
        code = "" if self.code.islower() else self.code
        return " · ".join(part for part in (code, str(self.offers.get("detail", "")), self.request_id) if part)

    @property
    def holds_removals(self) -> bool:
        """Whether Microsoft holds removals back."""
        return is_about(self.code)

    @property
    def pending(self) -> bool:
        """Whether a person has just answered, or asked for a recheck, and the engine has not run since."""
        return self.checked_at is None and self.kind != Kind.NEW


def steps_of(onboarding: Onboarding, states: Mapping[str, StepState]) -> list[StepView]:
    """All steps in their order; one that has no row yet is shown as not started."""
    given = approvals.newest(onboarding)
    return [
        _view(onboarding, number, states.get(step.key), given.get(step.key))
        for number, step in enumerate(STEPS, start=1)
    ]


def is_between(steps: Sequence[StepView]) -> bool:
    """Whether the current step is done and the next one is not read yet: the engine does that in the same run."""
    return any(step.is_current and step.kind == Kind.DONE for step in steps) and any(
        step.kind != Kind.DONE for step in steps
    )


def _view(onboarding: Onboarding, number: int, state: StepState | None, approval: Approval | None) -> StepView:
    step = STEPS[number - 1]
    state = state or StepState(onboarding=onboarding, key=step.key)
    kind = Kind(state.kind)
    return StepView(
        key=step.key,
        number=number,
        title=step.title,
        kind=kind,
        kind_label=kind.label,
        court=state.court,
        court_label=COURTS[state.court],
        sentence=str(state.sentence or ""),
        ask=_ask_of(state),
        told=_told_of(state),
        warnings=_texts(state.warnings),
        code=state.code,
        request_id=state.request_id,
        evidence=readable(state.evidence),
        offers=readable(state.offers),
        plan=_plan(onboarding, state, approval),
        progress=state.progress,
        since=state.since,
        checked_at=state.checked_at,
        done_at=state.done_at,
        answer=state.answer,
        answered_by=state.answered_by,
        answered_at=state.answered_at,
        answered_when=state.answered_when,
        approval=approval,
        is_current=step.key == onboarding.current_key,
        is_last=step is STEPS[-1],
        gives_access=step.gives_access,
        url=reverse("step", args=[onboarding.pk, step.key]),
    )


def _ask_of(state: StepState) -> CustomerAsk | None:
    """What the customer's admin is asked for, where it is the customer who has to act."""
    if state.kind not in (Kind.ASKING, Kind.BROKEN) or state.court != Court.CUSTOMER:
        return None
    return customer_ask(state.key, state.code, state.sentence, state.offers)


def _told_of(state: StepState) -> Sentence | None:
    cause = cause_of(state.key, state.code) if state.kind == Kind.TODO and state.code else None
    if cause is None or not cause.customer:
        return None
    return customer_ask(state.key, state.code, state.sentence, state.offers).what


def readable(stored: Any) -> Any:
    """Stored JSON with each sentence in it turned into text."""
    if isinstance(stored, dict):
        if stored.keys() == {"text", "values"}:
            return str(Sentence.from_json(stored) or "")
        return {name: readable(value) for name, value in stored.items()}
    return [readable(value) for value in stored] if isinstance(stored, list) else stored


def _texts(stored: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(sentence) for entry in stored if (sentence := Sentence.from_json(entry))]


def _plan(onboarding: Onboarding, state: StepState, approval: Approval | None) -> Plan | None:
    if not state.plan:
        return None
    return Plan(
        fingerprint=state.plan["fingerprint"],
        button=str(Sentence.from_json(state.plan["button"]) or ""),
        changes=[
            PlannedChange(
                sentence=str(Sentence.from_json(change["summary"]) or ""),
                details=[
                    (detail["sign"], str(Sentence.from_json(detail["text"]) or "")) for detail in change["details"]
                ],
                payload=change["payload"],
            )
            for change in state.plan["changes"]
        ],
        takes_two=any(change.get("takes_two") for change in state.plan["changes"]),
        approved=approval is not None and _approves(approval, onboarding, state.plan["changes"]),
    )


def _approves(approval: Approval, onboarding: Onboarding, changes: Sequence[Mapping[str, Any]]) -> bool:
    covered = approval.is_open and all(change in approval.changes for change in changes)
    return covered and approvals.plan_of(approval, onboarding).stands
