"""The enterprise application that provisioning is set up on, never chosen silently among several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared import applications, making, ownership
from onboarding.steps.shared.applications import Candidate, Ranked
from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, CHOSEN_GONE, LOOKED_FOR_AGAIN, restoring
from onboarding.steps.sso_application import beside
from onboarding.steps.sso_application.causes import (
    ANOTHER_APPLICATION,
    APPLICATION_TAKEN,
    BESIDE,
    CANNOT_PROVISION,
    CAUSES,
    CHOOSE_APPLICATION,
    CHOSEN_UNUSABLE,
    EXISTING_JOB,
    EXISTING_JOBS,
    NO_APPLICATION,
    SEPARATE_APPLICATION,
    SEVERAL_APPLICATIONS,
    TO_CHOOSE,
)
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence
from onboarding.steps.sso_application.form import ApplicationForm, BesideForm, ExistingJobForm

ADOPT, REPLACE = "adopt", "replace"


@dataclass(frozen=True)
class Facts:
    """What was found, in no particular order."""

    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class SsoApplication(Step[Facts]):
    """Recognised by the customer's host; an existing job is adopted or replaced only by a person's word."""

    key: ClassVar[str] = SsoApplicationEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("SSO application")
    stage: ClassVar[stages.Stage] = stages.APPLICATION
    fresh_for: ClassVar[timedelta] = timedelta(hours=6)
    evidence: ClassVar[type[Evidence]] = SsoApplicationEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    changes_tenant: ClassVar[bool] = True
    chooses_application: ClassVar[bool] = True
    forms: ClassVar[Mapping[str, AnswerFormClass]] = {
        **dict.fromkeys((each.code for each in TO_CHOOSE), ApplicationForm),
        **dict.fromkeys((EXISTING_JOB.code, EXISTING_JOBS.code), ExistingJobForm),
        **dict.fromkeys((each.code for each in BESIDE), BesideForm),
    }

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Applications by name and by host, their templates, jobs and the addresses these send to."""
        return Facts(applications.find(tenant, desired))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done by a person's choice, or by itself where exactly one fits."""
        if applications.chosen_id(desired) in desired.taken_applications:
            ranked = applications.rank(desired, facts.candidates)
            return APPLICATION_TAKEN.asking(offers=_offers(ranked), name=_name_of_chosen(desired))
        unowned = ownership.unowned(desired, facts.candidates, applications.chosen_id(desired))
        if unowned is not None:
            return ownership.ask(desired, unowned)
        ranked = applications.rank(desired, facts.candidates)
        chosen_id = applications.answered_id(desired) or _settled(desired)
        if not any(each.candidate.template_id for each in ranked):
            return _nothing_usable(desired, ranked, chosen_id)
        by_itself = applications.clear_choice(ranked)
        chosen = next((each for each in ranked if each.candidate.app.id == chosen_id), None) if chosen_id else by_itself
        if chosen is None:
            return _choose(desired, ranked, chosen_id)
        if not chosen.candidate.usable:
            return _unusable(ranked, chosen)
        asked = _instead_of(desired, ranked, chosen) or beside.ask(desired, ranked, chosen)
        return asked or _with_remarks(_about_jobs(desired, chosen), beside.remarks(desired, ranked, chosen))


def _with_remarks(verdict: Verdict, more: Iterable[Sentence]) -> Verdict:
    return replace(verdict, warnings=(*verdict.warnings, *more)) if isinstance(verdict, Done) else verdict


def _name_of_chosen(desired: Desired) -> str:
    before, chosen = desired.evidence_of(SsoApplicationEvidence), applications.chosen_id(desired)
    return before.name if before and before.service_principal_id == chosen else chosen


def _settled(desired: Desired) -> str:
    """The application that a job was already set up on: a twin that appears later does not reopen the question."""
    chosen = desired.evidence_of(SsoApplicationEvidence)
    connected = ConnectionEvidence.step in desired.evidence
    return chosen.service_principal_id if chosen and connected else ""


def _offers(ranked: Sequence[Ranked]) -> dict[str, Any]:
    return {"candidates": [each.as_offer() for each in ranked]}


def _nothing_usable(desired: Desired, ranked: Sequence[Ranked], chosen_id: str) -> Asking:
    if chosen_id and all(each.candidate.app.id != chosen_id for each in ranked):
        offers = _offers(ranked) | restoring(chosen_id)
        gone = APPLICATION_DELETED.asking(offers=offers, name=_name_of_chosen(desired), id=chosen_id)
        return replace(gone, recheck_in=LOOKED_FOR_AGAIN)
    if not ranked:
        return NO_APPLICATION.asking(offers=_offers(ranked), host=desired.haiilo_host)
    return CANNOT_PROVISION.asking(offers=_offers(ranked), name=ranked[0].candidate.app.display_name)


def _choose(desired: Desired, ranked: Sequence[Ranked], chosen_id: str) -> Asking:
    fitting = sum(1 for each in ranked if each.matches_host and each.candidate.usable)
    offers, host = _offers(ranked), desired.haiilo_host
    if chosen_id:
        gone = CHOSEN_GONE.asking(offers=offers | restoring(chosen_id), name=_name_of_chosen(desired), id=chosen_id)
        return replace(gone, recheck_in=LOOKED_FOR_AGAIN)
    if fitting > 1:
        return SEVERAL_APPLICATIONS.asking(offers=offers, count=fitting, host=host)
    if desired.profile.same_app_as_sso:
        return CHOOSE_APPLICATION.asking(offers=offers, host=host)
    return SEPARATE_APPLICATION.asking(offers=offers, product=desired.profile.label)


