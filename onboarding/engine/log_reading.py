"""The provisioning log within a run: read after the job, told once where it cannot be, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from graphclient import GraphClient, Read
from onboarding.domain.desired import Desired
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.sentences import say
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import clock
from onboarding.people import ingest
from onboarding.people.follow import follow
from onboarding.steps.connection.evidence import job_id, made_at
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.readiness.evidence import lacks_licence
from onboarding.steps.shared.arrivals import READABLE_AGAIN, sentence_on
from onboarding.steps.sso_application.evidence import service_principal_id

LINE = "log"  # the kind of the timeline's lines about it
CLOCKS_DIFFER = timedelta(minutes=5)  # at most, Microsoft's and ours


def read(copy: WorkingCopy, graph: GraphClient, desired: Desired, key: str) -> LogTrouble | None:
    """Read the log on into the archive. Returns what kept us from it, and notes that for pages and for later runs.

    Raises `LeaseLost`.
    """
    row, before = copy.rows.onboarding, LogTrouble.from_json(copy.rows.onboarding.log_trouble)
    sent = next_read(copy, desired)
    after = follow(
        copy.lease,
        graph,
        job_id(desired),
        row,
        service_principal_id=service_principal_id(desired),
        made_at=_oldest(desired),
    )
    if after is not None and not after.is_told and after.lasts(clock.now()) and not lacks_licence(desired):
        copy.add_line(LINE, sentence_on(after), step=key, detail={"code": after.code, "request_id": after.request_id})
        after = replace(after, is_told=True)
    if after is None and before is not None and before.is_told:
        copy.add_line(LINE, say(READABLE_AGAIN), step=key)
    kept = after.to_json() if after else {}
    if kept != row.log_trouble:
        row.log_trouble = copy.row_columns["log_trouble"] = kept
    copy.log_read = sent if after is None else None
    return after


def _oldest(desired: Desired) -> datetime | None:
    """A job that is made again has the same id (docs/graph-facts.md, "Jobs"); older rows are of the one before."""
    since = made_at(desired)
    return since - CLOCKS_DIFFER if since else None


def is_due(copy: WorkingCopy, graph: GraphClient, desired: Desired) -> bool:
    """Whether there is a log, and it may tell more than this run has taken in already. Nothing is sent."""
    if copy.log_read is None:
        return _is_there(desired)
    return copy.log_read != next_read(copy, desired) or not graph.transport.knows(copy.log_read)


def _is_there(desired: Desired) -> bool:
    """Whether there is a job that has been started, and so a log of it."""
    return EnableEvidence.step in desired.evidence


def next_read(copy: WorkingCopy, desired: Desired) -> Read | None:
    """What `read` sends first; None where it reads nothing, or goes on behind a link."""
    return ingest.next_read(copy.rows.onboarding, job_id(desired), _oldest(desired)) if _is_there(desired) else None


def keep_number(copy: WorkingCopy, number: int | None, left_out_by: datetime | None = None) -> None:
    """Keep how many people are in Haiilo at this moment, for all pages, or that nobody tells it any more; and which
    sync has left out whoever is on the way. Both wait for the end of the run.
    """
    row = copy.rows.onboarding
    row.in_haiilo = copy.row_columns["in_haiilo"] = number
    row.in_haiilo_at = copy.row_columns["in_haiilo_at"] = clock.now()
    row.left_out_by = copy.row_columns["left_out_by"] = left_out_by
