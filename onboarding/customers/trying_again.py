"""A person of staff has people tried again who failed on a live customer: their wish is the yes to it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, check_may_change, check_not_stopped, taken
from onboarding.domain.sentences import plural, say
from onboarding.domain.verdicts import fingerprint
from onboarding.engine import approvals, ledger
from onboarding.engine.load_desired import load_desired
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue
from onboarding.models import Onboarding, Person, clock
from onboarding.steps.live import trying
from onboarding.steps.live.evidence import LiveEvidence

ASKED = plural("%(count)s person is to be tried again at once.", "%(count)s people are to be tried again at once.")


@act
def try_people(onboarding: Onboarding, people: Sequence[Person], *, actor: User) -> int:
    """Have Microsoft write these people now, at most `trying.MOST` of them; how many.

    Raises `Refused` for a customer that is not live, where nobody is left, while all changes are stopped, and while we
    only watch.
    """
    row = taken(onboarding, actor, Act.APPROVE)
    check_may_change(row)
    check_not_stopped()
    if row.live_at is None:
        raise Refused(say(_("People are tried again one by one only once the customer is live.")))
    chosen = [person for person in people if person.source_id][: trying.MOST]
    if not chosen:
        raise Refused(say(_("Nobody is left here to be tried again.")))
    wanted = trying.answer((person.source_id for person in chosen), clock.now())
    ledger.keep_answer(row.pk, LiveEvidence.step, wanted, actor=actor)
    planned = trying.changes(load_desired(row.pk))
    plan = {"fingerprint": fingerprint(planned), "changes": [change.as_json() for change in planned]}
    made = approvals.approve(row.pk, LiveEvidence.step, plan, actor=actor)
    sentence, detail = say(ASKED, count=len(chosen)), {"approval": made.pk}
    ledger.note(row.pk, "approved", sentence, step=LiveEvidence.step, actor=actor, detail=detail)
    enqueue(row.pk)
    return len(chosen)
