"""One named person: what is known of them, and whether it is their turn. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from graphclient import User
from onboarding.domain.desired import Desired, moment_of
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.mappings.evidence import MappingsEvidence
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.pilot.naming import Named
from onboarding.steps.shared.attempts import Attempt

TRIED_AGAIN_AFTER = timedelta(hours=1)
AGAIN = "again"
"""In the answer: whom people asked to try again, and when: a list of ``{"id", "at"}``; `EVERYBODY` for all."""
EVERYBODY = ""


@dataclass(frozen=True)
class Trial:
    """`named`, with the newest `attempt` on this job; `problem`: not through, `is_due`: to be tried now."""

    named: Named
    attempt: Attempt | None
    problem: bool
    is_due: bool

    @classmethod
    def of(cls, desired: Desired, named: Named, known: Mapping[str, Attempt]) -> Trial:
        """What is known of this person at this moment."""
        attempt = known.get(named.person.id) if named.person else None
        if attempt is not None and attempt.passed(desired):
            return cls(named, attempt, problem=False, is_due=False)
        person = named.person
        if person is None or person.account_enabled is False or not named.in_scope:
            return cls(named, attempt, problem=True, is_due=False)
        if attempt is None:
            return cls(named, None, problem=False, is_due=True)
        return cls(named, attempt, problem=True, is_due=_is_due(desired, attempt))

    @property
    def known(self) -> User:
        """The person; asked only where the tenant has one."""
        assert self.named.person is not None
        return self.named.person

    @property
    def name(self) -> str:
        """What the person is called on pages."""
        person = self.named.person
        return (person.display_name or person.user_principal_name or person.id) if person else self.named.text

    def due_in(self, desired: Desired) -> timedelta | None:
        """When this is tried again by itself; None where it is not."""
        if not self.problem or self.attempt is None or LiveEvidence.step in desired.evidence:
            return None
        return max(timedelta(), TRIED_AGAIN_AFTER - (desired.now - self.attempt.at) * desired.pace)


def _is_due(desired: Desired, attempt: Attempt) -> bool:
    """Whether the cause may be gone: a person says so, the mapping was changed, or an hour has passed."""
    changed = moment_of(desired.result(MappingsEvidence.step, "write_mapping").get("at"))
    named = desired.answered_at.get(PilotEvidence.step)
    if any(at > attempt.at for at in (named, _asked_again(desired, attempt.person_id), changed) if at is not None):
        return True
    return LiveEvidence.step not in desired.evidence and not desired.is_recent(attempt.at, TRIED_AGAIN_AFTER)


def _asked_again(desired: Desired, person_id: str) -> datetime | None:
    asked = desired.answer(PilotEvidence.step, AGAIN) or []
    times = [moment_of(each["at"]) for each in asked if each["id"] in (person_id, EVERYBODY)]
    return max((at for at in times if at is not None), default=None)
