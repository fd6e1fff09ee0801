"""Step 4: the enterprise application that provisioning is set up on, never chosen silently among several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Court, Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.shared import applications, ownership
from onboarding.steps.shared.applications import Candidate, Ranked
from onboarding.steps.shared.jobs import is_our_making

ADOPT, REPLACE = "adopt", "replace"


@dataclass(frozen=True)
class Facts:
    """What was found, in no particular order."""

    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class SsoApplication(Step[Facts]):
    """Recognised by the customer's host; an existing job is adopted or replaced only by a person's word."""

    key: ClassVar[str] = "sso_application"
    title: ClassVar[str | Promise] = gettext_lazy("SSO application")
    stage: ClassVar[stages.Stage] = stages.APPLICATION
    fresh_for: ClassVar[timedelta] = timedelta(hours=6)
    changes_tenant: ClassVar[bool] = True
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Applications by name and by host, their templates, jobs and the addresses these send to."""
        return Facts(applications.find(tenant, desired))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done by a person's choice, or by itself where exactly one fits."""
        unowned = ownership.unowned(desired, facts.candidates, applications.chosen_id(desired))
        if unowned is not None:
            return ownership.ask(desired, unowned)
        ranked = applications.rank(desired, facts.candidates)
        if not any(each.candidate.template_id for each in ranked):
            return _nothing_usable(desired, ranked)
        chosen_id = str(desired.answer(self.key, "service_principal_id", "")) or _settled(desired)
        by_itself = applications.clear_choice(ranked)
        chosen = next((each for each in ranked if each.candidate.app.id == chosen_id), None) if chosen_id else by_itself
        if chosen is None:
            return _choose(desired, ranked, gone=bool(chosen_id))
        if not chosen.candidate.usable:
            return _cannot(ranked, chosen)
        return _about_jobs(desired, chosen)


def _settled(desired: Desired) -> str:
    """The application that a job was already set up on: a twin that appears later does not reopen the question."""
    if "connection" not in desired.evidence or "sso_application" not in desired.evidence:
        return ""
    return desired.service_principal_id


def _offers(ranked: Sequence[Ranked]) -> dict[str, Any]:
    return {"candidates": [each.as_offer() for each in ranked]}


def _nothing_usable(desired: Desired, ranked: Sequence[Ranked]) -> Asking:
    question: Sentence
    if ranked:
        question = say(
            _(
                "“%(name)s” cannot take provisioning, because it was made from an app registration. Ask the admin to "
                "create a second, non-gallery enterprise application for it; it will be found by its name “Haiilo …”."
            ),
            name=ranked[0].candidate.app.display_name,
        )
    else:
        question = say(
            _(
                "There is no application for %(host)s in the tenant. Ask the admin to create a non-gallery enterprise "
                "application whose name begins with “Haiilo”."
            ),
            host=desired.haiilo_host,
        )
    return Asking(question, Court.CUSTOMER, offers=_offers(ranked), code="no_application")


def _choose(desired: Desired, ranked: Sequence[Ranked], *, gone: bool) -> Asking:
    fitting = sum(1 for each in ranked if each.matches_host and each.candidate.usable)
    if gone:
        question = say(_("The chosen application is no longer in the tenant. Choose another one."))
    elif fitting > 1:
        question = say(
            _("%(count)s applications lead to %(host)s. Choose the one people really sign in with."),
            count=fitting,
            host=desired.haiilo_host,
        )
    elif desired.profile.same_app_as_sso:
        question = say(
            _("No application that can be used leads to %(host)s for certain. Choose the right one."),
            host=desired.haiilo_host,
        )
    else:
        question = say(
            _("%(product)s wants an application of its own for provisioning. Choose it."), product=desired.profile.label
        )
    return Asking(question, Court.CS, offers=_offers(ranked), code="choose_application")


def _cannot(ranked: Sequence[Ranked], chosen: Ranked) -> Asking:
    return Asking(
        say(
            _("“%(name)s” cannot be used for provisioning now. Choose another application."),
            name=chosen.candidate.app.display_name,
        ),
        Court.CS,
        offers=_offers(ranked),
        code="choose_application",
        warnings=chosen.warnings,
    )


def _about_jobs(desired: Desired, chosen: Ranked) -> Verdict:
    """Jobs that others made: adopt or replace, as a person says."""
    candidate = chosen.candidate
    before = desired.evidence.get("sso_application", {})
    if before.get("service_principal_id") != candidate.app.id:
        before = {}
    replaced = set(before.get("replaced_job_ids", ()))
    foreign = [job for job in candidate.scim_jobs if not is_our_making(desired, candidate.app.id, job, replaced)]
    adopted = next((job for job in candidate.scim_jobs if job.id == before.get("existing_job_id")), None)
    said = desired.answer("sso_application", "existing_job")
    if adopted is not None and said != REPLACE:
        return _done(chosen, adopted, [])
    if foreign and said not in (ADOPT, REPLACE):
        return _ask_about(chosen, foreign)
    if foreign and said == ADOPT:
        return _done(chosen, min(foreign, key=lambda job: (not job.running, job.id)), [])
    return _done(chosen, None, sorted(replaced | {job.id for job in foreign}))


def _ask_about(chosen: Ranked, foreign: Sequence[Job]) -> Asking:
    address = chosen.candidate.base_address
    return Asking(
        say(
            _(
                "“%(name)s” has a provisioning job already, which sends to %(address)s. Adopt it and keep its history, "
                "or replace it by a new one."
            ),
            name=chosen.candidate.app.display_name,
            address=address or say(_("an unknown address")),
        ),
        Court.CS,
        offers={"jobs": [applications.job_offer(job, address) for job in foreign]},
        code="existing_job",
        warnings=chosen.warnings,
    )


def _done(chosen: Ranked, adopted: Job | None, replaced: list[str]) -> Done:
    app = chosen.candidate.app
    return Done(
        evidence={
            "service_principal_id": app.id,
            "app_id": app.app_id,
            "name": app.display_name,
            "template_id": adopted.template_id if adopted else chosen.candidate.template_id,
            "existing_job_id": adopted.id if adopted else "",
            "replaced_job_ids": replaced,
        },
        note=say(
            _("Provisioning is set up on “%(name)s”. %(reason)s"),
            name=app.display_name,
            reason=chosen.reasons[0] if chosen.reasons else say(_("A person chose it.")),
        ),
        warnings=chosen.warnings,
    )
