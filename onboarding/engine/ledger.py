"""Writes verdicts, answers and lines of the timeline: `StepState` and `Event`.

Three others touch these rows: `customers.records` makes the empty ones of a new customer, `customers.read_only` deletes
that of a read-only mode that is taken back, and `privacy` takes names out. Each function here is one short transaction.
What the engine writes carries its lease: if another worker has taken over, `LeaseLost` is raised, nothing is written
and the result is thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from onboarding.causes.ours import NO_EFFECT
from onboarding.domain.lifecycle import Milestone, State
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import (
    ApprovedPlan,
    Asking,
    Broken,
    Change,
    Court,
    Done,
    Kind,
    Todo,
    Verdict,
    Waiting,
    fingerprint,
)
from onboarding.engine import approvals, gate, intents
from onboarding.models import Backup, CustomerSecret, Event, Onboarding, ReadOnlyMode, StepState, TenantBinding, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.steps.connection.step import Connection
from onboarding.steps.consent.causes import BOUND_ELSEWHERE, TENANT_TAKEN
from onboarding.steps.customer.step import CustomerRecord
from onboarding.steps.live.step import Live
from onboarding.steps.read_only.step import ReadOnly

MAX_TRIES = 3


@dataclass(frozen=True)
class Cost:
    """What reading and judging one step took: requests to Graph, and seconds of a worker."""

    graph_calls: int = 0
    seconds: float = 0.0


def _hold(lease: Lease) -> Onboarding:
    row = Onboarding.objects.held(lease).select_for_update(no_key=True).first()
    if row is None:
        raise LeaseLost(f"onboarding {lease.onboarding_id}")
    return row


def permitted(lease: Lease, key: str, change: Change, approval: int | None) -> None:
    """Raise `Held` or `LeaseLost` unless `change` may be made at this moment."""
    with transaction.atomic():
        gate.check(_hold(lease), key, change, approval)


def _state(onboarding_id: int, key: str) -> StepState:
    return StepState.objects.get_or_create(onboarding_id=onboarding_id, key=key)[0]


def note(
    onboarding_id: int,
    kind: str,
    message: Sentence,
    *,
    step: str = "",
    actor: User | None = None,
    actor_name: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the timeline. The caller holds the transaction in which it happens."""
    Event.objects.create(
        onboarding_id=onboarding_id,
        step=step,
        kind=kind,
        message=message.as_json(),
        actor=actor,
        actor_name=actor_name,
        detail=dict(detail or {}),
    )


# What the engine found


def record(lease: Lease, key: str, verdict: Verdict, cost: Cost) -> None:
    """Keep the verdict on one step, and add an event if it says something new. Raises `LeaseLost`."""
    now = clock.now()
    with transaction.atomic():
        _hold(lease)
        state = _state(lease.onboarding_id, key)
        before = (state.kind, state.court, state.message.get("text"))
        _write(state, verdict, now)
        if (state.kind, state.court) != before[:2] or state.since is None:
            state.since = now
        state.checked_at = now
        state.graph_calls += cost.graph_calls
        state.seconds += cost.seconds
        state.save()
        if before != (state.kind, state.court, state.message.get("text")) and state.message:
            detail = {"code": state.code, "request_id": state.request_id} if state.code else {}
            Event.objects.create(
                onboarding_id=lease.onboarding_id, step=key, kind=state.kind, message=state.message, detail=detail
            )


def settle_approval(lease: Lease, key: str, plan: ApprovedPlan, verdict: Verdict) -> None:
    """Use up or withdraw what was approved before this verdict, as the verdict says. Raises `LeaseLost`."""
    with transaction.atomic():
        _hold(lease)
        if approvals.settle(_state(lease.onboarding_id, key), plan, verdict):
            text = _("The plan has changed since it was approved. It has to be approved again.")
            note(lease.onboarding_id, "withdrawn", say(text), step=key)


def _write(state: StepState, verdict: Verdict, now: datetime) -> None:
    state.code = state.request_id = ""
    state.plan, state.offers, state.progress, state.warnings = {}, {}, {}, []
    match verdict:
        case Done():
            state.kind, state.court = Kind.DONE, Court.CS
            state.message = verdict.note.as_json() if verdict.note else {}
            state.evidence = verdict.evidence.to_json()
            state.warnings = _stored(verdict.warnings)
            state.done_at = state.done_at or now
        case Todo():
            state.kind, state.court = Kind.TODO, Court.CS
            state.message = verdict.why.as_json()
            state.warnings = _stored(verdict.warnings)
            state.plan = {
                "fingerprint": fingerprint(verdict.changes),
                "button": verdict.button.as_json(),
                "changes": [change.as_json() for change in verdict.changes],
            }
        case Waiting():
            state.kind, state.court = Kind.WAITING, verdict.court
            state.message = verdict.why.as_json()
            if verdict.progress:
                state.progress = {"done": verdict.progress.done, "total": verdict.progress.total}
        case Asking():
            state.kind, state.court, state.code = Kind.ASKING, verdict.court, verdict.code
            state.message = verdict.question.as_json()
            state.offers = dict(verdict.offers)
            state.warnings = _stored(verdict.warnings)
        case Broken():
            state.kind, state.court, state.code = Kind.BROKEN, verdict.court, verdict.code
            state.message, state.request_id = verdict.why.as_json(), verdict.request_id


