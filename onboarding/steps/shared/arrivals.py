"""How many people are in Haiilo, from one place; and what is said where the provisioning log cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.domain.desired import Desired
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.standings import Standing
from onboarding.steps.readiness.evidence import lacks_licence
from onboarding.steps.scope.evidence import ScopeEvidence

WITHOUT_LICENCE = _("Without Entra ID P1, Microsoft shows no log: these are the job's own totals, without names.")
PERMISSION_NAMED = _(
    "Microsoft does not show us the provisioning log and names the permission %(permissions)s (%(detail)s). Until it "
    "does, the totals are the job's own, and the list of people stays as it is."
)
REFUSED = _(
    "Microsoft does not show us the provisioning log: %(detail)s. Until it does, the totals are the job's own, and the "
    "list of people stays as it is."
)
UNREADABLE = _(
    "The provisioning log cannot be read at present: %(detail)s. Until it can, the totals are the job's own, and the "
    "list of people stays as it is."
)
UNREAD_THEN = _("The provisioning log could not be read then (%(detail)s): the total is the job's own, without names.")
READABLE_AGAIN = _("The provisioning log can be read again; the list of people catches up.")

LEFT_OUT = plural(
    "%(count)s of them is in scope and was left out by the last sync, without a reason. A new assignment takes until "
    "the next sync; if it stays so, open a support case with Microsoft.",
    "%(count)s of them are in scope and were left out by the last sync, without a reason. A new assignment takes until "
    "the next sync; if it stays so, open a support case with Microsoft.",
)

FAILED, SKIPPED = "failed", "skipped"  # results of the log


def reads_no_log(desired: Desired) -> bool:
    """Whether everything has to go on without the log of this tenant: for want of a licence, or whatever Microsoft
    says.
    """
    trouble = desired.log_trouble
    return lacks_licence(desired) or (trouble is not None and trouble.lasts(desired.now))


def log_notes(desired: Desired, *, told: bool = True) -> Iterator[Sentence]:
    """What is to be known about a log that cannot be read; nobody has to act on it. `told`: whether the job tells
    totals.
    """
    if lacks_licence(desired):
        if told:
            yield say(WITHOUT_LICENCE)
    elif desired.log_trouble is not None and desired.log_trouble.lasts(desired.now):
        yield sentence_on(desired.log_trouble)


def log_notes_of_then(desired: Desired, *, told: bool) -> Iterator[Sentence]:
    """As `log_notes`, for a step that keeps what it says after the log can be read again."""
    trouble = desired.log_trouble
    if lacks_licence(desired) or trouble is None:
        yield from log_notes(desired, told=told)
    elif told and trouble.lasts(desired.now):
        yield say(UNREAD_THEN, detail=_detail(trouble))


def sentence_on(trouble: LogTrouble) -> Sentence:
    """The trouble in a sentence, with what Microsoft named."""
    if trouble.permissions:
        detail = _joined(trouble.code, trouble.request_id)
        return say(PERMISSION_NAMED, permissions=trouble.permissions, detail=detail)
    return say(REFUSED if trouble.is_refusal else UNREADABLE, detail=_detail(trouble))


def _detail(trouble: LogTrouble) -> str:
    return _joined(trouble.message.rstrip("."), trouble.code, trouble.request_id)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def is_caught_up(desired: Desired, known: int | None) -> bool:
    """Whether our archive has heard of everybody whom the job knows (`known`): those who were in Haiilo already are
    among them, people who are disabled are not. Of everybody in scope where the job does not tell.
    """
    if known is None:
        scope = desired.required(ScopeEvidence)
        return not scope.sync_all and sum(desired.people.results.values()) >= scope.total
    return _heard_of(desired) - desired.people.result(FAILED) >= known


def left_out(desired: Desired, job: Job) -> int:
    """How many were in scope before the last sync began, of whom nothing was heard although it ended and the log tells
    of everybody whom the job knows. 0 where nobody is told of by name.
    """
    return desired.people.of(Standing.COMING) if left_out_by(desired, job) else 0


def left_out_by(desired: Desired, job: Job) -> datetime | None:
    """When the sync began that has left them out; None where none has."""
    people, last, known = desired.people, job.status.last_execution, job.status.known_people
    read = people.scope_read_at
    if not people.of(Standing.COMING) or read is None or last is None or last.ended is None or last.began < read:
        return None
    if last.state == "Failed" or not job.finished_initial_cycle or people.names_nobody:
        return None
    return last.began if known is not None and is_caught_up(desired, known) else None


def in_haiilo(desired: Desired, known: int | None) -> int | None:
    """How many people are in Haiilo: those of our archive, which hears of everybody who leaves, and those whom the job
    knows (`known`, which never falls) and the archive has not heard of, because the log lags or cannot be read, nor
    Haiilo itself been asked for. None where nobody tells: without a licence the archive knows the test users only.
    """
    if known is None:
        is_told = (not desired.people.is_empty and not lacks_licence(desired)) or desired.haiilo.told_of
        return desired.people.with_account if is_told else None
    return desired.people.with_account + max(0, known - max(_heard_of(desired), desired.haiilo.told_of))


def _heard_of(desired: Desired) -> int:
    """Of how many of those whom the job may know the log has told. Who is disabled is left out before the job knows
    anybody, and so are most of a whole directory who are skipped.
    """
    people = desired.people
    skipped = people.result(SKIPPED)
    if skipped and (scope := desired.evidence_of(ScopeEvidence)) is not None:
        skipped = 0 if scope.sync_all else max(0, skipped - scope.disabled)
    return sum(people.results.values()) - people.result(SKIPPED) + skipped
