"""Who will be provisioned and why, counted before anything starts.

Entra provisions people who are assigned directly and the direct members of assigned groups; nested groups are not
opened, disabled people are not created (Entra documentation, "How provisioning works"). The engine reads them into the
roster (`people.scope`) after this step has read whether the job goes by assignments at all; what is judged here is what
that reading has counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.causes.base import Cause
from onboarding.causes.forecast import CERTAIN, OF_SEVERAL
from onboarding.causes.forecast import Code as FindingCode
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.scope_read import ScopeRead
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Progress, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, made_at
from onboarding.steps.readiness.evidence import lacks_licence
from onboarding.steps.scope.causes import (
    CAUSES,
    EMPTY_GROUPS,
    EVERYBODY_FAILS,
    NOBODY_IN_SCOPE,
    NOBODY_WITHOUT_P1,
    ONLY_DEFAULT_ACCESS,
    ONLY_DISABLED,
    ONLY_NESTED,
)
from onboarding.steps.scope.evidence import (
    AssignedGroup,
    CountryInEntra,
    FindingSeen,
    SampledPerson,
    ScopeEvidence,
    ends_shown,
)
from onboarding.steps.scope.form import GroupsForm
from onboarding.steps.shared import credentials, secrets
from onboarding.steps.shared.left_out import DISABLED, NESTED
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

GOES_ON_AFTER = timedelta(seconds=1)
READING = plural(
    "Reading who is assigned: %(count)s person so far.", "Reading who is assigned: %(count)s people so far.", by="count"
)
WHOLE_DIRECTORY = _("The whole directory is in scope; nobody can say how many people that is.")
COUNTED = plural(
    "%(total)s person in scope when last counted: %(direct)s assigned directly, %(by_group)s through groups",
    "%(total)s people in scope when last counted: %(direct)s assigned directly, %(by_group)s through groups",
    by="total",
)
NO_ACCESS = plural(
    "%(count)s person has the role “Default Access” only, with which provisioning jobs from before 2020 leave people "
    "out. Better assign another role: “Users and groups”, “Edit assignment”.",
    "%(count)s people have the role “Default Access” only, with which provisioning jobs from before 2020 leave people "
    "out. Better assign another role: “Users and groups”, “Edit assignment”.",
)
GUESTS = plural(
    "%(count)s guest user is in scope; the user name looks different in Haiilo.",
    "%(count)s guest users are in scope; their user names look different in Haiilo.",
)


NO_SURNAME = plural(
    "%(count)s person in scope has no last name in Entra.",
    "%(count)s people in scope have no last name in Entra.",
)
NO_COUNTRY = plural(
    "%(count)s person in scope has no country in Entra, which decides the group in Haiilo.",
    "%(count)s people in scope have no country in Entra, which decides the group in Haiilo.",
)
PADDED_COUNTRY = plural(
    "The country of %(count)s person has blanks before or behind it: %(values)s. Haiilo compares it exactly.",
    "The country of %(count)s people has blanks before or behind it: %(values)s. Haiilo compares it exactly.",
)
MAX_COUNTRIES = 60


@dataclass(frozen=True)
class Facts:
    """Whether the job takes the whole directory instead of whoever is assigned."""

    sync_all: bool = False


@dataclass(frozen=True)
class Scope(Step[Facts]):
    """Counted from assignments, never guessed."""

    key: ClassVar[str] = ScopeEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Scope")
    stage: ClassVar[stages.Stage] = stages.CONTENT
    fresh_for: ClassVar[timedelta] = timedelta(hours=12)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = ScopeEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    reads_scope: ClassVar[bool] = True
    always: ClassVar[AnswerFormClass | None] = GroupsForm

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Whether assignments count at all; who is assigned is read after this."""
        return Facts(secrets.covers_all(credentials.stored(tenant.graph, desired).values))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when somebody is in scope who can get an account; else the customer has to assign people, or to correct
        their data.
        """
        if facts.sync_all:
            warning = _(
                "The job takes the whole directory, not only assigned users and groups. Have that changed first."
            )
            return Done(
                ScopeEvidence(sync_all=True, sample=_sample(desired, None)), say(WHOLE_DIRECTORY), (say(warning),)
            )
        found = desired.scope_read or ScopeRead()
        if not found.is_whole:
            return Waiting(say(READING, count=found.seen), GOES_ON_AFTER, progress=Progress(found.seen))
        if not found.total or _is_left_out(desired, found):
            groups = ", ".join(sorted(group.name for group in found.groups))
            return _nobody(desired, found).asking(
                application=desired.required(SsoApplicationEvidence).name, groups=groups
            )
        if found.certain_to_fail == found.total:
            return EVERYBODY_FAILS.asking(reason=_main_reason(found))
        return Done(_evidence(desired, found), _note(found), tuple(_warnings(desired, found)))


def takes_country(desired: Desired) -> bool:
    """Whether the product takes a country from Entra as it stands there."""
    return any(mapped.expression == "[country]" for mapped in desired.profile.mappings)


def haiilos_groups(desired: Desired) -> frozenset[str] | None:
    """The names of Haiilo's groups as somebody has told them; None where nobody has."""
    told = desired.answer(ScopeEvidence.step, "groups") or ()
    return frozenset(told) or None


