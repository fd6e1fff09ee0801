"""Why a person is not as they should be: by what became of the person, then by Microsoft's code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause, Owner
from onboarding.causes.index import gaps_of, lookup, told_by_microsoft
from onboarding.causes.people import BY_HAIILO, BY_SCOPE, NOT_ENTITLED, SCOPING, SOURCE
from onboarding.domain.headcount import Failure
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.standings import SHOULD_ARRIVE, InHaiilo, Scope, Standing

TWICE = Cause(
    code="twice",
    owner=Owner.CS,
    staff=_("Haiilo has more than one account for this person. Merge or remove the second one in Haiilo."),
)
AMBIGUOUS = Cause(
    code="ambiguous",
    owner=Owner.CS,
    staff=_(
        "Haiilo has more than one account for this person, and none is linked: Microsoft links none of several, and "
        "creates no other. Merge or rename the duplicates in Haiilo."
    ),
    source=SOURCE,
)
LEAVING = Cause(
    code="leaving",
    owner=Owner.MICROSOFT,
    staff=_("No longer in scope, and still in Haiilo. Microsoft removes the account with one of its next syncs."),
    source=SCOPING,
)
STILL_ACTIVE = Cause(
    code="still_active",
    owner=Owner.ENGINEERS,
    staff=_(
        "Microsoft has reported that the account was disabled or removed, and in Haiilo it is active. Our engineers "
        "have to find out why Haiilo did not take it."
    ),
)
DIFFERS = Cause(
    code="differs",
    owner=Owner.CS,
    staff=_(
        "Haiilo keeps other values than the mapping makes. Somebody may have changed them in Haiilo: ask there, or "
        "check the mapping."
    ),
)
"""Of who is in Haiilo, whatever else is to be said of them."""
OF_PEOPLE = (TWICE, AMBIGUOUS, DIFFERS, LEAVING, STILL_ACTIVE, *BY_HAIILO.values())
ACTIVE = (InHaiilo.ACTIVE, InHaiilo.TWICE)
HELD_BACK = "TooManyDeletes"  # as Microsoft calls it, also where the row has another word for it
OUTSIDE = _("Not in scope, as Microsoft reports: not assigned, only in a nested group, disabled, or filtered out.")


@dataclass(frozen=True)
class Explained:
    """A sentence for customer success, and who can end it; `customer`: the one for the customer's admin, if any."""

    sentence: Sentence
    owner: Owner
    cause: Cause | None = None
    customer: Sentence | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of somebody who is not as they should be. `in_haiilo`: what Haiilo says of an account that
    Microsoft has reported, or has reported as removed; or of several, of which Microsoft has reported none.
    """

    standing: str
    code: str = ""
    reason: str = ""
    lacking: str = ""
    scope: str = Scope.UNREAD
    in_haiilo: str = ""


def facts_of(failure: Failure) -> Facts:
    """What is known of a group of people."""
    return Facts(failure.standing, failure.code, failure.reason, failure.lacking, failure.scope, failure.in_haiilo)


def explained(facts: Facts) -> Explained | None:
    """Why somebody is not as they should be, or not in scope; None where nothing is to be explained."""
    match facts.standing:
        case Standing.TWICE:
            return _by_entry(TWICE)
        case Standing.LEAVING if facts.in_haiilo in ACTIVE:
            return _by_entry(STILL_ACTIVE)
        case Standing.LEAVING if not _failed_to_go(facts):
            return _by_entry(LEAVING)
        case Standing.UNLINKED:
            return _by_entry(AMBIGUOUS)
        case Standing.FAILED if facts.in_haiilo in BY_HAIILO:
            return _by_entry(BY_HAIILO[InHaiilo(facts.in_haiilo)])
        case Standing.HELD_BACK:
            return _by_code(Facts(facts.standing, HELD_BACK))
        case Standing.FAILED | Standing.OUTDATED | Standing.LEAVING:
            return _by_code(facts)
        case Standing.OUT if facts.scope in BY_SCOPE and facts.scope not in SHOULD_ARRIVE:
            return _by_entry(BY_SCOPE[Scope(facts.scope)])
        case Standing.OUT if facts.code:
            return Explained(say(OUTSIDE), Owner.CUSTOMER)
    return None


def otherwise() -> Explained:
    """What is to be said of people for whom Haiilo keeps other values than are made."""
    return _by_entry(DIFFERS)


def _failed_to_go(facts: Facts) -> bool:
    """Whether Microsoft tried to remove the account and could not; its word for who is not in scope is no failure."""
    found = lookup(facts.code) if facts.code else None
    return bool(facts.code) and (found is None or found.code != NOT_ENTITLED)


def _by_entry(cause: Cause) -> Explained:
    return Explained(cause.for_staff({}), cause.owner, cause, cause.for_customer({}))


def _by_code(facts: Facts) -> Explained:
    cause = lookup(facts.code, facts.reason, lacking=facts.lacking, scope=facts.scope)
    if cause is None:
        return Explained(told_by_microsoft(facts.code, facts.reason), Owner.ENGINEERS)
    gaps = gaps_of(cause, facts.lacking)
    return Explained(cause.for_staff(gaps), cause.owner, cause, cause.for_customer(gaps))
