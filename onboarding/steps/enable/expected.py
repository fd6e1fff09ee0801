"""Whom a start creates: everybody in scope, but for those who have accounts and those for whom none can be created.

What nobody has told is said as such and not left out of the number: then it is the most that it can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from onboarding.causes.forecast import CERTAIN, OF_SEVERAL, Code
from onboarding.domain.prospects import Prospects
from onboarding.domain.sentences import plural, say
from onboarding.domain.verdicts import Detail
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared.counted import OF_SCOPE
from onboarding.steps.shared.left_out import DISABLED, NESTED

MOST_REASONS = 3
UNCERTAIN = (
    *(Code.SIGNS_IN_MATCHING_VALUE, Code.REQUIRED_VALUE_EMPTY, Code.DOUBLED_USER_NAME, Code.GUEST, Code.NOT_EVALUATED),
    Code.JUDGED_OTHERWISE,
)
"""What may keep somebody from an account, or makes another one of theirs than they expect."""
OF_THESE = plural(
    "%(of)s, %(failing)s cannot get an account as the data is",
    "%(of)s, %(failing)s cannot get an account as their data is",
    by="failing",
)
NOT_LOOKED = _("nobody has looked yet for how many of them no account can be created")
UNKNOWN_OTHERS = _("whether the others have an account in Haiilo is not known; who has one is linked and not created")
UNKNOWN_THERE = _("who has an account in Haiilo already is not known; they are linked and not created")
THERE = plural(
    "%(count)s of them has an account in Haiilo already and is linked",
    "%(count)s of them have an account in Haiilo already and are linked",
)
THERE_FAILING = plural(
    "the account of %(count)s of those cannot be changed, as the data is",
    "the accounts of %(count)s of those cannot be changed, as their data is",
)
SEVERAL_THERE = plural(
    "%(count)s person has more than one account in Haiilo already, so that Microsoft links neither; merge them first",
    "%(count)s people have more than one account in Haiilo already, so that Microsoft links none; merge them first",
)


@dataclass(frozen=True)
class Expected:
    """`certain_to_fail`: for how many no account can be created or changed as their data is; None where that was not
    worked out. `there`: how many are known to have an account in Haiilo already, `there_failing`: how many of those are
    certain to fail, too; `knows_there`: whether it is known of each person. `ambiguous`: how many have several accounts
    there, and are neither linked nor created; `ambiguous_failing`: how many of those are among `certain_to_fail`.
    `findings`: people by code.
    """

    in_scope: int
    certain_to_fail: int | None = None
    there: int = 0
    there_failing: int = 0
    knows_there: bool = False
    findings: dict[str, int] = field(default_factory=dict)
    disabled: int = 0
    nested: int = 0
    ambiguous: int = 0
    ambiguous_failing: int = 0

    @classmethod
    def of(cls, scope: ScopeEvidence, prospects: Prospects, *, is_recent: bool) -> Expected:
        """As the scope was counted last. `prospects` count where they are of the same people; `is_recent`: whether
        Haiilo has told lately who is there.
        """
        same = prospects.in_scope == scope.total
        return cls(
            scope.total,
            scope.certain_to_fail,
            there=prospects.there if same else 0,
            there_failing=prospects.there_failing if same else 0,
            knows_there=same and is_recent and not prospects.untold,
            findings={seen.code: seen.people for seen in scope.findings},
            disabled=scope.disabled,
            nested=scope.nested_people,
            ambiguous=prospects.ambiguous if same else 0,
            ambiguous_failing=prospects.ambiguous_failing if same else 0,
        )

    @property
    def fails(self) -> int:
        """How many are known to have no account, or may have none, and cannot get one."""
        return max(0, (self.certain_to_fail or 0) - self.there_failing - self.ambiguous_failing)

    @property
    def creates(self) -> int:
        """How many accounts the start creates, at most where a number is not known."""
        return max(0, self.in_scope - self.there - self.ambiguous - self.fails)

    def details(self) -> Iterator[Detail]:
        """The lines of the plan: what the number is made of, and what of it is not known."""
        if self.certain_to_fail is None:
            yield Detail("~", say(NOT_LOOKED))
        elif self.fails:
            yield Detail("-", say(OF_THESE, of=say(OF_SCOPE, count=self.in_scope), failing=self.fails))
        if self.certain_to_fail:
            yield from self._reasons()
        yield from self._linked()
        for code in UNCERTAIN:
            if self.findings.get(code):
                yield Detail("~", say(OF_SEVERAL[code], count=self.findings[code]))
        for text, people in ((DISABLED, self.disabled), (NESTED, self.nested)):
            if people:
                yield Detail("=", say(text, count=people))

    def _linked(self) -> Iterator[Detail]:
        if self.there or self.knows_there:
            yield Detail("=", say(THERE, count=self.there))
        if self.there_failing:
            yield Detail("~", say(THERE_FAILING, count=self.there_failing))
        if self.ambiguous:
            yield Detail("-", say(SEVERAL_THERE, count=self.ambiguous))
        if not self.knows_there:
            yield Detail("~", say(UNKNOWN_OTHERS if self.there else UNKNOWN_THERE))

    def _reasons(self) -> Iterator[Detail]:
        found = sorted((each for each in self.findings.items() if each[0] in CERTAIN), key=lambda each: -each[1])
        for code, people in found[:MOST_REASONS]:
            yield Detail("-", say(OF_SEVERAL[Code(code)], count=people))
