"""Read the log of a job as far as Microsoft lets us, and say why not where it does not: nothing else waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from graphclient import (
    GraphClient,
    GraphError,
    HostRefused,
    LinkRefused,
    OurCredentialRefused,
    TryLater,
)
from onboarding.domain.log_trouble import KEPT_OF_MESSAGE, LogTrouble
from onboarding.models import Onboarding, clock
from onboarding.models.onboarding import Lease
from onboarding.people import ingest
from onboarding.people.reading import Reading

GOES_ON_AFTER = timedelta(seconds=15)  # more pages at once would meet the limit of 5 requests in 10 s
RETRY_AFTER = timedelta(seconds=30)
PASSING = (TryLater, LinkRefused, HostRefused)  # another time, or another page, may be readable


def follow(
    lease: Lease,
    graph: GraphClient,
    job_id: str,
    row: Onboarding,
    *,
    service_principal_id: str = "",
    made_at: datetime | None = None,
) -> LogTrouble | None:
    """As `ingest`; what kept us from reading on, instead of an error. None where all went well.

    Raises `LeaseLost`, and `OurCredentialRefused`, which concerns every tenant.
    """
    now, before = clock.now(), LogTrouble.from_json(row.log_trouble)
    try:
        ingest.ingest(lease, graph, job_id, row, service_principal_id=service_principal_id, made_at=made_at)
    except OurCredentialRefused:
        raise
    except GraphError as error:
        return _trouble(error, before, now)
    return None


def _trouble(error: GraphError, before: LogTrouble | None, now: datetime) -> LogTrouble:
    """This error, or what was met before it where it is the same again."""
    passes = isinstance(error, PASSING)
    asked = error.retry_after if isinstance(error, TryLater) else None
    met = LogTrouble(
        now,
        error.code or ("" if error.message else type(error).__name__),
        error.message[:KEPT_OF_MESSAGE],
        error.request_id,
        is_refusal=not passes,
        retry_at=now + timedelta(seconds=asked) if asked else None,
    )
    if before is None:
        return met
    if met.is_like(before):
        return replace(before, retry_at=met.retry_at, looks=before.looks + 1)
    return replace(met, since=before.since, looks=before.looks + 1)


def goes_on_in(row: Onboarding, now: datetime) -> timedelta | None:
    """How soon there is more to read, or to be tried again; None where the step's own pace will do."""
    trouble = LogTrouble.from_json(row.log_trouble)
    if trouble is not None:
        return None if trouble.lasts(now) else max(RETRY_AFTER, (trouble.retry_at or now) - now)
    return GOES_ON_AFTER if Reading.from_json(row.log_reading).is_open else None
