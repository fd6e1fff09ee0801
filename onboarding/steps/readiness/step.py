"""What the consent really gave us, and what the tenant has: licence, domains, applications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Organization, RoleMissing, probes
from graphclient.models.organization import P2
from graphclient.names import ascii_names, both_spellings
from graphclient.permissions import needed_by
from graphclient.probes import Probe
from onboarding.causes.base import Cause
from onboarding.domain import consent_sizes
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.readiness import abilities
from onboarding.steps.readiness.causes import CAUSES
from onboarding.steps.readiness.evidence import NO_LICENCE, ApplicationSeen, ReadinessEvidence
from onboarding.steps.shared import applications, owned_objects, ownership, permissions
from onboarding.steps.shared.applications import Candidate
from onboarding.steps.shared.owned_objects import OwnedObjects, UnexpectedObject
from onboarding.steps.shared.permission_causes import PERMISSION_VOID, PERMISSIONS_MISSING, PERMISSIONS_REFUSED
from onboarding.steps.shared.permissions import (
    RECHECK_YOUNG_AFTER,
    missing_of,
    names_granted,
    seen_twice,
    taking_effect,
)

RECHECK_SPREADING_AFTER = timedelta(seconds=15)


SUPPORTS = plural(
    "When last checked, all permissions were granted and 1 application supported provisioning.",
    "When last checked, all permissions were granted and %(count)s applications supported provisioning.",
)


@dataclass(frozen=True)
class Facts:
    """Names of the permissions that were granted; the rest is empty until all of them work.

    `refused`: everything is granted, but a request was still refused for lack of one, of those that it `needed`.
    `extras`: what we own and must not; `our_id`: our service principal, where ownership counts.
    """

    granted: frozenset[str]
    refused: bool = False
    needed: tuple[str, ...] = ()
    organization: Organization | None = None
    candidates: tuple[Candidate, ...] = ()
    assigned: int = 0
    probes: tuple[Probe, ...] = ()
    extras: tuple[UnexpectedObject, ...] = ()
    our_id: str = ""


@dataclass(frozen=True)
class Readiness(Step[Facts]):
    """Permissions are compared by name, because a consent may carry fewer than were asked for."""

    key: ClassVar[str] = ReadinessEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Readiness")
    stage: ClassVar[stages.Stage] = stages.APPLICATION
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    evidence: ClassVar[type[Evidence]] = ReadinessEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    reads_consent: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Our own service principal's roles, the tenant, and the applications that could take provisioning."""
        if self.key not in desired.evidence:
            tenant.forget_token()  # the one at hand may be older than the consent has spread
        granted: frozenset[str] = frozenset()
        tenant.graph.read_ahead(*permissions.reads(tenant.client_id), *applications.reads(), *probes.reads())
        try:
            granted = names_granted(tenant.graph, tenant.client_id)
            if missing_of(desired, granted):
                tenant.forget_token()
                return Facts(granted)
            held = owned_objects.read(tenant.graph, tenant.client_id) if desired.size.by_ownership else None
            candidates = applications.find(tenant, desired, closely=False, held=held)
            if held is not None and (extras := _extras(tenant, desired, held, candidates)):
                return Facts(granted, extras=extras, our_id=held.our_id)
            best = next(
                (each.candidate for each in applications.rank(desired, candidates) if each.candidate.usable), None
            )
            assigned = tenant.graph.service_principals.count_assigned(best.app.id) if best else 0
            organization = tenant.graph.organization.get()
            tried = abilities.try_all(tenant.graph, desired, best)
            return Facts(
                granted,
                organization=organization,
                candidates=candidates,
                assigned=assigned,
                probes=tuple(tried),
            )
        except RoleMissing as error:
            tenant.forget_token()
            return Facts(granted, refused=True, needed=needed_by(error))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done once every permission is there; a missing licence or application is told, not held against it.

        While we own what we must not, nothing goes on.
        """
        if facts.extras:
            return owned_objects.ask(facts.extras, facts.our_id)
        missing = missing_of(desired, facts.granted)
        if missing or facts.refused or facts.organization is None:
            return _incomplete(desired, missing, facts)
        unowned = ownership.unowned(desired, facts.candidates, applications.chosen_id(desired))
        if unowned is not None:
            return ownership.ask(desired, unowned)
        return _ready(desired, facts, facts.organization)


def _application(ranked: applications.Ranked) -> ApplicationSeen:
    return ApplicationSeen(
        ranked.candidate.app.id,
        ranked.candidate.app.display_name,
        ranked.candidate.usable,
        tuple(sentence.as_json() for sentence in ranked.reasons),
        tuple(sentence.as_json() for sentence in ranked.warnings),
    )


def _ready(desired: Desired, facts: Facts, organization: Organization) -> Done:
    usable = [candidate for candidate in facts.candidates if candidate.usable]
    evidence = ReadinessEvidence(
        permissions={name: name in facts.granted for name in desired.size.names},
        licence=licence(organization),
        verified_domains=tuple(sorted(domain.name.lower() for domain in organization.verified_domains)),
        candidates=len(usable),
        assigned=facts.assigned,
        abilities=abilities.told(desired, facts.probes),
        owner_of=ownership.told(usable) if desired.size.by_ownership else (),
        applications=tuple(_application(each) for each in applications.rank(desired, facts.candidates)),
    )
    warnings = tuple(_warnings(desired, facts, organization, bool(usable)))
    return Done(evidence, say(SUPPORTS, count=len(usable)), warnings)


def _incomplete(desired: Desired, missing: list[str], facts: Facts) -> Verdict:
    is_half = bool(facts.granted)
    spreading = taking_effect(desired, recheck_in=RECHECK_SPREADING_AFTER, missing=missing if is_half else ())
    if spreading is not None and not (missing and is_half and seen_twice(desired, Readiness.key, missing)):
        return spreading
    if missing:
        asked = PERMISSIONS_MISSING.asking(offers={"missing": missing}, names=", ".join(missing))
        return replace(asked, recheck_in=RECHECK_YOUNG_AFTER) if spreading else asked
    void = consent_sizes.asked_for(desired.size, facts.needed)
    if void:
        return PERMISSION_VOID.asking(offers={"missing": []}, permission=void)
    return PERMISSIONS_REFUSED.asking(offers={"missing": []})


def _extras(
    tenant: Tenant, desired: Desired, held: OwnedObjects, candidates: Sequence[Candidate]
) -> tuple[UnexpectedObject, ...]:
    ids, app_ids = ownership.bound(desired, candidates)
    return owned_objects.unexpected(tenant.graph, held, ids, app_ids)


def licence(organization: Organization) -> str:
    """The best directory licence that is in force: "P2", "P1" or "none"."""
    if not organization.has_p1:
        return NO_LICENCE
    in_force = ("Enabled", "Warning")
    has_p2 = any(plan.service_plan_id == P2 and plan.capability_status in in_force for plan in organization.plans)
    return "P2" if has_p2 else "P1"


def _warnings(desired: Desired, facts: Facts, organization: Organization, usable: bool) -> Iterator[Sentence]:
    if not organization.has_p1:
        yield say(
            _(
                "This tenant has no Entra ID P1 licence. People have to be assigned one by one, because groups need "
                "P1. Microsoft gives us totals only, no names and no reasons."
            )
        )
    if not usable:
        yield say(_("No application for Haiilo supports provisioning yet. The next step says what is needed."))
    elif not facts.assigned:
        yield say(
            _(
                "Nobody is assigned to the application yet. The customer's admin can do that any time before the "
                "step “Scope”."
            )
        )
    yield from ownership.warnings(facts.candidates)
    verified = ascii_names(domain.name for domain in organization.verified_domains)
    unproved = [both_spellings(domain) for domain in desired.domains if not ascii_names([domain]) & verified]
    if unproved:
        yield say(_("The tenant has not verified: %(domains)s."), domains=", ".join(unproved))
