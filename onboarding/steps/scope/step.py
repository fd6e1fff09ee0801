"""Step 7: who will be provisioned and why, counted before anything starts.

Entra provisions people who are assigned directly and the direct members of assigned groups; nested groups are not
opened, disabled people are not created (Entra documentation, "How provisioning works").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import AppRoleAssignment, DirectoryObject, GraphClient, NotThere, User
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Court, Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.shared import credentials

SAMPLE = 20
LOOKED_UP = 2000  # directly assigned people that are read one by one; beyond that they are counted as they are


@dataclass(frozen=True)
class Member:
    """A person in scope; `enabled` is None where it was not looked up."""

    id: str
    name: str = ""
    user_name: str = ""
    enabled: bool | None = None
    guest: bool = False


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

    key: ClassVar[str] = "scope"
    title: ClassVar[str | Promise] = gettext_lazy("Scope")
    stage: ClassVar[stages.Stage] = stages.CONTENT
    fresh_for: ClassVar[timedelta] = timedelta(hours=12)
    rests_on: ClassVar[tuple[str, ...]] = ("sso_application", "connection")
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Assignments, the direct members of assigned groups, and the people behind the direct ones."""
        graph, app = tenant.graph, desired.service_principal_id
        assigned = list(graph.service_principals.assigned_to(app))
        stored = credentials.stored(graph, desired)
        return Facts(
            direct=tuple(_direct(graph, [each for each in assigned if each.principal_type == "User"])),
            groups=tuple(_group(graph, each) for each in assigned if each.principal_type == "Group"),
            sync_all=stored.get("SyncAll", "").strip().lower() == "true",
        )

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when somebody is in scope; else the customer has to assign people."""
        counted = count(facts)
        if not counted.people and not facts.sync_all:
            return Asking(_nobody(desired, facts, counted), Court.CUSTOMER, code="nobody_in_scope")
        people = counted.people
        evidence = {
            "total": len(people),
            "direct": len(counted.direct),
            "by_group": len(counted.by_group),
            "groups": [{"id": group.id, "name": group.name, "members": len(group.people)} for group in facts.groups],
            "nested_groups": counted.nested,
            "guests": sum(1 for member in people if member.guest),
            "disabled": counted.disabled,
            "sync_all": facts.sync_all,
            "sample": [
                {"id": member.id, "name": member.name, "user_name": member.user_name}
                for member in islice((member for member in people if member.enabled is not False), SAMPLE)
            ],
        }
        note = say(
            _("%(total)s people are in scope: %(direct)s directly, %(by_group)s through groups."),
            total=len(people),
            direct=len(counted.direct),
            by_group=len(counted.by_group),
        )
        return Done(evidence, note, tuple(_warnings(desired, facts, counted)))


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


def member_of(person: User | DirectoryObject) -> Member:
    """A person of the directory as a member of the scope."""
    return Member(
        person.id,
        person.display_name,
        person.user_principal_name or "",
        person.account_enabled,
        (person.user_type or "").lower() == "guest",
    )


def _nobody(desired: Desired, facts: Facts, counted: Counted) -> Sentence:
    if counted.disabled:
        return say(_("Only disabled accounts are assigned. Ask the admin to enable them, or to assign other people."))
    if counted.nested:
        return say(
            _(
                "The assigned groups have only groups inside, and Microsoft does not open these. Ask the admin "
                "to assign "
                "the inner groups, or the people themselves."
            )
        )
    if facts.groups:
        return say(_("The assigned groups are empty. Ask the admin to add people to them, or to assign others."))
    if _has_no_licence(desired):
        return say(
            _(
                "Nobody is assigned to the application. The tenant has no Entra ID P1, so groups cannot be "
                "assigned: ask "
                "the admin to assign people one by one."
            )
        )
    return say(_("Nobody is assigned to the application. Ask the admin to assign people or groups to it."))


def _has_no_licence(desired: Desired) -> bool:
    return desired.evidence.get("readiness", {}).get("licence") == "none"


def _warnings(desired: Desired, facts: Facts, counted: Counted) -> Iterator[Sentence]:
    if facts.sync_all:
        yield say(_("The job takes the whole directory, not only those who are assigned. Have that corrected first."))
    if counted.nested:
        yield say(
            _("%(count)s groups are nested in assigned ones. Microsoft does not open them: their people stay out."),
            count=counted.nested,
        )
    if counted.disabled:
        yield say(_("%(count)s disabled accounts are assigned; they are not created."), count=counted.disabled)
    guests = sum(1 for member in counted.people if member.guest)
    if guests:
        yield say(_("%(count)s guests are in scope; their user name has another form in Haiilo."), count=guests)
    empty = [group.name for group in facts.groups if not group.people]
    if empty:
        yield say(_("No people are directly in: %(groups)s."), groups=", ".join(sorted(empty)))
    if facts.groups and _has_no_licence(desired):
        yield say(_("Groups are assigned although the tenant has no Entra ID P1; their people may stay out."))
