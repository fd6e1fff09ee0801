"""Writes verdicts, answers and lines of the timeline: `StepState` and `Event`.

Three others touch these rows: `customers.records` makes the empty ones of a new customer, `customers.read_only` deletes
that of a read-only mode that is taken back, and `privacy` takes names out. What the engine writes goes through the
working copy of its run, under its lease: if another worker has taken over, `LeaseLost` is raised, nothing is written
and the result is thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.causes.ours import NO_EFFECT, NOT_CONFIRMED
from onboarding.domain.lifecycle import State
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
    planned,
)
from onboarding.engine import approvals, gate, intents, reported
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Backup, CustomerSecret, Event, Onboarding, StepState, clock
from onboarding.steps.connection.step import Connection
from onboarding.steps.customer.step import CustomerRecord

MAX_TRIES = 3
PLAN_CHANGED = _("The plan has changed since it was approved. It has to be approved again.")
OF_A_VERDICT = (
    *("kind", "court", "message", "warnings", "code", "request_id", "evidence", "offers", "plan", "progress"),
    *("since", "done_at"),
)
OF_A_LOOK = ("checked_at", "seen_at", "graph_calls", "seconds")


@dataclass(frozen=True)
class Cost:
    """What reading and judging one step took: requests to Graph, and seconds of a worker."""

    graph_calls: int = 0
    seconds: float = 0.0


def permitted(copy: WorkingCopy, key: str, change: Change, approval: int | None) -> None:
    """Raise `Held` or `LeaseLost` unless `change` may be made at this moment."""
    with copy.writing() as row:
        gate.check(row, key, change, approval)


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


def record(copy: WorkingCopy, key: str, verdict: Verdict, cost: Cost) -> None:
    """Keep the verdict on one step, with a line if it says something new. Both wait to be written, and of a verdict
    that is the one that is kept only when it was found again.
    """
    now, state = clock.now(), copy.state(key)
    before, kept = (state.kind, state.court, state.message.get("text")), _verdict(state)
    told_before = state.reported
    _write(state, verdict, now)
    state.offers = reported.beside(state, copy.reported, told_before)
    if (state.kind, state.court) != before[:2] or state.since is None:
        state.since = now
    state.checked_at = now
    state.graph_calls += cost.graph_calls
    state.seconds += cost.seconds
    copy.changed(key, *OF_A_LOOK, *(() if _verdict(state) == kept else OF_A_VERDICT))
    if before != (state.kind, state.court, state.message.get("text")) and state.message:
        detail = {"code": state.code, "request_id": state.request_id} if state.code else {}
        detail |= {reported.FAILED: failed} if (failed := copy.reported.get(reported.FAILED)) else {}
        copy.add_line(state.kind, state.message, step=key, detail=detail)
    copy.reported = {}


def _verdict(state: StepState) -> list[Any]:
    return [getattr(state, name) for name in OF_A_VERDICT]


def doubt(copy: WorkingCopy, *keys: str) -> None:
    """Have these steps examined anew, however fresh their verdicts are. Waits to be written."""
    for key in copy.rows.states.keys() & keys:
        copy.state(key).checked_at = None
        copy.changed(key, "checked_at")


def settle_approval(copy: WorkingCopy, key: str, plan: ApprovedPlan, verdict: Verdict) -> None:
    """Use up or withdraw what was approved before this verdict, as the verdict says. Raises `LeaseLost`."""
    with copy.writing() as row:
        if approvals.settle(copy.state(key), plan, verdict):
            copy.add_line("withdrawn", say(PLAN_CHANGED), step=key)
        approved = approvals.plans(row)
    copy.rows.approved = approved


def withdraw_approvals(copy: WorkingCopy, *keys: str) -> None:
    """End the open approvals of these steps: what they were given for is no more. Raises `LeaseLost`."""
    with copy.writing() as row:
        for key in keys:
            if approvals.withdraw(row.pk, key):
                copy.add_line("withdrawn", say(PLAN_CHANGED), step=key)
        approved = approvals.plans(row)
    copy.rows.approved = approved


def _write(state: StepState, verdict: Verdict, now: datetime) -> None:
    state.code = state.request_id = ""
    state.plan, state.offers, state.progress, state.warnings = {}, {}, {}, []
    match verdict:
        case Done():
            state.kind, state.court = Kind.DONE, Court.CS
            state.message = verdict.note.as_json() if verdict.note else {}
            state.evidence = verdict.evidence.to_json()
            state.warnings = _stored(verdict.warnings)
            state.done_at, state.seen_at = state.done_at or now, now
        case Todo():
            state.kind, state.court, state.code = Kind.TODO, Court.CS, verdict.code
            state.message, state.offers = verdict.why.as_json(), dict(verdict.offers)
            state.warnings = _stored(verdict.warnings)
        case Waiting():
            state.kind, state.court = Kind.WAITING, verdict.court
            state.message = verdict.why.as_json()
            state.code, state.request_id, state.offers = verdict.code, verdict.request_id, dict(verdict.offers)
            state.warnings = _stored(verdict.warnings)
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
            state.offers = dict(verdict.offers)
            state.warnings = _stored(verdict.warnings)
    if (plan := planned(verdict)) is not None:
        state.plan = {
            "fingerprint": fingerprint(plan.changes),
            "button": plan.button.as_json(),
            "changes": [change.as_json() for change in plan.changes],
        }


def _stored(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    return [sentence.as_json() for sentence in sentences]


def set_current(copy: WorkingCopy, key: str, *, live: bool) -> StepState:
    """Note where the onboarding stands now: its current step, for the board; and that it is live, once it is.

    Returns the row of that step. Written when the run ends; whoever pauses it until then ends the run.
    """
    state, row = copy.state(key), copy.rows.onboarding
    copy.row_columns |= {
        "current_key": key,
        "current_kind": state.kind,
        "current_court": state.court,
        "current_since": state.since or clock.now(),
    }
    if live and row.state == State.OPEN:
        copy.row_columns |= {"state": State.LIVE, "live_at": row.live_at or clock.now()}
        copy.add_line(State.LIVE, say(_("The onboarding is live.")), step=key)
    return state


def expect_tenant(onboarding_id: int, tenant_id: str) -> None:
    """Expect this tenant from now on. A worker that reads the former one loses its lease, so that its verdict does not
    count. The caller holds the transaction that decides.
    """
    Onboarding.objects.interrupt(onboarding_id)
    state = _state(onboarding_id, CustomerRecord.key)
    state.evidence = {**state.evidence, "tenant_id": tenant_id, "domain": ""}
    state.save(update_fields=["evidence"])


# Intents: what was begun, so that a crash or a lost answer is never followed by a blind repeat


def intent_key(change: Change) -> str:
    """Under which name the intent of this change is kept."""
    return change.intent


def intend(copy: WorkingCopy, key: str, change: Change, *, approval: int | None = None) -> Verdict | None:
    """Commit the intent to make `change` before it is sent; a verdict instead when it must not be sent now.

    Raises `Held` where it may not be made at this moment, by `approval` or without one.

    A change that must not be repeated (`once`) and was begun before is searched for over a quiet window of
    ``QUIET_LOOKS`` runs and ``QUIET_SECONDS`` seconds before it may be sent again.
    """
    now = clock.now()
    with copy.writing() as row:
        gate.check(row, key, change, approval)
        entries = _entries(copy, key)
        entry = entries.get(intent_key(change))
        if entry and entry["tries"] and change.once and not intents.is_quiet(entry, now):
            entry["looks"] += 1
            _keep(copy, key, entries)
            pause = timedelta(seconds=settings.QUIET_SECONDS / settings.QUIET_LOOKS)
            return Waiting(
                say(_("We are checking whether Microsoft has carried out: %(change)s"), change=change.summary), pause
            )
        if entry and change.once and intents.is_unheard(entry, now, MAX_TRIES):
            return NOT_CONFIRMED.broken(change=change.summary)
        if entry and entry["tries"] >= MAX_TRIES and entry.get("applied_at"):
            return NO_EFFECT.broken(change=change.summary)
        for other, sentence in intents.give_up_others(entries, change, now):
            copy.add_line("unknown", sentence, step=key, detail={"change": other})
        entries[intent_key(change)] = intents.begun(change, now, entry)
        _keep(copy, key, entries)
    return None


def _entries(copy: WorkingCopy, key: str) -> intents.Intents:
    """What was begun in this step, to be changed and kept."""
    return {name: {**entry} for name, entry in copy.state(key).intents.items()}


def _keep(copy: WorkingCopy, key: str, entries: intents.Intents) -> None:
    copy.state(key).intents = entries
    copy.changed(key, "intents")


def refused(copy: WorkingCopy, key: str, change: Change) -> None:
    """Note that `change` was begun and certainly not made. Raises `LeaseLost`."""
    with copy.writing():
        entries = _entries(copy, key)
        intents.refuse(entries, change, clock.now())
        _keep(copy, key, entries)


def found_done(copy: WorkingCopy, key: str, wanted: Sequence[Change]) -> None:
    """Tell of changes whose note a crash swallowed, and that the plan does not hold any more. Waits to be written."""
    _keep(copy, key, _found(copy, key, wanted))


def _found(copy: WorkingCopy, key: str, wanted: Sequence[Change] = ()) -> intents.Intents:
    entries = _entries(copy, key)
    for kind, (change, sentence) in intents.end_unwanted(entries, wanted, clock.now()):
        copy.add_line(kind, sentence, step=key, detail={"change": change, "found": kind == "applied"})
    return entries


def applied(
    copy: WorkingCopy, key: str, change: Change, result: Mapping[str, Any] | None, *, approval: int | None = None
) -> None:
    """Note that `change` was made, with the sentence that announced it, or which part of it was; keep its backup. No
    line for what ended as it did before.

    Raises `LeaseLost`.
    """
    kept = dict(result or {})
    backup, partly, untold = (kept.pop(name, None) for name in ("backup", "partly", "untold"))
    with copy.writing() as row:
        if backup is not None:
            Backup.objects.create(onboarding=row, step=key, document=backup)
        entries = _entries(copy, key)
        entry = entries.setdefault(intent_key(change), intents.begun(change, clock.now()))
        entry["applied_at"] = clock.now().isoformat()
        entry["result"] = kept
        # Results are looked up by the change's own key; the newest one wins.
        entries[change.key] = {**entry}
        intents.forget_superseded(entries, change)
        _keep(copy, key, entries)
        if untold:
            return
        detail = {"change": change.key, **({"approval": approval} if approval else {})}
        detail |= {"partly": True} if partly else {}
        copy.add_line("applied", partly or change.summary, step=key, detail=detail)


def close_intents(copy: WorkingCopy, key: str) -> None:
    """The step is as desired: what was begun is done. On drift it may be begun anew, by a new approval. Waits to be
    written, with the verdict that says so.
    """
    entries = _found(copy, key)
    for change, sentence in intents.proved(entries):
        copy.add_line("proved", sentence, step=key, detail={"change": change})
    closed = {name: {**entry, "tries": 0} for name, entry in entries.items() if entry.get("result")}
    if closed != copy.state(key).intents:
        _keep(copy, key, closed)


def release_secret(copy: WorkingCopy, kind: str) -> None:
    """Erase a customer's secret that is saved where it is needed. Raises `LeaseLost`."""
    if copy.rows.secret is None:
        return
    with copy.writing() as row:
        if CustomerSecret.objects.filter(onboarding=row, kind=kind).delete()[0]:
            copy.add_line("released", say(_("Microsoft has the token now; our copy was erased.")), step=Connection.key)
    copy.rows.secret = copy.rows.token = None


