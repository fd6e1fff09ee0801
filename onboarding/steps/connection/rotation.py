"""Another token is entered while a saved one works: the saved one stays in use until the new one has been tested, and
what was entered can be withdrawn until it is being saved. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.sentences import moment_text, say
from onboarding.domain.verdicts import Asking, Broken, Done, Todo, Verdict, Waiting
from onboarding.steps.connection.evidence import token_is_saved
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.shared import secrets
from onboarding.steps.shared.credentials import Trial
from onboarding.steps.shared.starting_again import was_approved_for_all

V = TypeVar("V", bound=Verdict)
TEST, SAVE = "try_credentials", "save_credentials"
SAVES = frozenset({SAVE, ONLY_ASSIGNED})
"""Keys of changes by which the entered token becomes the saved one."""
ENTERED, TESTED = "entered", "tested"
UNTRIED = _(
    "The saved token stays in use until the new one has been tested. Microsoft reached Haiilo with the saved one at "
    "%(at)s."
)
NOT_SAVED = _(
    "The entered token was not saved. The saved one stays in use: Microsoft reached Haiilo with it at %(at)s."
)
INSTEAD = _(
    "The job takes the whole directory, and saving the token here leaves it so. To send only assigned users and groups "
    "again with this token, open the step “Live” first: what is approved there saves the token, too."
)


@dataclass(frozen=True)
class Offered:
    """That the token which was entered `at` can be withdrawn: the saved one worked at `works_at`."""

    at: datetime
    works_at: datetime

    def to_json(self) -> dict[str, str]:
        """The form in which a verdict offers it."""
        return {"at": self.at.isoformat(), "works_at": self.works_at.isoformat()}


def offered(offers: Mapping[str, Any]) -> Offered | None:
    """What a verdict offers, None where it does not."""
    stored = offers.get(ENTERED, {})
    at, works_at = moment_of(stored.get("at")), moment_of(stored.get("works_at"))
    return Offered(at, works_at) if at and works_at else None


def is_waiting(desired: Desired) -> bool:
    """Whether a token was entered that is not the saved one."""
    entered = desired.scim_token is not None or desired.unreadable_secret
    return entered and not token_is_saved(desired)


def beside(verdict: V, desired: Desired, tested: Trial) -> V:
    """`verdict` with what is so of the saved token where another one waits, and the offer to go on with that. `tested`:
    Microsoft's test of what is saved at our address.
    """
    entered_at = desired.scim_token_saved_at
    if entered_at is None or not tested.works or not is_waiting(desired) or not _can_go_on(desired):
        return verdict
    works_at = tested.at or desired.now
    offers = {ENTERED: Offered(entered_at, works_at).to_json()}
    match verdict:
        case Todo():
            notes = (*verdict.warnings, say(UNTRIED, at=moment_text(works_at)))
            return replace(verdict, warnings=notes, offers={**verdict.offers, **offers})
        case Asking():
            notes = (*verdict.warnings, say(NOT_SAVED, at=moment_text(works_at)))
            return replace(verdict, warnings=notes, offers={**verdict.offers, **offers})
        case Done() | Waiting() | Broken():
            return verdict


def beside_scope(verdict: V, desired: Desired, stored: Mapping[str, str]) -> V:
    """`verdict` with the other use that there is for an entered token: our copy is gone once it is saved here."""
    switched = secrets.covers_all(stored) and not was_approved_for_all(desired) and not desired.size.by_ownership
    if not isinstance(verdict, Todo) or desired.evidence_of(EnableEvidence) is None or not switched:
        return verdict
    return replace(verdict, warnings=(*verdict.warnings, say(INSTEAD)))


def with_test(verdict: V, desired: Desired, tested: Trial) -> V:
    """`verdict` with how Microsoft's test of what is saved has ended, where it was made and the step is not done."""
    if tested.works is None or not isinstance(verdict, Todo | Asking):
        return verdict
    told = {"at": (tested.at or desired.now).isoformat(), "works": tested.works, "code": tested.code}
    return replace(verdict, offers={**verdict.offers, TESTED: told})


def _can_go_on(desired: Desired) -> bool:
    """Whether nothing takes our copy of the saved token, which the entered one has replaced, and Microsoft has not
    perhaps got the entered one.
    """
    started = desired.evidence_of(EnableEvidence) is not None
    begun = (name for names in desired.unconfirmed.values() for name in names)
    return started and not any(name.split(":")[0] in SAVES for name in begun)