def _unusable(ranked: Sequence[Ranked], chosen: Ranked) -> Asking:
    name = chosen.candidate.app.display_name
    return CHOSEN_UNUSABLE.asking(offers=_offers(ranked), warnings=chosen.warnings, name=name)


def _instead_of(desired: Desired, ranked: Sequence[Ranked], chosen: Ranked) -> Asking | None:
    """Where no job can be made on the chosen application, or an old one does not go, another one may be chosen."""
    candidate, before = chosen.candidate, _before(desired, chosen.candidate)
    usable = [each for each in ranked if each.candidate.usable and each is not chosen]
    stays = making.undeletable(desired, candidate.jobs, before)
    times = [at for job in stays if (at := parse_datetime(str(making.removal_of(desired, job.id).get("at", ""))))]
    since = max([*times, *filter(None, [making.stuck_since(desired, candidate.app.id)])], default=None)
    answered = desired.answered_at.get(SsoApplicationEvidence.step)
    if not usable or since is None or (answered is not None and answered > since):
        return None
    return ANOTHER_APPLICATION.asking(offers=_offers(ranked), name=candidate.app.display_name)


def _about_jobs(desired: Desired, chosen: Ranked) -> Verdict:
    """Jobs that others made: adopt or replace, as a person says."""
    candidate, before = chosen.candidate, _before(desired, chosen.candidate)
    ours = [job for job in candidate.scim_jobs if making.is_our_making(desired, candidate.app.id, job, before)]
    going = making.replaced(desired, candidate.scim_jobs, before)
    foreign = [job for job in candidate.scim_jobs if job not in ours and job not in going]
    adopted = next((job for job in candidate.scim_jobs if job.id == before.existing_job_id), None)
    said = _said_of(desired, foreign)
    if adopted is not None and said != REPLACE:
        return _done(chosen, before, adopted, others=[job for job in foreign if job.id != adopted.id])
    named = _named(desired, foreign) if said == ADOPT else None
    if named is not None:
        return _done(chosen, before, named, others=[job for job in foreign if job is not named])
    if foreign and said != REPLACE:
        return _ask_about(chosen, foreign)
    return _done(chosen, before, None, replaced=foreign, at=desired.answered_at.get(SsoApplicationEvidence.step))


def _said_of(desired: Desired, foreign: Sequence[Job]) -> str:
    """What a person said of just these jobs; empty where one of them was not there yet. An earlier release did not
    note of which.
    """
    said = str(desired.answer(SsoApplicationEvidence.step, "existing_job", ""))
    offered = desired.answer(SsoApplicationEvidence.step, "job_ids")
    return said if offered is None or {job.id for job in foreign} <= set(offered) else ""


def _named(desired: Desired, foreign: Sequence[Job]) -> Job | None:
    """The one that a person named, or the only one; never one of several that nobody named."""
    wanted = str(desired.answer(SsoApplicationEvidence.step, "job_id", ""))
    fitting = [job for job in foreign if not wanted or job.id == wanted]
    return fitting[0] if len(fitting) == 1 else None


def _before(desired: Desired, candidate: Candidate) -> SsoApplicationEvidence:
    """What was settled about this very application; empty where it was another, or none."""
    before = desired.evidence_of(SsoApplicationEvidence)
    return before if before and before.service_principal_id == candidate.app.id else SsoApplicationEvidence()


def _ask_about(chosen: Ranked, foreign: Sequence[Job]) -> Asking:
    address = chosen.candidate.base_address
    several = ", ".join(f"{job.id} ({job.status.code or '?'})" for job in foreign)
    cause = EXISTING_JOB if len(foreign) == 1 else EXISTING_JOBS
    return cause.asking(
        offers={"jobs": [applications.job_offer(job, address) for job in foreign]},
        warnings=chosen.warnings,
        name=chosen.candidate.app.display_name,
        address=address or say(_("an unknown address")),
        **({"jobs": several} if len(foreign) > 1 else {}),
    )


def _done(
    chosen: Ranked,
    before: SsoApplicationEvidence,
    adopted: Job | None,
    *,
    others: Sequence[Job] = (),
    replaced: Sequence[Job] = (),
    at: datetime | None = None,
) -> Done:
    """`replaced`: the jobs of which a person said at `at` that they have to go, besides those of before; `others`:
    those that stay beside the adopted one.
    """
    app = chosen.candidate.app
    ids = {job.id for job in replaced} | (set() if adopted else set(before.replaced_job_ids))
    evidence = SsoApplicationEvidence(
        service_principal_id=app.id,
        app_id=app.app_id,
        name=app.display_name,
        template_id=adopted.template_id if adopted else chosen.candidate.template_id,
        existing_job_id=adopted.id if adopted else "",
        replaced_job_ids=tuple(sorted(ids)),
        replaced_at=at if replaced else before.replaced_at if ids else None,
    )
    reason = chosen.reasons[0] if chosen.reasons else say(_("A person chose it."))
    note = say(_("Provisioning is set up on “%(name)s”. %(reason)s"), name=app.display_name, reason=reason)
    left = [say(_("Another job stays on it: %(job)s, %(code)s"), job=job.id, code=job.status.code) for job in others]
    return Done(evidence, note, (*chosen.warnings, *left))