# What people said


def keep_answer(
    onboarding_id: int,
    key: str,
    answer: Mapping[str, Any],
    *,
    actor: User | None,
    at: datetime | None = None,
    reads_anew: bool = True,
) -> None:
    """Merge a person's answer into the step, which it `reads_anew`. The caller holds the decision's transaction.

    `actor` is None where somebody at the customer has answered; `at`: when, if that was not just now.
    """
    state = _state(onboarding_id, key)
    state.answer = {**state.answer, **answer}
    state.answered_by, state.answered_at = actor, at or clock.now()
    state.checked_at = None if reads_anew else state.checked_at
    state.save(update_fields=["answer", "answered_by", "answered_at", "checked_at"])


def give_up(state: StepState, change: str) -> None:
    """What was begun of these changes is wanted no more, and nobody looks for what became of it. The caller holds the
    decision's transaction.
    """
    entries, now = {name: {**entry} for name, entry in state.intents.items()}, clock.now().isoformat()
    for name in intents.unconfirmed(entries):
        if entries[name]["change"] == change:
            entries[name]["refused_at"] = now
    state.intents = entries
    state.save(update_fields=["intents"])


def make_stale(onboarding_id: int, key: str | None = None) -> None:
    """Have the next run read this step (or all) anew, however fresh its verdict is."""
    states = StepState.objects.filter(onboarding_id=onboarding_id)
    (states.filter(key=key) if key else states).update(checked_at=None)
