"""Jobs that run on other Haiilo applications of the tenant, beside the one that is set up: told before anything is
made, whether or not such an application could be chosen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared import applications
from onboarding.steps.shared.applications import Candidate, Ranked
from onboarding.steps.sso_application.causes import RUNS_BESIDE, SENDS_TWICE
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

KNOWN = "beside_job_ids"
"""In the answer: the jobs beside the chosen application that a person has seen and leaves as they are."""
UNSEEN = _("We cannot see whether “%(name)s” has a provisioning job, because our application is not an owner of it.")
STOP = _(
    "If that job is no longer needed, the customer stops it: Entra ID > Enterprise apps > %(other)s > Provisioning > "
    "Stop provisioning."
)
STATES = {
    "Active": _("running"),
    "Quarantine": _("in quarantine"),
    "Paused": _("stopped"),
}


@dataclass(frozen=True)
class Beside:
    """A job that is not stopped, on another application."""

    candidate: Candidate
    job: Job

    @property
    def name(self) -> str:
        """What the application is called."""
        return self.candidate.app.display_name


def found(desired: Desired, ranked: Sequence[Ranked], chosen: Ranked) -> list[Beside]:
    """Those that send people to the same address first, then by name."""
    others = [each.candidate for each in ranked if each is not chosen]
    beside = [Beside(each, job) for each in others for job in each.scim_jobs if not job.paused]
    return sorted(beside, key=lambda each: (not _is_ours(desired, each), each.name, each.job.id))


def ask(desired: Desired, ranked: Sequence[Ranked], chosen: Ranked) -> Asking | None:
    """Whether the other jobs may go on, as long as nothing was connected; None once a person has said so of just these.

    A job that is made beside a live one is told as a remark.
    """
    beside = found(desired, ranked, chosen)
    known = set(desired.answer(SsoApplicationEvidence.step, KNOWN) or ())
    if ConnectionEvidence.step in desired.evidence or {each.job.id for each in beside} <= known:
        return None
    first, more = beside[0], beside[1:]
    cause = SENDS_TWICE if _is_ours(desired, first) else RUNS_BESIDE
    offers = {
        "beside": [_offer(each) for each in beside],
        "candidates": [each.as_offer() for each in ranked],
        "chosen": chosen.candidate.app.display_name,
    }
    return cause.asking(
        offers=offers,
        warnings=[
            *(_sentence(desired, each) for each in more),
            *(say(STOP, other=name) for name in dict.fromkeys(each.name for each in beside)),
            *unseen(ranked, chosen),
        ],
        **_values(first),
    )


def remarks(desired: Desired, ranked: Sequence[Ranked], chosen: Ranked) -> Iterator[Sentence]:
    """The same beside an application that is settled; and of which application nobody can tell."""
    for each in found(desired, ranked, chosen):
        yield _sentence(desired, each)
    yield from unseen(ranked, chosen)


def unseen(ranked: Sequence[Ranked], chosen: Ranked) -> Iterator[Sentence]:
    """Of which other applications it is not known whether they have a job."""
    for each in ranked:
        if each is not chosen and each.candidate.needs_owner:
            yield say(UNSEEN, name=each.candidate.app.display_name)


def _is_ours(desired: Desired, each: Beside) -> bool:
    return applications.host_of(each.candidate.base_address) == desired.haiilo_host


def _sentence(desired: Desired, each: Beside) -> Sentence:
    return (SENDS_TWICE if _is_ours(desired, each) else RUNS_BESIDE).for_staff(_values(each))


def _values(each: Beside) -> dict[str, Any]:
    code = each.job.status.code
    return {
        "other": each.name,
        "job": each.job.id,
        "state": say(STATES[code]) if code in STATES else code or "?",
        "address": each.candidate.base_address or say(_("an unknown address")),
    }


def _offer(each: Beside) -> Mapping[str, Any]:
    app = each.candidate.app
    shown = applications.job_offer(each.job, each.candidate.base_address)
    return {**shown, "name": app.display_name, "app_id": app.app_id, "object_id": app.id}
