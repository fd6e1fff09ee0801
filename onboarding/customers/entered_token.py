"""A token that was entered beside a saved one that works is withdrawn, so that the saved one stays. For members."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, taken
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.sentences import say
from onboarding.engine import approvals, intents, ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import interrupt
from onboarding.models import Onboarding, StepState
from onboarding.steps.connection import rotation
from onboarding.steps.connection.evidence import ConnectionEvidence

WITHDRAWN = _("The entered token was withdrawn and our copy of it erased. The saved token stays in use.")
NO_LONGER = _("This token does not wait any more: it was saved, replaced or withdrawn. Look at the step again.")
BEING_SAVED = _("The entered token is being saved at this moment. Look at the step again in a minute.")


@act
def withdraw(onboarding: Onboarding, *, actor: User, entered_at: str) -> None:
    """Erase the token that was entered then, and its approval; the step is read anew, and a run that tests it ends.

    Raises `Refused` where the step does not offer that for this token, and once it may have been sent to be saved.
    """
    row = taken(onboarding, actor, Act.WITHDRAW_TOKEN)
    state = StepState.objects.filter(onboarding=row, key=ConnectionEvidence.step).first()
    secret = row.secrets.filter(kind=SCIM_TOKEN).first()
    offer = rotation.offered(state.offers) if state is not None else None
    if (
        state is None
        or secret is None
        or offer is None
        or not secret.saved_at == offer.at == parse_datetime(entered_at)
    ):
        raise Refused(say(NO_LONGER))
    if any(map(_is_being_saved, StepState.objects.filter(onboarding=row))):
        raise Refused(say(BEING_SAVED))
    secret.delete()
    approvals.withdraw(row.pk, state.key)
    ledger.give_up(state, rotation.TEST)
    ledger.note(row.pk, "token_withdrawn", say(WITHDRAWN), step=state.key, actor=actor)
    ledger.make_stale(row.pk, state.key)
    interrupt(row.pk)


def _is_being_saved(state: StepState) -> bool:
    """Whether a request to save it may be on its way. The row is locked, and each request is noted under that lock."""
    begun = (state.intents[name] for name in intents.unconfirmed(state.intents))
    return any(entry["change"] in rotation.SAVES for entry in begun)
