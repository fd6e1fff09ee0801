"""The product profile's mapping is written, what Haiilo does not take goes away, groups are off.

A person sees the difference in words and approves it. Entra begins a new initial cycle after each change of a mapping
(Entra documentation, "How provisioning works"), so nothing is written that is right already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job, NotThere, Read, Rejected, Unreadable
from graphclient.resources.synchronization import read_schema
from onboarding.causes.base import Cause
from onboarding.domain.attribute_names import source_words, target_words
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.products import PROFILES, Profile
from onboarding.domain.sentences import Sentence, moment_text, plural, say
from onboarding.domain.verdicts import Change, Detail, Done, Todo, Verdict
from onboarding.steps import stages
from onboarding.steps.base import ChangingStep, StepFailed, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence, job_id, made_at
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import drift, former, meaning, variant
from onboarding.steps.mappings.causes import (
    CAUSES,
    CHANGED_MEANWHILE,
    EXPRESSION_REFUSED,
    MAPPING_CHANGED,
    NO_MAPPING,
    SEVERAL_MAPPINGS,
)
from onboarding.steps.mappings.document import Comparison, Line, NotAMapping, SeveralMappings
from onboarding.steps.mappings.evidence import DefaultSeen, MappingsEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import chosen_gone, jobs
from onboarding.steps.shared.estimate import minutes_of_a_cycle
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence, service_principal_id

SENT = plural(
    "%(count)s attribute is sent; groups are not created in Haiilo.",
    "%(count)s attributes are sent; groups are not created in Haiilo.",
)
SENT_BY_VARIANT = plural(
    "%(count)s attribute is sent, as this customer has it: %(person)s accepted that on %(at)s.",
    "%(count)s attributes are sent, as this customer has them: %(person)s accepted that on %(at)s.",
)


@dataclass(frozen=True)
class Facts:
    """The mappings as one opaque document, None where Graph does not show them; of one that differs also the job."""

    job: Job | None = None
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Mappings(ChangingStep[Facts]):
    """Template against document; the rest of the document is left as it is."""

    key: ClassVar[str] = MappingsEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Attribute mapping")
    stage: ClassVar[stages.Stage] = stages.CONTENT
    fresh_for: ClassVar[timedelta] = timedelta(hours=1)  # whoever changes it begins a new cycle for everybody
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = MappingsEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    asks_first: ClassVar[bool] = True
    carries_over: ClassVar[bool] = True

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The schema of the job; alone, it needs no batch."""
        has_job = bool(jobs.reads(desired))
        return {"schema": read_schema(service_principal_id(desired), job_id(desired))} if has_job else {}

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The schema of the job; where it is not as it should be, also whether the job has run."""
        try:
            document = tenant.graph.synchronization.schema(service_principal_id(desired), job_id(desired))
        except NotThere:
            chosen_gone.ensure_there(tenant.graph, desired)
            return Facts()
        mapping_document.check(document)
        try:
            same = mapping_document.compare(desired.profile, document).same or variant.accepted(desired, document)
        except (NotAMapping, SeveralMappings):
            same = True
        return Facts(None if same else jobs.listed_job(tenant.graph, desired), document)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when every mapping is as the profile wants it; else the difference, for a person to approve."""
        if facts.document is None:
            return jobs.missing(desired)
        try:
            found = mapping_document.compare(desired.profile, facts.document)
        except NotAMapping:
            return NO_MAPPING.broken()
        except SeveralMappings as several:
            return SEVERAL_MAPPINGS.broken(names=", ".join(several.names))
        accepted = None if found.same else variant.accepted(desired, facts.document)
        taken = former.to_take_over(desired)
        takes_over = taken is not None and not (found.same and former.is_in(facts.document, taken, desired))
        if takes_over or not (found.same or accepted):
            return _todo(desired, facts, facts.document)
        evidence = _evidence(desired, facts.document, found)
        return Done(evidence, _note(len(evidence.mapped), accepted), tuple(_lint(desired, found)))

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """Back up what is there, or write. Raises `StepFailed` where the document is not the approved one."""
        sync, where = (
            tenant.graph.synchronization,
            (str(change.payload["service_principal_id"]), str(change.payload["job_id"])),
        )
        document = sync.schema(*where)
        mapping_document.check(document)
        if change.key == "back_up_mapping":
            about = {"service_principal_id": where[0], "job_id": where[1]}
            return {"backup": {**about, "schema": document}, "at": desired.now.isoformat()}
        if meaning.digest(document) != change.payload["basis"]:
            raise StepFailed(CHANGED_MEANWHILE.asking())
        return _write(tenant, desired, change, document)


