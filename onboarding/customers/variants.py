"""A mapping that the customer has changed is accepted as theirs, instead of being put back; and that is taken back. For
members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, taken
from onboarding.domain.attribute_names import source_words, target_words
from onboarding.domain.products import PROFILES, Profile
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Kind
from onboarding.engine import approvals, ledger, load_desired
from onboarding.engine.may import Act
from onboarding.engine.queue import interrupt
from onboarding.models import Onboarding, StepState, clock
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.causes import MAPPING_CHANGED
from onboarding.steps.mappings.drift import ACTIONS, CHANGED_FROM, MATCHING, NOTHING
from onboarding.steps.mappings.evidence import MappingsEvidence, VariantLine
from onboarding.steps.mappings.variant import VARIANT, answer_for, none_accepted

ACCEPTED = _("Accepted as this customer's variant of the attribute mapping: %(changes)s")
TAKEN_BACK = _("No longer this customer's variant of the attribute mapping: %(changes)s")
BECAME = _("%(field)s: %(before)s → %(after)s")
BOTH = _("%(first)s; %(second)s")


@act
def accept(onboarding: Onboarding, *, actor: User, fingerprint: str) -> None:
    """Have what was shown in place of the plan with this `fingerprint` stand as the customer's own, until somebody
    changes it again. Nothing is written in the tenant; an approval of the plan that would put it back ends.

    Raises `Refused` where nobody has changed the mapping, and where it is another plan by now.
    """
    row = taken(onboarding, actor, Act.ACCEPT_VARIANT)
    state = StepState.objects.filter(onboarding=row, key=MappingsEvidence.step).first()
    if state is None or state.code != MAPPING_CHANGED.code or state.plan.get("fingerprint") != fingerprint:
        raise Refused(say(_("The plan has changed meanwhile. Check the new one, then approve it.")))
    connection = load_desired.seen(row.pk, ConnectionEvidence)
    made = connection.made_at.isoformat() if connection and connection.made_at else ""
    name, payload = actor.get_full_name() or actor.get_username(), state.plan["changes"][-1]["payload"]
    answer = answer_for(payload, made, by=name, at=clock.now().isoformat())
    approvals.withdraw(row.pk, state.key)
    ledger.keep_answer(row.pk, state.key, answer, actor=actor)
    changes = _changes(state)
    detail = {"plan": fingerprint, "changes": [each.as_json() for each in changes]}
    sentence = say(ACCEPTED, changes=_joined(changes))
    ledger.note(row.pk, "answered", sentence, step=state.key, actor=actor, detail=detail)
    interrupt(row.pk)


@act
def take_back(onboarding: Onboarding, *, actor: User, accepted_at: str) -> None:
    """End that what was accepted then is the customer's own. Nothing is written in the tenant: the step plans the
    product's mapping again, as where somebody has changed it.

    Raises `Refused` where the mapping is not done by what was accepted then.
    """
    row = taken(onboarding, actor, Act.TAKE_VARIANT_BACK)
    state = StepState.objects.filter(onboarding=row, key=MappingsEvidence.step).first()
    kept = state.answer.get(VARIANT) if state is not None and state.kind == Kind.DONE else None
    seen = state.seen(MappingsEvidence) if state is not None else None
    if state is None or seen is None or not kept or (kept["at"], kept["digest"]) != (accepted_at, seen.digest):
        raise Refused(say(_("This is no longer so. Look at the step again.")))
    ledger.keep_answer(row.pk, state.key, none_accepted(), actor=actor)
    changes = _changes_back(seen, PROFILES[row.customer.product])
    detail = {"accepted": kept, "changes": [each.as_json() for each in changes]}
    sentence = say(TAKEN_BACK, changes=_joined(changes))
    ledger.note(row.pk, "answered", sentence, step=state.key, actor=actor, detail=detail)
    interrupt(row.pk)


def _changes_back(seen: MappingsEvidence, profile: Profile) -> list[Sentence]:
    """Each attribute as it is, and as the product wants it; as `_changes` tells them."""
    ours = {meaning.unwritten(each.target): each.expression for each in profile.mappings}
    told = [_change_back(line, ours.get(meaning.unwritten(line.target), "")) for line in seen.variant]
    return told or [say(ACTIONS)]


def _change_back(line: VariantLine, ours: str) -> Sentence:
    field = target_words(line.target)
    if line.expression == ours:
        return say(MATCHING, target=field)
    before, after = (source_words(each) if each else say(NOTHING) for each in (line.expression, ours))
    return say(BECAME, field=field, before=before, after=after)


def _changes(state: StepState) -> list[Sentence]:
    """Each attribute before and after, as it was shown; which actions are on, where no attribute was changed."""
    told = [sentence for each in state.warnings if (sentence := _change(each)) is not None]
    return told or [say(ACTIONS)]


def _change(stored: Mapping[str, Any]) -> Sentence | None:
    sentence = Sentence.from_json(stored)
    if sentence is not None and sentence.text == CHANGED_FROM:
        values = sentence.values
        return say(BECAME, field=values["target"], before=values["before"], after=values["now"])
    return sentence if sentence is not None and sentence.text == MATCHING else None


def _joined(parts: Sequence[Sentence]) -> Sentence:
    return reduce(lambda first, second: say(BOTH, first=first, second=second), parts)
