"""What a person says about a step: an answer, the approval of a plan, or that it is to be read again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.causes.forecast import OF_SEVERAL, Code, go_on_key
from onboarding.customers import sealing
from onboarding.customers.base import (
    Refused,
    act,
    check_may_change,
    check_not_stopped,
    check_tenant_is_ours_to_change,
    taken,
)
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import approvals, ledger, load_desired
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue, interrupt
from onboarding.models import Approval, Onboarding, StepState, clock
from onboarding.steps import STEPS, by_key
from onboarding.steps.customer.step import CustomerRecord
from onboarding.steps.pilot.naming import MOST
from onboarding.steps.pilot.trial import AGAIN, EVERYBODY
from onboarding.steps.scope.evidence import ScopeEvidence

HANDED_OVER_SINCE = _(
    "The customer has just handed a token over. Yours was not saved; save it again to replace that one."
)
LEADS_TO_CHANGES = frozenset(step.key for step in STEPS if step.changes_tenant)


@act
def answer(
    onboarding: Onboarding,
    step_key: str,
    *,
    actor: User,
    answer: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    meant_for: str | None = None,
    shown: str | None = None,
) -> None:
    """Keep what a person said about a step, at any time; the engine uses it when the step's turn comes.

    `secrets` are sealed for the customer's host; `meant_for` is the one that the person was shown beside the question,
    and `shown` is `StepState.answered_when` of the step as they saw it, where they saw it. Raises `Refused` for a
    secret that was meant for another host, where somebody has said otherwise since, for a tenant while an answer from
    another one is not dealt with, and for what would lead to a change while we only watch.
    """
    row = taken(onboarding, actor, Act.ANSWER)
    if step_key in LEADS_TO_CHANGES:
        check_may_change(row)
    if step_key == CustomerRecord.key and "tenant_id" in answer:
        check_tenant_is_ours_to_change(row)
    _check_nobody_said_otherwise(row, step_key, actor, {**answer, **(secrets or {})}, shown)
    if secrets:
        _check_not_handed_over(row, step_key, secrets.keys(), shown)
        _seal(row, secrets, meant_for, step_key, actor)
    ledger.keep_answer(row.pk, step_key, answer, actor=actor)
    if not secrets:
        title = str(by_key(step_key).title)
        sentence = say(_("Step “%(step)s” answered."), step=title)
        ledger.note(row.pk, "answered", sentence, step=step_key, actor=actor)
    interrupt(row.pk)


def _check_nobody_said_otherwise(
    onboarding: Onboarding, key: str, actor: User, said: Mapping[str, Any], shown: str | None
) -> None:
    """Of two people at one step, the second is told what the first said, where both cannot be kept."""
    others = onboarding.steps.select_related("answered_by").exclude(answered_by=None).exclude(answered_by=actor)
    state = others.filter(key=key).first()
    if state is not None and state.answered_by is not None and shown not in (None, state.answered_when):
        known = {**state.answer, **dict.fromkeys(onboarding.secrets.values_list("kind", flat=True), object())}
        other = {name: known[name] for name, value in said.items() if name in known and known[name] != value}
        if other:
            raise Refused(_told(state.answered_by, state.answer, other))


def _told(person: User, answer: Mapping[str, Any], other: Collection[str]) -> Sentence:
    name = person.get_full_name() or person.get_username()
    texts = [answer[key] if isinstance(answer.get(key), list) else [answer.get(key)] for key in other]
    first = ", ".join(each for several in texts for each in several if isinstance(each, str))
    if first:
        return say(
            _("%(person)s has just answered “%(answer)s” here. Yours was not saved; save it again to replace that."),
            person=name,
            answer=first,
        )
    return say(_("%(person)s has just answered here. Yours was not saved; save it again to replace that."), person=name)


def _check_not_handed_over(onboarding: Onboarding, key: str, kinds: Collection[str], shown: str | None) -> None:
    """Whoever enters a secret is told that the customer has handed one over since the step was shown."""
    state = onboarding.steps.filter(key=key).first()
    if state is None or shown in (None, state.answered_when):
        return
    given = onboarding.secret_requests.filter(kind__in=kinds, answered_at=state.answered_at).first()
    if given is not None and given.answered_at is not None:
        raise Refused(say(HANDED_OVER_SINCE))


def _seal(
    onboarding: Onboarding, secrets: Mapping[str, str], meant_for: str | None, step_key: str, actor: User
) -> None:
    """Encrypt what was entered, and ask the customer no more. The caller holds the onboarding's row."""
    host = sealing.seal(onboarding, secrets, meant_for=meant_for, at=clock.now(), by=actor)
    for kind in secrets:
        text = _("Access token for %(host)s entered.")
        ledger.note(onboarding.pk, "answered", say(text, host=host), step=step_key, actor=actor)
        sealing.ask_no_more(onboarding, kind, sealing.ENTERED_HERE, actor=actor)


