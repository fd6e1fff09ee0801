"""Who would lose the account in Haiilo, as the customer's admin is shown it, and what was said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.formats import number_format

from onboarding.domain.standings import Scope
from onboarding.models import Person
from onboarding.people.leavers import leavers, listed
from onboarding.portal.shared.link_view import LinkView
from onboarding.steps.shared import removals
from onboarding.steps.shared.job_causes import JobCode


@dataclass(frozen=True)
class RemovalsView:
    """`listed` are the first of `count`; `whom` is a digest of all of them. `may_answer`: whether we can do what is
    answered.
    """

    count: int
    whom: str
    listed: Sequence[Person]
    intended: bool
    unwanted: bool
    may_answer: bool

    told: ClassVar[Collection[str]] = (Scope.DISABLED, Scope.NESTED, Scope.FILTERED, Scope.OUT)
    """Which words about the assignment say why somebody would go."""

    @property
    def count_shown(self) -> str:
        """The number as it is written in the reader's language."""
        return number_format(self.count, force_grouping=True)

    @property
    def unlisted(self) -> int:
        """How many more there are than are listed; those whose names were erased among them."""
        return self.count - len(self.listed)

    @property
    def unlisted_shown(self) -> str:
        """The number as it is written in the reader's language."""
        return number_format(self.unlisted, force_grouping=True)


def removals_view(view: LinkView) -> RemovalsView | None:
    """None where Microsoft holds nothing back, or of nobody is known who. Three queries where it does."""
    current = next((step for step in view.steps if step.is_current), None)
    if current is None or not removals.is_about(current.code) or view.is_about_read_only:
        return None
    found = leavers(view.link.onboarding)
    if not found.count:
        return None
    return RemovalsView(
        count=found.count,
        whom=found.whom,
        listed=listed(view.link.onboarding),
        intended=current.code == JobCode.REMOVALS_INTENDED,
        unwanted=current.code == JobCode.REMOVALS_UNWANTED,
        may_answer=not view.size.by_ownership and current.code != JobCode.REMOVALS_UNDONE,
    )
