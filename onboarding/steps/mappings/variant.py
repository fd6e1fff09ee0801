"""A customer's own mapping, which somebody of staff has accepted as it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from onboarding.domain.desired import Desired
from onboarding.domain.products import Mapped, Profile
from onboarding.steps.connection.evidence import job_id, made_at
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.document import Comparison
from onboarding.steps.mappings.evidence import MappingsEvidence, VariantLine

VARIANT = "variant"
"""The field of the answer: what was accepted, by whom and when."""


def answer_for(payload: Mapping[str, Any], job_made_at: str, *, by: str, at: str) -> dict[str, Any]:
    """The answer that accepts what stands in place of the plan that has this `payload`, in the job as it was made
    then: as long as nobody changes it, and no release wants another mapping.
    """
    accepted = {"digest": payload["basis"], "wanted": payload["mapping"], "job_id": payload["job_id"]}
    return {VARIANT: {**accepted, "job_made_at": job_made_at, "by": by, "at": at}}


def none_accepted() -> dict[str, Any]:
    """The answer that takes back what was accepted."""
    return {VARIANT: {}}


def accepted(desired: Desired, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The answer by which exactly this document is accepted; None where none does."""
    kept: Mapping[str, Any] = desired.answer(MappingsEvidence.step, VARIANT) or {}
    made = made_at(desired)
    now = {
        "digest": meaning.digest(document),
        "wanted": mapping_document.wanted(desired.profile),
        "job_id": job_id(desired),
        "job_made_at": made.isoformat() if made else "",
    }
    return kept if kept and all(kept.get(name) == value for name, value in now.items()) else None


def ours_at(desired: Desired) -> datetime | None:
    """When the mapping was last seen as the product wants it, if somebody has seen it so."""
    seen = desired.evidence_of(MappingsEvidence)
    if seen is None:
        return None
    return seen.ours_at if seen.is_theirs else seen.seen_at


def lines_of(found: Comparison) -> tuple[VariantLine, ...]:
    """What is mapped otherwise than the product wants it."""
    return tuple(VariantLine(line.target, line.before) for line in found.lines if line.sign != "=")


def varied(profile: Profile, lines: Sequence[VariantLine]) -> Profile:
    """The product's mapping as it stands at this customer. What the product requires and nothing maps any more stays,
    made of nothing.
    """
    other = {meaning.unwritten(line.target): line.expression for line in lines}
    ours = [
        replace(each, expression=other.pop(meaning.unwritten(each.target), each.expression))
        for each in profile.mappings
    ]
    kept = [each for each in ours if each.expression or each.required]
    theirs = [Mapped(each.target, each.expression) for each in lines if meaning.unwritten(each.target) in other]
    return replace(profile, mappings=(*kept, *theirs))