def _stored(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    return [sentence.as_json() for sentence in sentences]


def set_current(lease: Lease, key: str, *, live: bool) -> StepState:
    """Note where the onboarding stands now: its current step, for the board; and that it is live, once it is.

    Returns the row of that step.
    """
    with transaction.atomic():
        row = _hold(lease)
        state = _state(lease.onboarding_id, key)
        row.current_key, row.current_kind, row.current_court = key, state.kind, state.court
        row.current_since = state.since or clock.now()
        if live and row.state == State.OPEN:
            row.state, row.live_at = State.LIVE, row.live_at or clock.now()
            note(row.pk, State.LIVE, say(_("The onboarding is live.")), step=key)
        row.save(update_fields=["current_key", "current_kind", "current_court", "current_since", "state", "live_at"])
    return state


def refusal_to_bind(onboarding_id: int, evidence: Mapping[str, Any]) -> Verdict | None:
    """Why the proved tenant cannot be bound to this onboarding; None where it can, or is already. Reads only."""
    bound = TenantBinding.objects.filter(onboarding_id=onboarding_id).first()
    if bound is not None and bound.tenant_id != evidence["tenant_id"]:
        return BOUND_ELSEWHERE.broken()
    if bound is None and TenantBinding.objects.filter(tenant_id=evidence["tenant_id"]).exists():
        return TENANT_TAKEN.asking()
    return None


def bind(lease: Lease, evidence: Mapping[str, Any]) -> Verdict | None:
    """Bind the proved tenant to this onboarding, once and for ever. A verdict instead when it belongs to another."""
    with transaction.atomic():
        _hold(lease)
        refused = refusal_to_bind(lease.onboarding_id, evidence)
        if refused is not None or TenantBinding.objects.filter(onboarding_id=lease.onboarding_id).exists():
            return refused
        try:
            with transaction.atomic():
                TenantBinding.objects.create(
                    onboarding_id=lease.onboarding_id,
                    tenant_id=evidence["tenant_id"],
                    display_name=evidence["tenant_name"],
                    verified_domain=evidence["verified_domain"],
                    admin_object_id=evidence["admin_object_id"],
                    admin_name=evidence["admin_name"],
                )
        except IntegrityError:  # another worker has bound it to another customer since
            return TENANT_TAKEN.asking()
    return None


def expect_tenant(onboarding_id: int, tenant_id: str) -> None:
    """Expect this tenant from now on. A worker that reads the former one loses its lease, so that its verdict does not
    count. The caller holds the transaction that decides.
    """
    Onboarding.objects.interrupt(onboarding_id)
    state = _state(onboarding_id, CustomerRecord.key)
    state.evidence = {**state.evidence, "tenant_id": tenant_id, "domain": ""}
    state.save(update_fields=["evidence"])


def reach_milestone(lease: Lease, reached: Milestone) -> bool:
    """Keep how far the read-only mode has come. True when the tenant is read by another application of ours from now
    on.
    """
    now = clock.now()
    with transaction.atomic():
        onboarding = _hold(lease)
        row = ReadOnlyMode.objects.select_for_update().filter(onboarding=onboarding, ended_at=None).first()
        if row is None or reached is Milestone.NONE:
            return False
        switched = reached is Milestone.ENDED or row.reads_only_since is None
        if reached is Milestone.ENDED:
            row.ended_at = now
            StepState.objects.filter(onboarding=onboarding, key=ReadOnly.key).delete()
        else:
            row.reads_only_since = row.reads_only_since or now
            row.removed_at = (row.removed_at or now) if reached is Milestone.REMOVED else None
        row.save(update_fields=["ended_at", "reads_only_since", "removed_at"])
        if switched:
            note(onboarding.pk, ReadOnly.key, say(_SWITCHED[reached is Milestone.ENDED]), step=Live.key)
            _begin_anew(onboarding.pk)
    return switched


def _begin_anew(onboarding_id: int) -> None:
    """Have all steps read anew. Approvals are withdrawn, lest a plan is applied one day without a question."""
    approvals.withdraw(onboarding_id)
    StepState.objects.filter(onboarding_id=onboarding_id).exclude(key=ReadOnly.key).update(checked_at=None)


_SWITCHED = {
    False: _("Read-only mode is on: our read-only application checks from now on, and nothing is changed."),
    True: _("Our application for setting up was approved again; the plan of a change can be approved."),
}


# Intents: what was begun, so that a crash or a lost answer is never followed by a blind repeat


def intent_key(change: Change) -> str:
    """Under which name the intent of this change is kept."""
    return change.intent


def intend(lease: Lease, key: str, change: Change, *, approval: int | None = None) -> Verdict | None:
    """Commit the intent to make `change` before it is sent; a verdict instead when it must not be sent now.

    Raises `Held` where it may not be made at this moment, by `approval` or without one.

    A change that must not be repeated (`once`) and was begun before is searched for over a quiet window of
    ``QUIET_LOOKS`` runs and ``QUIET_SECONDS`` seconds before it may be sent again.
    """
    now = clock.now()
    with transaction.atomic():
        gate.check(_hold(lease), key, change, approval)
        state = _state(lease.onboarding_id, key)
        entry = state.intents.get(intent_key(change))
        if entry and entry["tries"] and change.once and not intents.is_quiet(entry, now):
            entry["looks"] += 1
            state.save(update_fields=["intents"])
            pause = timedelta(seconds=settings.QUIET_SECONDS / settings.QUIET_LOOKS)
            return Waiting(
                say(_("We are checking whether Microsoft has carried out: %(change)s"), change=change.summary), pause
            )
        if entry and entry["tries"] >= MAX_TRIES and entry.get("applied_at"):
            return NO_EFFECT.broken(change=change.summary)
        tries = entry["tries"] + 1 if entry else 1
        for other, sentence in intents.give_up_others(state.intents, change, now):
            note(lease.onboarding_id, "unknown", sentence, step=key, detail={"change": other})
        state.intents[intent_key(change)] = intents.begun(change, now, tries=tries)
        state.save(update_fields=["intents"])
    return None


def refused(lease: Lease, key: str, change: Change) -> None:
    """Note that `change` was begun and certainly not made. Raises `LeaseLost`."""
    with transaction.atomic():
        _hold(lease)
        state = _state(lease.onboarding_id, key)
        intents.refuse(state.intents, change, clock.now())
        state.save(update_fields=["intents"])


def found_done(lease: Lease, key: str, planned: Sequence[Change]) -> None:
    """Write the lines of changes whose note a crash swallowed, and that the plan does not hold any more."""
    with transaction.atomic():
        _hold(lease)
        state = _state(lease.onboarding_id, key)
        _note_found(state, planned)
        state.save(update_fields=["intents"])


def _note_found(state: StepState, planned: Sequence[Change] = ()) -> None:
    for change, sentence in intents.find_done(state.intents, planned, clock.now()):
        note(state.onboarding_id, "applied", sentence, step=state.key, detail={"change": change, "found": True})


def applied(
    lease: Lease, key: str, change: Change, result: Mapping[str, Any] | None, *, approval: int | None = None
) -> None:
    """Note that `change` was made, with the sentence that announced it; keep its backup. Raises `LeaseLost`."""
    kept = dict(result or {})
    backup = kept.pop("backup", None)
    with transaction.atomic():
        _hold(lease)
        state = _state(lease.onboarding_id, key)
        if backup is not None:
            Backup.objects.create(onboarding_id=lease.onboarding_id, step=key, document=backup)
        entry = state.intents.setdefault(intent_key(change), intents.begun(change, clock.now(), tries=1))
        entry["applied_at"] = clock.now().isoformat()
        entry["result"] = kept
        # Results are looked up by the change's own key; the newest one wins.
        state.intents[change.key] = {**entry}
        state.save(update_fields=["intents"])
        detail = {"change": change.key, **({"approval": approval} if approval else {})}
        note(lease.onboarding_id, "applied", change.summary, step=key, detail=detail)


def close_intents(lease: Lease, key: str) -> None:
    """The step is as desired: what was begun is done. On drift it may be begun anew, by a new approval."""
    with transaction.atomic():
        _hold(lease)
        state = _state(lease.onboarding_id, key)
        _note_found(state)
        closed = {name: {**entry, "tries": 0} for name, entry in state.intents.items() if entry.get("result")}
        if closed != state.intents:
            state.intents = closed
            state.save(update_fields=["intents"])


def release_secret(lease: Lease, kind: str) -> None:
    """Erase a customer's secret that is saved where it is needed; a newer one has to be entered again."""
    with transaction.atomic():
        _hold(lease)
        if CustomerSecret.objects.filter(onboarding_id=lease.onboarding_id, kind=kind).delete()[0]:
            note(
                lease.onboarding_id,
                "released",
                say(_("Microsoft has the token now; our copy was erased.")),
                step=Connection.key,
            )


# What people said


def keep_answer(onboarding_id: int, key: str, answer: Mapping[str, Any], *, actor: User) -> None:
    """Merge a person's answer into the step. The caller holds the transaction of the decision."""
    state = _state(onboarding_id, key)
    state.answer = {**state.answer, **answer}
    state.answered_by, state.answered_at = actor, clock.now()
    state.checked_at = None
    state.save(update_fields=["answer", "answered_by", "answered_at", "checked_at"])


def make_stale(onboarding_id: int, key: str | None = None) -> None:
    """Have the next run read this step (or all) anew, however fresh its verdict is."""
    states = StepState.objects.filter(onboarding_id=onboarding_id)
    (states.filter(key=key) if key else states).update(checked_at=None)