def _write(tenant: Tenant, desired: Desired, change: Change, document: Mapping[str, Any]) -> dict[str, Any]:
    where = str(change.payload["service_principal_id"]), str(change.payload["job_id"])
    profile, basis = _planned_profile(change), _planned_basis(desired, change, document)
    expressions = mapping_document.needs_parsing(profile, basis)
    parsed = {expression: _parsed(tenant, where, expression) for expression in expressions}
    changed = mapping_document.merged(profile, basis, parsed)
    told = {"job_id": where[1], "at": desired.now.isoformat()}
    try:
        tenant.graph.synchronization.put_schema(
            *where, changed if changed.get("id") else mapping_document.as_of_job(changed, where[1])
        )
    except Rejected as refused:
        if former.BACKUP not in change.payload:
            raise
        return {**told, **former.left_out(refused.code or str(refused.status))}
    return {**told, "removed": mapping_document.compare(profile, basis).targets("-")}


def _evidence(desired: Desired, document: Mapping[str, Any], found: Comparison) -> MappingsEvidence:
    defaults = starmap(DefaultSeen, sorted(mapping_document.defaults_of(document).items()))
    return MappingsEvidence(
        found.rule_id,
        tuple(found.targets("=", "~", "-")),
        tuple(desired.result(Mappings.key, "write_mapping").get("removed", ())),
        found.groups_enabled,
        digest=meaning.digest(document),
        wanted=mapping_document.wanted(desired.profile),
        job_id=job_id(desired),
        job_made_at=made_at(desired),
        seen_at=desired.now,
        defaults=tuple(defaults),
        variant=variant.lines_of(found),
        ours_at=None if found.same else variant.ours_at(desired),
    )


def _note(count: int, accepted: Mapping[str, Any] | None) -> Sentence:
    if accepted is None:
        return say(SENT, count=count)
    at = moment_text(datetime.fromisoformat(accepted["at"]))
    return say(SENT_BY_VARIANT, count=count, person=accepted["by"], at=at)


def _planned_profile(change: Change) -> Profile:
    """The product's mapping for which the change was planned. Raises `StepFailed` where this release has another."""
    profile = PROFILES[change.payload["product"]]
    if mapping_document.wanted(profile) != change.payload["mapping"]:
        raise StepFailed(CHANGED_MEANWHILE.asking())
    return profile


