"""What the tenant has and lets us do, as the last check of its permissions and licence found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence

NO_LICENCE = "none"


@dataclass(frozen=True)
class Ability:
    """One operation: tried, done or open ("yes", "no", "open"). Both texts are stored sentences; `why` explains what is
    not "yes".
    """

    operation: Mapping[str, Any]
    verdict: str
    why: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ApplicationSeen:
    """An application that was looked at, by its object id: `usable` where provisioning can be set up on it; stored
    sentences that speak for it (`reasons`) and against it (`warnings`).
    """

    id: str = ""
    name: str = ""
    usable: bool = False
    reasons: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class ReadinessEvidence(Evidence):
    """`permissions`: whether each that we ask for is granted. `licence`: "P2", "P1" or "none".

    `candidates`: how many applications could take provisioning; `assigned`: to the best of them, people and groups.
    `owner_of`: stored sentences, one for each application that we own, where our permissions reach only those.
    `applications`: all that were looked at, the best first.
    """

    step: ClassVar[str] = "readiness"

    permissions: Mapping[str, bool] = field(default_factory=dict)
    licence: str = ""
    verified_domains: tuple[str, ...] = ()
    candidates: int = 0
    assigned: int = 0
    abilities: tuple[Ability, ...] = ()
    owner_of: tuple[Mapping[str, Any], ...] = ()
    applications: tuple[ApplicationSeen, ...] = ()


def lacks_licence(desired: Desired) -> bool:
    """Whether the tenant was seen without Entra ID P1; False where nobody has looked yet."""
    seen = desired.evidence_of(ReadinessEvidence)
    return seen is not None and seen.licence == NO_LICENCE
