"""Say farewell, once everybody is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from onboarding.steps.farewell.causes import CAUSES, NOBODY_NAMED, NOT_WAVED
from onboarding.steps.farewell.evidence import FarewellEvidence
from onboarding.steps.farewell.form import FarewellForm

from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, Step, Tenant


@dataclass(frozen=True)
class Facts:
    """Whether somebody waved."""

    waved: bool = False


@dataclass(frozen=True)
class Farewell(Step[Facts]):
    """Nothing follows after it."""

    key: ClassVar[str] = FarewellEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Farewell")
    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    evidence: ClassVar[type[Evidence]] = FarewellEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    forms: ClassVar[Mapping[str, AnswerFormClass]] = {NOBODY_NAMED.code: FarewellForm}

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Nobody is asked."""
        return Facts()

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when somebody waved to whom a person named."""
        to = str(desired.answer(self.key, "to", ""))
        if not to:
            return NOBODY_NAMED.asking(customer=desired.customer_name)
        return Done(FarewellEvidence(to)) if facts.waved else NOT_WAVED.asking(name=to)