def _planned_basis(desired: Desired, change: Change, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the mapping is written into: with the former job's where the plan takes that over."""
    if former.BACKUP not in change.payload:
        return document
    taken = former.to_take_over(desired)
    if taken is None or taken.backup != change.payload[former.BACKUP]:
        raise StepFailed(CHANGED_MEANWHILE.asking())
    return former.into(document, taken)


def _parsed(tenant: Tenant, where: tuple[str, str], expression: str) -> dict[str, Any]:
    answer = tenant.graph.synchronization.parse_expression(*where, expression)
    if answer.ok and answer.parsed is None:
        raise Unreadable("the parse result of an expression without its tree", method="POST")
    if not answer.ok or answer.parsed is None:
        error = answer.error or say(_("no reason given"))
        raise StepFailed(EXPRESSION_REFUSED.broken(expression=expression, error=error))
    return dict(answer.parsed)


def _todo(desired: Desired, facts: Facts, document: Mapping[str, Any]) -> Todo:
    taken = former.to_take_over(desired)
    found = mapping_document.compare(desired.profile, former.into(document, taken) if taken else document)
    payload = {
        "service_principal_id": service_principal_id(desired),
        "job_id": job_id(desired),
        "basis": meaning.digest(document),
        "product": desired.profile.key,
        "mapping": mapping_document.wanted(desired.profile),
        **({former.BACKUP: taken.backup} if taken else {}),
    }
    details = (*_details(found), *(former.told(taken) if taken else ()))
    changes = (
        Change("back_up_mapping", say(_("Back up the current mapping.")), payload=payload),
        Change("write_mapping", _summary(found), details, payload),
    )
    warnings = (*former.remarks(desired), *_restart_warning(desired, facts), *_lint(desired, found))
    if (before := drift.ours_before(desired, document)) is not None:
        why, told = drift.headline(before, found), (*drift.told(found), *warnings)
        return Todo(why, changes, say(_("Write our mapping again")), told, code=MAPPING_CHANGED.code)
    return Todo(say(_("Check the attribute mapping")), changes, say(_("Save the mapping")), warnings)


def _summary(found: Comparison) -> Sentence:
    written, removed = len(found.targets("+", "~", "=")), len(found.targets("-"))
    return say(
        _("Attributes sent: %(written)s. Removed, because Haiilo does not use them: %(removed)s."),
        written=written,
        removed=removed,
    )


def _details(found: Comparison) -> Iterator[Detail]:
    for line in found.lines:
        yield Detail(line.sign, _line_words(line))
    if set(found.flows) < set(mapping_document.ALL_FLOWS):
        yield Detail("~", say(_("people are created, updated and removed")))
    if not found.people_enabled:
        yield Detail("~", say(_("people are provisioned")))
    if found.groups_enabled and not found.groups_wanted:
        yield Detail("-", say(_("groups are not created in Haiilo; people assigned through a group still are")))
    elif found.groups_wanted and not found.groups_enabled:
        yield Detail("+", say(_("groups are created in Haiilo")))


def _line_words(line: Line) -> Sentence:
    target = target_words(line.target)
    if line.sign == "-":
        return say(_("%(target)s (before: %(before)s)"), target=target, before=source_words(line.before))
    after = source_words(line.after)
    if line.sign == "~" and line.matching_changes:
        return say(_("%(target)s: %(after)s; how people are matched changes"), target=target, after=after)
    if line.sign == "~":
        before = source_words(line.before)
        return say(_("%(target)s: %(after)s (before: %(before)s)"), target=target, after=after, before=before)
    return say(_("%(target)s: %(after)s"), target=target, after=after)


def _restart_warning(desired: Desired, facts: Facts) -> Iterator[Sentence]:
    if facts.job is None or facts.job.never_ran:
        return
    scope = desired.evidence_of(ScopeEvidence)
    low, high = minutes_of_a_cycle(scope.total if scope else 0)
    yield say(
        _("After this change Microsoft syncs everybody again; that takes %(low)s to %(high)s minutes."),
        low=low,
        high=high,
    )


def _lint(desired: Desired, found: Comparison) -> Iterator[Sentence]:
    desired_matching = {mapped.target for mapped in desired.profile.mappings if mapped.matching_priority}
    extra = [target for target in found.matching if target not in desired_matching]
    if extra:
        yield say(
            _("People are matched by %(attribute)s too. If it changes for somebody, Haiilo gets a second account."),
            attribute=target_words(extra[0]),
        )
    if found.unknown_sources:
        yield say(_("The tenant has no attribute %(names)s."), names=", ".join(found.unknown_sources))
    if desired.profile.deactivation_deletes:
        yield say(
            _("%(product)s deletes an account for good when the person is disabled in Entra or no longer assigned."),
            product=desired.profile.label,
        )