@act
def go_on_knowingly(onboarding: Onboarding, code: str, *, actor: User) -> None:
    """Keep that `actor` knows of this class of findings, and of how many people. Nothing is read anew.

    Raises `Refused` where the step has no such finding any more.
    """
    row = taken(onboarding, actor, Act.ANSWER)
    seen = load_desired.seen(row.pk, ScopeEvidence)
    people = next((each.people for each in seen.findings if each.code == code), 0) if seen else 0
    if not people or code not in set(Code):
        raise Refused(say(_("This is no longer so. Look at the step again.")))
    name = actor.get_full_name() or actor.get_username()
    known = {"by": name, "at": clock.now().isoformat(), "people": people}
    ledger.keep_answer(row.pk, ScopeEvidence.step, {go_on_key(code): known}, actor=actor, reads_anew=False)
    sentence = say(_("Goes on knowingly: %(finding)s"), finding=say(OF_SEVERAL[Code(code)], count=people))
    ledger.note(row.pk, "answered", sentence, step=ScopeEvidence.step, actor=actor)


@act
def approve_plan(onboarding: Onboarding, step_key: str, *, actor: User, fingerprint: str) -> None:
    """Let the engine make exactly this plan. Once more by the same person changes nothing.

    What the step recounts is read anew before; where that gives another plan, this one is made no more.

    Raises `Refused` when the plan has changed since it was shown, when somebody else has approved it, for a plan that
    takes two people, while all changes are stopped, and while we only watch.
    """
    row = taken(onboarding, actor, Act.APPROVE)
    check_may_change(row)
    check_not_stopped()
    state = StepState.objects.filter(onboarding=row, key=step_key).first()
    if state is None or state.plan.get("fingerprint") != fingerprint:
        raise Refused(say(_("The plan has changed meanwhile. Check the new one, then approve it.")))
    if any(change.get("takes_two") for change in state.plan["changes"]):
        raise Refused(say(_("This takes two people: propose it, and a colleague in your team approves it.")))
    before = approvals.in_force(row, step_key, fingerprint)
    if before is not None:
        _check_mine(before, actor)
        return
    made = approvals.approve(row.pk, step_key, state.plan, actor=actor)
    detail = {"approval": made.pk, "plan": fingerprint}
    ledger.note(row.pk, "approved", say(_("Plan approved.")), step=step_key, actor=actor, detail=detail)
    for key in (step_key, *by_key(step_key).recounts):
        ledger.make_stale(row.pk, key)
    enqueue(row.pk)


def _check_mine(before: Approval, actor: User) -> None:
    if before.approved_by is not None and before.approved_by_id != actor.pk:
        name = before.approved_by.get_full_name() or before.approved_by.get_username()
        raise Refused(say(_("%(person)s has approved this plan already."), person=name))


@act
def recheck(onboarding: Onboarding, *, actor: User, step_key: str | None = None) -> None:
    """Read the live systems now instead of believing what was seen before: of one step, and of those that it rests on
    without reading them, or of all.
    """
    row = taken(onboarding, actor, Act.RECHECK)
    for step in STEPS:
        if step.tries_people and step_key in (None, step.key):
            _ask_again(row, step.key, EVERYBODY)
    for key in (step_key, *by_key(step_key).rechecks) if step_key else (None,):
        ledger.make_stale(row.pk, key)
    enqueue(row.pk)


@act
def try_again(onboarding: Onboarding, step_key: str, *, actor: User, person_id: str) -> None:
    """Have one person tried again who did not get through; on a live customer a plan to approve comes of it.

    Raises `Refused` while we only watch.
    """
    row = taken(onboarding, actor, Act.ANSWER)
    check_may_change(row)
    _ask_again(row, step_key, person_id)
    ledger.make_stale(row.pk, step_key)
    enqueue(row.pk)


def _ask_again(onboarding: Onboarding, step_key: str, person_id: str) -> None:
    """Keep when this was asked. It is no answer: who answered last, and when, stays."""
    state = StepState.objects.filter(onboarding=onboarding, key=step_key).first()
    if state is not None:
        others = [each for each in state.answer.get(AGAIN, []) if each["id"] != person_id][-MOST:]
        state.answer = {**state.answer, AGAIN: [*others, {"id": person_id[:64], "at": clock.now().isoformat()}]}
        state.save(update_fields=["answer"])
