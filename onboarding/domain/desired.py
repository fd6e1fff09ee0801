"""The desired state of a tenant: the customer's record, people's answers and earlier evidence, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.evidence import Evidence
from onboarding.domain.former_schema import FormerSchema
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.headcount import Headcount
from onboarding.domain.leavers import Leavers
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.products import Profile
from onboarding.domain.scope_read import ScopeRead
from onboarding.domain.suggested import Suggested
from onboarding.domain.verdicts import ApprovedPlan

E = TypeVar("E", bound=Evidence)
ReadEvidence = dict[type[Evidence], tuple[Mapping[str, Any], Evidence]]
"""Evidence by its kind, beside the stored form from which it was read."""
SCIM_TOKEN = "scim_token"  # noqa: S105 - the name of a kind, not a secret


@dataclass(frozen=True)
class ProvedTenant:
    """A tenant that is proved to be this customer's. Writing functions take this, never a bare GUID."""

    tenant_id: str


@dataclass(frozen=True)
class SecretText:
    """A customer's secret in memory for the moment it is needed; never shown by repr, str or a traceback."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The secret itself, for the one call that sends it."""
        return self._value

    def __str__(self) -> str:
        return "(secret)"


@dataclass(frozen=True)
class ConsentSeen:
    """What the browser round trip left behind: who signed in where, and what Microsoft answered."""

    signed_in_tenant: str
    signed_in_object_id: str
    signed_in_name: str
    signed_in_at: datetime
    granted_at: datetime | None = None
    error: str = ""
    error_code: str = ""
    error_text: str = ""
    """What Microsoft said with a code that we may not know, as a plain sentence."""


@dataclass(frozen=True)
class LinkSent:
    """The newest link that went to the customer's admin, as far as it matters to what we say about it."""

    contact: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    begun_at: datetime | None = None
    """When a browser went to Microsoft by it for the last time."""


@dataclass(frozen=True)
class ReadOnlyDesired:
    """That the customer is to be watched only, or may be set up again. `asks_for` is the application that the admin is
    asked to approve for it, `link` and `consent` are what came of that since; `setup` is the one that is to go.
    """

    setup: ConsentSize
    reads_only_since: datetime | None = None
    goes_up: bool = False
    link: LinkSent | None = None
    consent: ConsentSeen | None = None

    @property
    def is_active(self) -> bool:
        """Whether the tenant is read by the application for watching already."""
        return self.reads_only_since is not None

    @property
    def asks_for(self) -> ConsentSize:
        """What has to be approved next."""
        return self.setup if self.goes_up else consent_sizes.MONITOR


def moment_of(stored: Any) -> datetime | None:
    """A time in what `apply` returned or a verdict offered, None where none is kept."""
    return datetime.fromisoformat(stored) if isinstance(stored, str) and stored else None


@dataclass(frozen=True)
class Desired:
    """Everything a step may know beyond what it reads: the customer's record, people's answers, earlier evidence."""

    customer_name: str
    profile: Profile
    haiilo_host: str
    domains: tuple[str, ...]
    now: datetime
    expected_tenant: str | None = None
    proved: ProvedTenant | None = None
    link: LinkSent | None = None
    consent: ConsentSeen | None = None
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    applied: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    begun: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """When each change was begun last, by the name of its intent; without those that were certainly not made."""
    refused: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """When Microsoft refused each change that was begun and certainly not made, by the name of its intent."""
    unconfirmed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    approved: Mapping[str, ApprovedPlan] = field(default_factory=dict)
    answered_at: Mapping[str, datetime] = field(default_factory=dict)
    scim_token: SecretText | None = None
    scim_token_saved_at: datetime | None = None
    unreadable_secret: bool = False
    """A token was entered, and no key of ours opens it; `scim_token` is None then."""
    scim_token_misfit: bool = False
    """A token is stored that was entered for another host: it is sent nowhere, and erased."""
    taken_applications: Mapping[str, str] = field(default_factory=dict)
    """Applications of other customers in the same tenant: object id of the service principal → application id."""
    people: Headcount = field(default_factory=Headcount)
    leavers: Leavers = field(default_factory=Leavers)
    """Who is to be removed from Haiilo; read for a step that goes by the people."""
    log_trouble: LogTrouble | None = None
    scope_read: ScopeRead | None = None
    """What the newest reading of the assignments found; None where there is none, or the whole directory is taken."""
    haiilo: HaiiloList = field(default_factory=HaiiloList)
    size: ConsentSize = consent_sizes.STANDARD
    read_only: ReadOnlyDesired | None = None
    token_noted_within: timedelta = timedelta(days=30)
    """So long before the saved token expires it is noted; `token_asked_within`: a new one is asked for."""
    token_asked_within: timedelta = timedelta(days=14)
    recipients: str = ""
    """To whom Microsoft writes of a quarantine and of deletions that it holds back; empty for nobody."""
    pace: float = 1.0
    """How much faster than Microsoft a sandbox shows what was done; 1 with Microsoft itself."""
    suggested: tuple[Suggested, ...] = ()
    """Whom the roster offers as test users; read for the step that tries people only."""
    former_schema: FormerSchema | None = None
    """What the job before ours mapped, for the step that writes the mapping of a job which we have made; else None."""
    seen_before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the last look at a step that waits or asks has left, by step."""
    read_evidence: ReadEvidence = field(default_factory=dict, compare=False, repr=False)
    """Evidence that was asked for, read from its stored form once: as long as that is the same document."""

    def answer(self, step: str, name: str, default: Any = None) -> Any:
        """What a person answered in `step` for the field `name`."""
        return self.answers.get(step, {}).get(name, default)

    def evidence_of(self, kind: type[E]) -> E | None:
        """The evidence with which the step of `kind` was done, or None when that step was never done."""
        stored = self.evidence.get(kind.step)
        if stored is None:
            return None
        known = self.read_evidence.get(kind)
        if known is None or known[0] is not stored:
            known = self.read_evidence[kind] = stored, kind.from_json(stored)
        return cast(E, known[1])

    def required(self, kind: type[E]) -> E:
        """As `evidence_of`, for a step that comes later. Raises KeyError when the step of `kind` was never done."""
        found = self.evidence_of(kind)
        if found is None:
            raise KeyError(kind.step)
        return found

    def result(self, step: str, change: str) -> Mapping[str, Any]:
        """What `apply` returned for the newest `change` of this key; empty when it was never made."""
        return self.applied.get(step, {}).get(change, {})

    def applied_lately(self, step: str, change: str, within: timedelta) -> bool:
        """Whether `change` was made in the last moments, so that Microsoft may not show it yet."""
        return self.is_recent(moment_of(self.result(step, change).get("at")), within)

    def is_recent(self, at: datetime | None, within: timedelta) -> bool:
        """Whether that was so lately that Microsoft, which may take as long as `within`, may not show it yet."""
        return at is not None and (self.now - at) * self.pace < within

    @property
    def base_url(self) -> str:
        """The customer's SCIM base address (Entra: Tenant URL)."""
        return self.profile.base_url.format(host=self.haiilo_host)