def most_frequent(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The largest first."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _main_reason(found: ScopeRead) -> Sentence:
    """The most frequent of the findings with which nobody is created."""
    code, people = next(each for each in most_frequent(found.findings) if each[0] in CERTAIN)
    return say(OF_SEVERAL[FindingCode(code)], count=people)


def _note(found: ScopeRead) -> Sentence:
    return say(COUNTED, total=found.total, direct=found.direct, by_group=found.by_group)


def _evidence(desired: Desired, found: ScopeRead) -> ScopeEvidence:
    return ScopeEvidence(
        total=found.total,
        direct=found.direct,
        by_group=found.by_group,
        groups=tuple(AssignedGroup(group.id, group.name, group.people) for group in found.groups),
        nested_groups=found.nested_groups,
        nested_people=found.nested,
        no_access=found.no_access,
        guests=found.guests,
        disabled=found.disabled,
        countries=_countries(desired, found),
        no_surname=found.no_surname,
        findings=tuple(FindingSeen(code, people) for code, people in most_frequent(found.findings)),
        certain_to_fail=found.certain_to_fail,
        sample=_sample(desired, found),
    )


def _sample(desired: Desired, found: ScopeRead | None) -> tuple[SampledPerson, ...]:
    """A reading names them while it is fresh only; then those who were named before stay."""
    if found is not None and found.sample:
        return tuple(SampledPerson(each.id, each.name, each.user_name) for each in found.sample)
    before = desired.evidence_of(ScopeEvidence)
    return before.sample if before is not None else ()


def _odd_values(desired: Desired, found: ScopeRead) -> Iterator[Sentence]:
    if found.no_surname:
        yield say(NO_SURNAME, count=found.no_surname)
    countries = _countries(desired, found)
    without = sum(each.people for each in countries if not each.value.strip())
    if without:
        yield say(NO_COUNTRY, count=without)
    padded = [each for each in countries if each.value.strip() and each.value != each.value.strip()]
    if padded:
        values = ", ".join(f"“{ends_shown(each.value)}”" for each in padded)
        yield say(PADDED_COUNTRY, count=sum(each.people for each in padded), values=values)


def _countries(desired: Desired, found: ScopeRead) -> tuple[CountryInEntra, ...]:
    """How often each value occurs, where the product takes any."""
    if not takes_country(desired):
        return ()
    most = most_frequent(found.countries)[:MAX_COUNTRIES]
    return tuple(CountryInEntra(value, people) for value, people in most)


def _is_left_out(desired: Desired, found: ScopeRead) -> bool:
    """Whether everybody has "Default Access" only, and the job was there before us, so that it may be an old one."""
    return found.no_access == found.total and made_at(desired) is None


def _nobody(desired: Desired, found: ScopeRead) -> Cause:
    if found.total:
        return ONLY_DEFAULT_ACCESS
    if found.disabled:
        return ONLY_DISABLED
    if found.nested_groups:
        return ONLY_NESTED
    if found.groups:
        return EMPTY_GROUPS
    return NOBODY_WITHOUT_P1 if lacks_licence(desired) else NOBODY_IN_SCOPE


def _warnings(desired: Desired, found: ScopeRead) -> Iterator[Sentence]:
    for text, count in ((NESTED, found.nested), (NO_ACCESS, found.no_access), (DISABLED, found.disabled)):
        if count:
            yield say(text, count=count)
    if found.guests:
        yield say(GUESTS, count=found.guests)
    yield from _odd_values(desired, found)
    empty = [group.name for group in found.groups if not group.people]
    if empty:
        yield say(_("Groups without direct members: %(groups)s."), groups=", ".join(sorted(empty)))
    if found.groups and lacks_licence(desired):
        yield say(_("Groups are assigned although the tenant has no Entra ID P1; their members may be left out."))
