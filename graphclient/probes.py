"""Which operations the granted permissions allow, found by trying one harmless call for each operation.

A role in a token is only a hint; Graph's answer decides. So an onboarding can work with fewer permissions than it asks
for, and change to read-only mode once it is live. Least permissions: Graph reference, "Permissions" of each operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .client import GraphClient
from .errors import (
    GraphError,
    LicenceMissing,
    NotAllowed,
    NotThere,
    Rejected,
    RoleMissing,
    Unreadable,
    WriteRefused,
)
from .http.memo import Read
from .permissions import needed_for
from .resources import groups, organization, provisioning_logs, users
from .resources.service_principals import GRAPH_APP_ID, read_by_app_id

HARMLESS_EXPRESSION = "[userPrincipalName]"


class Finding(Enum):
    """The result of a probe."""

    WORKS = "works"
    ROLE_MISSING = "permission or ownership missing"
    LICENCE_MISSING = "the tenant's licence does not cover it"
    NOT_ALLOWED = "refused for another reason"
    NOT_THERE = "the object that it was tried on does not exist, or not yet"
    NOT_TRIED = "there is nothing to try it on, or the guard forbids it"
    NOT_TOLD = "the answer says nothing about the permission"


@dataclass(frozen=True)
class Probe:
    """One operation, the least permission that is enough for it, and the finding. `error`: the reason for it."""

    operation: str
    least: str
    finding: Finding
    error: GraphError | None = None

    @property
    def works(self) -> bool:
        """Whether the operation is allowed."""
        return self.finding is Finding.WORKS


@dataclass(frozen=True)
class _Subject:
    graph: GraphClient
    sp_id: str = ""
    job_id: str = ""


@dataclass(frozen=True)
class _Trial:
    operation: str
    call: str
    """Method and path of the call that is tried, by which it is known what it needs."""
    attempt: Callable[[_Subject], Any]
    needs: tuple[str, ...] = ()

    @property
    def least(self) -> str:
        """The least permission that is enough."""
        return needed_for(*self.call.split(" ", 1))[0]


_AUDITS = _Trial("read the audit log", "GET /auditLogs/directoryAudits", lambda on: on.graph.directory_audits.touch())
_TRIALS = (
    _Trial("read the organization", "GET /organization", lambda on: on.graph.organization.get()),
    _Trial(
        "find applications", "GET /servicePrincipals", lambda on: on.graph.service_principals.by_app_id(GRAPH_APP_ID)
    ),
    _Trial("find people", "GET /users", lambda on: on.graph.users.find("a", top=1)),
    _Trial("read groups", "GET /groups", lambda on: on.graph.groups.find("a", top=1)),
    _Trial(
        "read assignments",
        "GET /servicePrincipals/id/appRoleAssignedTo/$count",
        lambda on: on.graph.service_principals.count_assigned(on.sp_id),
        needs=("sp_id",),
    ),
    _Trial(
        "read provisioning",
        "GET /servicePrincipals/id/synchronization/jobs",
        lambda on: on.graph.synchronization.jobs(on.sp_id),
        needs=("sp_id",),
    ),
    # changes nothing, and Graph requires the permission to write for it
    _Trial(
        "change provisioning",
        "POST /servicePrincipals/id/synchronization/jobs/id/schema/parseExpression",
        lambda on: on.graph.synchronization.parse_expression(on.sp_id, on.job_id, HARMLESS_EXPRESSION),
        needs=("sp_id", "job_id"),
    ),
    _Trial("read the provisioning log", "GET /auditLogs/provisioning", lambda on: on.graph.provisioning_logs.touch()),
)


def reads() -> tuple[Read, ...]:
    """What those operations read that needs neither application nor job, for `GraphClient.read_ahead`."""
    people, teams = users.read_find("a", top=1), groups.read_find("a", top=1)
    return organization.GET, read_by_app_id(GRAPH_APP_ID), people, teams, provisioning_logs.read_touch()


def probe(graph: GraphClient, sp_id: str = "", job_id: str = "", *, audits: bool = False) -> list[Probe]:
    """Try each operation once, on this application and job; `audits`: also the audit log.

    Raises `TryLater`, and errors that concern no single operation: `ConsentMissing`, `OurCredentialRefused`.
    """
    trials = (*_TRIALS, _AUDITS) if audits else _TRIALS
    return [_try(trial, _Subject(graph, sp_id, job_id)) for trial in trials]


def missing(probes: list[Probe]) -> list[str]:
    """The least permissions that would allow more operations, each once."""
    return list(dict.fromkeys(each.least for each in probes if each.finding is Finding.ROLE_MISSING))


def _try(trial: _Trial, on: _Subject) -> Probe:
    if not all(getattr(on, name) for name in trial.needs):
        return Probe(trial.operation, trial.least, Finding.NOT_TRIED)
    try:
        trial.attempt(on)
    except (NotAllowed, NotThere, Rejected, Unreadable, WriteRefused) as error:
        found = _finding(error)
        if found is None:
            raise
        return Probe(trial.operation, trial.least, found, error)
    return Probe(trial.operation, trial.least, Finding.WORKS)


def _finding(error: GraphError) -> Finding | None:
    """The finding that an error means; None for an error that says nothing about the operation."""
    if isinstance(error, RoleMissing):
        return Finding.ROLE_MISSING
    if isinstance(error, LicenceMissing):
        return Finding.LICENCE_MISSING
    if isinstance(error, NotThere):
        return Finding.NOT_THERE
    if isinstance(error, WriteRefused):
        return Finding.NOT_TRIED
    if isinstance(error, Rejected | Unreadable):
        return Finding.NOT_TOLD
    return Finding.NOT_ALLOWED if type(error) is NotAllowed else None
