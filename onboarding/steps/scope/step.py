"""Who will be provisioned and why, counted before anything starts.

Entra provisions people who are assigned directly and the direct members of assigned groups; nested groups are not
opened, disabled people are not created (Entra documentation, "How provisioning works").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import AppRoleAssignment, DirectoryObject, GraphClient, NotThere, User
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.readiness.evidence import lacks_licence
from onboarding.steps.scope.causes import (
    CAUSES,
    EMPTY_GROUPS,
    NOBODY_IN_SCOPE,
    NOBODY_WITHOUT_P1,
    ONLY_DISABLED,
    ONLY_NESTED,
)
from onboarding.steps.scope.evidence import AssignedGroup, CountryInEntra, SampledPerson, ScopeEvidence, ends_shown
from onboarding.steps.shared import credentials, secrets
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

SAMPLE = 20
LOOKED_UP = 2000  # directly assigned people that are read one by one; beyond that they are counted as they are
NESTED = plural(
    "%(count)s nested group is left out, because Microsoft provisions direct members only. Assign it directly.",
    "%(count)s nested groups are left out, because Microsoft provisions direct members only. Assign them directly.",
)
DISABLED = plural(
    "%(count)s assigned account is disabled and will not be created.",
    "%(count)s assigned accounts are disabled and will not be created.",
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
class Member:
    """A person in scope; `enabled`, `surname` and `country` are None where they were not read."""

    id: str
    name: str = ""
    user_name: str = ""
    enabled: bool | None = None
    guest: bool = False
    surname: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Group:
    """An assigned group: the people who are direct members, and how many groups are inside it."""

    id: str
    name: str
    people: tuple[Member, ...] = ()
    nested: int = 0


@dataclass(frozen=True)
class Facts:
    """Whom the application is assigned to, and whether the job takes the whole directory instead."""

    direct: tuple[Member, ...] = ()
    groups: tuple[Group, ...] = ()
    sync_all: bool = False


@dataclass(frozen=True)
class Counted:
    """People in scope who will be created, each once; disabled ones apart."""

    direct: Mapping[str, Member] = field(default_factory=dict)
    by_group: Mapping[str, Member] = field(default_factory=dict)
    disabled: int = 0
    nested: int = 0

    @property
    def people(self) -> list[Member]:
        """All of them, those assigned directly first."""
        return [*self.direct.values(), *self.by_group.values()]


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

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Assignments, the direct members of assigned groups, and the people behind the direct ones."""
        graph, app = tenant.graph, service_principal_id(desired)
        assigned = list(graph.service_principals.assigned_to(app))
        stored = credentials.stored(graph, desired).values
        return Facts(
            direct=tuple(_direct(graph, [each for each in assigned if each.kind == "User"])),
            groups=tuple(_group(graph, each) for each in assigned if each.kind == "Group"),
            sync_all=secrets.covers_all(stored),
        )

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when somebody is in scope; else the customer has to assign people."""
        counted = count(facts)
        if not counted.people and not facts.sync_all:
            groups = ", ".join(sorted(group.name for group in facts.groups))
            return _nobody(desired, facts, counted).asking(
                application=desired.required(SsoApplicationEvidence).name, groups=groups
            )
        evidence = _evidence(desired, facts, counted)
        note = say(
            plural(
                "%(total)s person in scope: %(direct)s assigned directly, %(by_group)s through groups",
                "%(total)s people in scope: %(direct)s assigned directly, %(by_group)s through groups",
                by="total",
            ),
            total=evidence.total,
            direct=evidence.direct,
            by_group=evidence.by_group,
        )
        return Done(evidence, note, tuple(_warnings(desired, facts, counted)))


def _evidence(desired: Desired, facts: Facts, counted: Counted) -> ScopeEvidence:
    people = counted.people
    likely = (member for member in people if member.enabled is not False)
    return ScopeEvidence(
        total=len(people),
        direct=len(counted.direct),
        by_group=len(counted.by_group),
        groups=tuple(AssignedGroup(group.id, group.name, len(group.people)) for group in facts.groups),
        nested_groups=counted.nested,
        guests=sum(1 for member in people if member.guest),
        disabled=counted.disabled,
        sync_all=facts.sync_all,
        countries=_countries(desired, people),
        no_surname=sum(1 for member in people if member.surname is not None and not member.surname.strip()),
        sample=tuple(SampledPerson(member.id, member.name, member.user_name) for member in islice(likely, SAMPLE)),
    )


def count(facts: Facts) -> Counted:
    """Each person once: as directly assigned, else by group; disabled ones only as a number."""
    direct = {member.id: member for member in facts.direct}
    by_group: dict[str, Member] = {}
    for group in facts.groups:
        by_group |= {member.id: member for member in group.people if member.id not in direct}
    everybody = [*direct.values(), *by_group.values()]
    return Counted(
        direct={key: member for key, member in direct.items() if member.enabled is not False},
        by_group={key: member for key, member in by_group.items() if member.enabled is not False},
        disabled=sum(1 for member in everybody if member.enabled is False),
        nested=sum(group.nested for group in facts.groups),
    )


def _direct(graph: GraphClient, assigned: list[AppRoleAssignment]) -> Iterator[Member]:
    names = {each.principal_id: each.principal_display_name for each in assigned}  # one person may have two roles
    known = graph.users.many(islice(names, LOOKED_UP))
    for index, (identity, name) in enumerate(names.items()):
        user = known.get(identity)
        if user is not None:
            yield member_of(user)
        elif index >= LOOKED_UP:
            yield Member(identity, name)


def _group(graph: GraphClient, assigned: AppRoleAssignment) -> Group:
    try:
        members = list(graph.groups.members(assigned.principal_id))
    except NotThere:
        members = []
    return Group(
        assigned.principal_id,
        assigned.principal_display_name,
        tuple(member_of(member) for member in members if member.kind == "user"),
        sum(1 for member in members if member.kind == "group"),
    )


def _odd_values(desired: Desired, people: Sequence[Member]) -> Iterator[Sentence]:
    nameless = sum(1 for person in people if person.surname is not None and not person.surname.strip())
    if nameless:
        yield say(NO_SURNAME, count=nameless)
    countries = _countries(desired, people)
    without = sum(each.people for each in countries if not each.value.strip())
    if without:
        yield say(NO_COUNTRY, count=without)
    padded = [each for each in countries if each.value.strip() and each.value != each.value.strip()]
    if padded:
        values = ", ".join(f"“{ends_shown(each.value)}”" for each in padded)
        yield say(PADDED_COUNTRY, count=sum(each.people for each in padded), values=values)


def member_of(person: User | DirectoryObject) -> Member:
    """A person of the directory as a member of the scope."""
    return Member(
        person.id,
        person.display_name,
        person.user_principal_name or "",
        person.account_enabled,
        (person.user_type or "").lower() == "guest",
        _read(person, "surname"),
        _read(person, "country"),
    )


def _read(person: User | DirectoryObject, attribute: str) -> str | None:
    """The value byte for byte, empty where Graph gives none; None where Graph does not give the attribute."""
    if attribute not in person.raw:
        return None
    return str(person.raw[attribute] or "")


def takes_country(desired: Desired) -> bool:
    """Whether the product takes a country from Entra as it stands there."""
    return any(mapped.expression == "[country]" for mapped in desired.profile.mappings)


def _countries(desired: Desired, people: Sequence[Member]) -> tuple[CountryInEntra, ...]:
    """How often each value occurs, where the product takes any."""
    if not takes_country(desired):
        return ()
    counts = Counter(person.country for person in people if person.country is not None)
    return tuple(CountryInEntra(value, number) for value, number in counts.most_common(MAX_COUNTRIES))


def _nobody(desired: Desired, facts: Facts, counted: Counted) -> Cause:
    if counted.disabled:
        return ONLY_DISABLED
    if counted.nested:
        return ONLY_NESTED
    if facts.groups:
        return EMPTY_GROUPS
    return NOBODY_WITHOUT_P1 if lacks_licence(desired) else NOBODY_IN_SCOPE


def _warnings(desired: Desired, facts: Facts, counted: Counted) -> Iterator[Sentence]:
    if facts.sync_all:
        yield say(_("The job takes the whole directory, not only assigned users and groups. Have that changed first."))
    if counted.nested:
        yield say(NESTED, count=counted.nested)
    if counted.disabled:
        yield say(DISABLED, count=counted.disabled)
    guests = sum(1 for member in counted.people if member.guest)
    if guests:
        yield say(GUESTS, count=guests)
    yield from _odd_values(desired, counted.people)
    empty = [group.name for group in facts.groups if not group.people]
    if empty:
        yield say(_("Groups without direct members: %(groups)s."), groups=", ".join(sorted(empty)))
    if facts.groups and lacks_licence(desired):
        yield say(_("Groups are assigned although the tenant has no Entra ID P1; their members may be left out."))
