"""Answers that cannot count any more, in the browser that asked: what they still tell, and where they lead.

Microsoft's answer may be asked for twice, come after another device was quicker, or after the link has expired. The
tenant knows what was approved, so it is looked at; nothing is bound here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from onboarding.causes import trip
from onboarding.causes.trip import ENDINGS
from onboarding.consent.round_trip import ConsentOutcome, ConsentProblem
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.queue import enqueue
from onboarding.engine.transactions import begun_again
from onboarding.invites import links
from onboarding.models import ConsentAttempt, Event, Onboarding
from onboarding.models.link import digest
from onboarding.steps.consent.step import Consent

STATE_LENGTH = 43  # of `secrets.token_urlsafe(32)`
MAX_TAIL = 200
LATE = "approved_late"  # a kind of line in the timeline
CANNOT_COUNT = (trip.FORGED, trip.LINK_CLOSED, trip.TOO_LATE)
_ENDINGS = {ending.code: ending for ending in ENDINGS}


def own_state(given: Sequence[str]) -> str:
    """The state in an answer, without what Microsoft may hang on it, such as its page's title (docs/graph-facts.md,
    "Consent"); empty where there is none, or more than one.
    """
    state = given[0] if len(given) == 1 else ""
    return state[:STATE_LENGTH] if len(state) <= STATE_LENGTH + MAX_TAIL else state


def hear_again(problem: ConsentProblem, params: Mapping[str, str], *, browser: str) -> ConsentOutcome:
    """What the same browser is told in place of `problem`: the progress where its approval is recorded already.

    Raises `ConsentProblem`, by its own words where more is known of the answer.
    """
    attempt = _of_this_browser(params.get("state", ""), browser)
    if attempt is None or problem.ending not in CANNOT_COUNT:
        raise problem
    if attempt.granted_at is not None:
        return ConsentOutcome(attempt.link)
    if _says_yes(params, attempt):
        _look(attempt)
        is_used = attempt.link.condition() == "used"
        raise ConsentProblem(trip.ALREADY_APPROVED if is_used else trip.APPROVED_LATE, link=attempt.link)
    if problem.ending is not trip.FORGED:
        raise problem
    if attempt.error in _ENDINGS:
        ending = _ENDINGS[attempt.error]
        raise ConsentProblem(ending, code=attempt.error_code, said=attempt.error_text, link=attempt.link)
    raise ConsentProblem(trip.REPEATED, link=attempt.link) if attempt.signed_in_at else problem


def _of_this_browser(state: str, browser: str) -> ConsentAttempt | None:
    if not state or not browser:
        return None
    rows = ConsentAttempt.objects.select_related("link__onboarding__customer", "link__created_by")
    attempt = rows.filter(Q(state_hash=digest(state)) | Q(consent_state_hash=digest(state))).first()
    is_same = attempt is not None and hmac.compare_digest(attempt.session_hash, digest(browser))
    return attempt if is_same else None


def _says_yes(params: Mapping[str, str], attempt: ConsentAttempt) -> bool:
    is_yes = params.get("admin_consent", "").lower() == "true" and not params.get("error")
    is_consents = attempt.consent_state_hash == digest(params.get("state", ""))
    return is_yes and is_consents and params.get("tenant", "").lower() == attempt.signed_in_tenant


@begun_again
def _look(attempt: ConsentAttempt) -> None:
    """Have the tenant looked at now, and tell customer success once of each round trip."""
    onboarding_id = attempt.link.onboarding_id
    Onboarding.objects.lock(onboarding_id)
    for step in links.WAIT_FOR_LINKS:
        ledger.make_stale(onboarding_id, step)
    if not Event.objects.filter(onboarding=onboarding_id, kind=LATE, detail__attempt=attempt.pk).exists():
        text = _(
            "%(admin)s approved on Microsoft's page, but the answer does not count any more. We look at the tenant."
        )
        said = say(text, admin=attempt.signed_in_name or say(_("The admin")))
        detail = {"attempt": attempt.pk}
        ledger.note(onboarding_id, LATE, said, step=Consent.key, actor_name=attempt.signed_in_name, detail=detail)
    enqueue(onboarding_id)
