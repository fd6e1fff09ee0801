"""Beside the other steps: from setting up to watching only, and back. Looked at where somebody asked for it.

The order never locks us out: first the application for watching has all its permissions and reads the job, then the
admin is told to remove the one for setting up, and that is believed only when Microsoft refuses it a token.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, NotThere, RoleMissing
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired, ReadOnlyDesired
from onboarding.domain.evidence import Evidence
from onboarding.domain.lifecycle import Milestone
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Done, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.consent import step as consent
from onboarding.steps.consent.step import Consent
from onboarding.steps.read_only.causes import CAUSES, SETUP_STILL_THERE
from onboarding.steps.read_only.evidence import ReadOnlyEvidence
from onboarding.steps.shared import jobs
from onboarding.steps.shared.permission_causes import PERMISSIONS_INCOMPLETE, PERMISSIONS_MISSING
from onboarding.steps.shared.permissions import RECHECK_YOUNG_AFTER, names_granted, seen_twice, taking_effect

RECHECK_SPREADING_AFTER = timedelta(seconds=15)
_CONSENT = Consent()


@dataclass(frozen=True)
class Facts:
    """What the application that was asked for sees: the tenant, its permissions by name (None where it may not even see
    those), and whether the job is there (None where it was not asked or is refused). `let_in`: whether the one for
    setting up still gets a token, None where that was not asked; `name`: what it is called in the tenant.
    """

    tenant: consent.Facts = field(default_factory=consent.Facts)
    granted: frozenset[str] | None = None
    reads_job: bool | None = None
    let_in: bool | None = None
    name: str = ""


@dataclass(frozen=True)
class ReadOnly(Step[Facts]):
    """Consent and permissions are judged as for setting up, only of another application of ours."""

    key: ClassVar[str] = ReadOnlyEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Read only")
    stage: ClassVar[stages.Stage] = stages.APPROVAL
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    evidence: ClassVar[type[Evidence]] = ReadOnlyEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    waits_for_link: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """With the application that was asked for; once all of that works, whether the other one is refused."""
        seen = desired.read_only
        if seen is None or seen.consent is None or seen.consent.granted_at is None:
            return Facts()
        asked = tenant.as_size(seen.asks_for)
        if not seen.is_active or seen.goes_up:
            asked.forget_token()  # the one at hand may be older than the consent has spread
        found = Facts(_CONSENT.read(asked, _judged_as(desired, seen)))
        if found.tenant.organization is None:
            return found
        try:
            found = replace(found, granted=names_granted(asked.graph, asked.client_id))
            if seen.goes_up or _missing(seen, found):
                return found
            found = replace(found, reads_job=jobs.our_job(asked.graph, desired) is not None)
        except RoleMissing:
            asked.forget_token()
            return found
        if not found.reads_job:
            return found
        let_in = tenant.as_size(seen.setup).is_let_in()
        return replace(found, let_in=let_in, name=_name(asked.graph, seen.setup.client_id) if let_in else "")

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when the application for setting up is refused, or, on the way up, has its permissions again."""
        seen = desired.read_only
        if seen is None:
            return Done()
        verdict = _CONSENT.assess(_judged_as(desired, seen), facts.tenant)
        if not isinstance(verdict, Done):
            return verdict
        missing = _missing(seen, facts)
        if facts.granted is None or missing:
            return _incomplete(desired, seen, missing if facts.granted is not None else [])
        if seen.goes_up:
            return Done(ReadOnlyEvidence(ended=True), say(_("We may set up again: all permissions are there.")))
        if facts.reads_job is None:
            return _incomplete(desired, seen, [])
        if not facts.reads_job:
            return Waiting(
                say(_("We see the tenant, but not the provisioning job yet. We check again.")), timedelta(minutes=1)
            )
        if facts.let_in:
            return _still_there(seen, facts)
        return Done(
            ReadOnlyEvidence(removed=True),
            say(_("Read-only mode: Microsoft no longer lets our application for setting up into this tenant.")),
        )


def milestone(verdict: Verdict) -> Milestone:
    """What a verdict on `ReadOnly` proves."""
    match verdict:
        case Done(evidence=ReadOnlyEvidence(ended=True)):
            return Milestone.ENDED
        case Done(evidence=ReadOnlyEvidence(removed=True)):
            return Milestone.REMOVED
        case Asking(code=SETUP_STILL_THERE.code):
            return Milestone.READS_ONLY
        case _:
            return Milestone.NONE


def _judged_as(desired: Desired, seen: ReadOnlyDesired) -> Desired:
    """What the consent step looks at, for the application that was asked for. It was not there before, so that its
    access cannot have been lost, and what was seen before is what this step saw.
    """
    known = desired.proved if seen.is_active and not seen.goes_up else None
    before = {Consent.key: desired.seen_before.get(ReadOnly.key, {})}
    return replace(desired, size=seen.asks_for, link=seen.link, consent=seen.consent, proved=known, seen_before=before)


def _missing(seen: ReadOnlyDesired, facts: Facts) -> list[str]:
    return [name for name in seen.asks_for.names if name not in (facts.granted or frozenset())]


def _name(graph: GraphClient, client_id: str) -> str:
    try:
        return graph.service_principals.by_app_id(client_id).display_name
    except NotThere:
        return ""


def _incomplete(desired: Desired, seen: ReadOnlyDesired, missing: list[str]) -> Verdict:
    """What is missing of an approval; half of one is told at the second look that finds it so."""
    half = missing if len(missing) < len(seen.asks_for.names) else []
    spreading = taking_effect(_judged_as(desired, seen), recheck_in=RECHECK_SPREADING_AFTER, missing=half)
    if spreading is not None and not (half and seen_twice(desired, ReadOnly.key, half)):
        return spreading
    if missing:
        asked = PERMISSIONS_MISSING.asking(offers={"missing": missing}, names=", ".join(missing))
        return replace(asked, recheck_in=RECHECK_YOUNG_AFTER) if spreading else asked
    return PERMISSIONS_INCOMPLETE.asking(offers={"missing": []})


def _still_there(seen: ReadOnlyDesired, facts: Facts) -> Asking:
    """Called by its application id, by which the portal finds it, where its name is not to be read."""
    offers = {"name": facts.name, "client_id": seen.setup.client_id}
    return SETUP_STILL_THERE.asking(offers=offers, name=facts.name or seen.setup.client_id)
