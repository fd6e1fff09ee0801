"""What a step is, and what it is given.

One step is one folder with one frozen object and three verbs. Only `read` reads Graph, only `apply` writes, `assess`
is pure. Verify is `assess(read())` being `Done`; preview and drift are the same loop with `apply` left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from django.utils.functional import Promise

from graphclient import GraphClient, Job, ProvisioningEvent, Read
from onboarding.causes.base import Cause
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.verdicts import Asking, Broken, Change, Verdict
from onboarding.steps.stages import Stage

Facts = TypeVar("Facts")
V = TypeVar("V", bound=Verdict)


class Tenant(Protocol):
    """What a step can reach. `graph` raises `NoTenantYet` before the customer's tenant is known."""

    @property
    def graph(self) -> GraphClient:
        """Graph in the customer's tenant: read-only until the tenant is proved."""
        ...

    @property
    def client_id(self) -> str:
        """Our own application (client) id."""
        ...

    def resolve(self, name: str) -> str | None:
        """The tenant id behind a domain or tenant id by its public OpenID metadata; None when Microsoft knows no such
        tenant. Raises `OtherCloud`, and other `GraphError` where the answer says neither.
        """
        ...

    def as_size(self, size: ConsentSize) -> Tenant:
        """The same tenant as another application of ours sees it, to read only."""
        ...

    def is_let_in(self) -> bool:
        """Whether Microsoft still gives our application a fresh token for the tenant; a `GraphError` where it does not
        say.
        """
        ...

    def roles_in_token(self) -> frozenset[str] | None:
        """Names of the permissions in our token for the tenant, a hint only; None where that cannot be told."""
        ...

    def forget_token(self) -> None:
        """Have a new token fetched for the next request: a permission that was just granted is not in the old one."""
        ...


class StepFailed(Exception):
    """Raised by `apply` when the outcome is known and needs a person: carries the verdict to record."""

    def __init__(self, verdict: Asking | Broken) -> None:
        super().__init__(str(verdict.question if isinstance(verdict, Asking) else verdict.why))
        self.verdict = verdict


AnswerFormClass = Callable[..., Any]


class Step(ABC, Generic[Facts]):
    """One step of an onboarding: it declares here whatever other rooms need to know about it.

    `key` is its identity everywhere and never changes. A step that only reads has no `apply`; the others are a
    `ChangingStep`.
    """

    key: ClassVar[str]
    title: ClassVar[str | Promise]
    stage: ClassVar[Stage]
    """What the customer's admin sees this step as."""
    fresh_for: ClassVar[timedelta]
    """How long `Done` is believed without looking again."""
    evidence: ClassVar[type[Evidence]] = Evidence
    """What `Done` of this step carries."""
    causes: ClassVar[tuple[Cause, ...]] = ()
    """Why this step may not go on: one entry for each code of its own."""
    asks_first: ClassVar[bool] = False
    """Whether a person must approve the plan before `apply`."""
    changes_tenant: ClassVar[bool] = False
    """Whether what is answered here ends in a plan or in a change."""
    rests_on: ClassVar[tuple[str, ...]] = ()
    """Keys of steps: when what one of them saw changes, what this one saw is stale."""
    forms: ClassVar[Mapping[str, AnswerFormClass]] = {}
    """The form for each code that a person can answer here."""
    always: ClassVar[AnswerFormClass | None] = None
    """The form that may be filled in at any time, and that answers each code without a form of its own."""
    names_tenant: ClassVar[bool] = False
    """Whether `Done` here says which tenant is expected, which no other customer may have."""
    chooses_application: ClassVar[bool] = False
    """Whether `Done` here says which application is set up, which no other customer may have."""
    gives_access: ClassVar[bool] = False
    """Whether `Done` here proves the tenant; without it no later step can read anything."""
    reads_consent: ClassVar[bool] = False
    """Whether this step goes by `desired.link` or `desired.consent`; no other step is given them in a run."""
    waits_for_link: ClassVar[bool] = False
    """Whether a new link, or the end of one, changes this step's verdict."""
    sends_token: ClassVar[bool] = False
    """Whether this step sends the customer's SCIM token; it is erased when all such steps are done."""
    reads_people: ClassVar[bool] = False
    """Whether the provisioning log is ingested before this step reads."""
    asks_haiilo: ClassVar[bool] = False
    """Whether Haiilo's own list is read, where it is due and may be, before this step assesses."""
    tries_people: ClassVar[bool] = False
    """Whether this step provisions people on demand: it is told whom the roster suggests, and the roster what it found;
    who has it looked at again has what failed tried again.
    """

    reads_scope: ClassVar[bool] = False
    """Whether who is assigned is read into the roster after this step reads."""
    carries_over: ClassVar[bool] = False
    """Whether this step takes over into a new job what the one before it had: it is told `desired.former_schema`."""
    rechecks: ClassVar[tuple[str, ...]] = ()
    """Keys of earlier steps: who has this one looked at again has these read anew, too."""
    spread: ClassVar[bool] = False
    """Whether `Done` of a live customer is looked at again at a time of its own, once in `fresh_for`, so that the looks
    at all customers are spread evenly.
    """
    recounts: ClassVar[tuple[str, ...]] = ()
    """Keys of earlier steps: who approves a plan here has these read anew first, however fresh they are."""

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The GETs that `read` sends in any case and that may be asked for in a batch before, each with its name."""
        return {}

    @abstractmethod
    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Look at the live systems: GETs, and such POSTs as change nothing (validateCredentials)."""

    def in_haiilo(self, desired: Desired, facts: Facts) -> int | None:
        """How many people are in Haiilo by these facts, None where they do not tell; asked where `reads_people`."""
        return None

    def left_out_by(self, desired: Desired, facts: Facts) -> datetime | None:
        """When the sync began that ended and left out whoever is in scope and on the way, None where none has; asked
        where `reads_people`.
        """
        return None

    def job_of(self, facts: Facts) -> Job | None:
        """The provisioning job that carries people, where this step has read how it stands."""
        return None

    def told_on_demand(self, desired: Desired) -> Sequence[ProvisioningEvent]:
        """What was said of people on demand, as rows of the log: of nobody by most steps."""
        return ()

    @abstractmethod
    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Compare. Pure: no network, no database, no clock but `desired.now`."""

    def after_failure(self, desired: Desired, facts: Facts, verdict: V) -> V:
        """What is said where a change has ended in `verdict`; `facts` are those by which it was planned. Pure."""
        return verdict


class ChangingStep(Step[Facts]):
    """A step that may change the customer's tenant."""

    changes_tenant: ClassVar[bool] = True

    @abstractmethod
    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any] | None:
        """Make one change. Safe to repeat, unless the change says `once`.

        What it returns (JSON, no secret) is kept; the next `assess` sees it as ``desired.applied[step][change.key]``;
        what it returns under ``backup`` is kept apart, and nothing is done after it before that is stored. Where only
        a part could be made yet, the `Sentence` under ``partly`` tells in the timeline which; ``untold`` says that it
        ended as it did before, which needs no line.
        Raises `StepFailed` where Microsoft's answer already is the verdict.
        """
