"""Bring the provisioning log of a job into our own archive: each page and its watermark in one transaction.

The log has no change token, arrives late and may repeat rows (Graph: provisioningObjectSummary, list), so reading
starts a little before the newest row that we have, and a row that we know changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction

from graphclient import GraphClient, LicenceMissing, ProvisioningEvent
from onboarding.models import Onboarding, ProvisionedPerson, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.models.person import mark_in, marks_of

LOG_OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=30)  # longest retention of the log
MAX_PAGES = 25  # a run: reports allow 5 requests in 10 s for an app in a tenant
PAGE_SIZE = 500

Result = ProvisionedPerson.Result
SAME_ALREADY = ("redundantexport",)
FIELDS_OF_A_NEWER_ROW = [
    "target_id",
    "name",
    "user_name",
    "action",
    "result",
    "code",
    "reason",
    "at",
    "event_id",
    "erased_at",
]


def ingest(lease: Lease, graph: GraphClient, job_id: str, row: Onboarding) -> int:
    """Read on from the watermark. Returns how many log rows were read; 0 where the log may not be read (no P1).

    `row` is the onboarding as its lease has it; watermark and counts there are kept as the database has them.
    Raises `LeaseLost`, and what the client raises; pages kept until then stay kept.
    """
    # Rows may appear in the log minutes after their time: what is older than the watermark is read once more.
    since = row.log_watermark - LOG_OVERLAP if row.log_watermark else clock.now() - FIRST_LOOK_BACK
    read, link = 0, None
    for _page in range(MAX_PAGES):
        try:
            page = graph.provisioning_logs.page(job_id, since, next_link=link, top=PAGE_SIZE)
        except LicenceMissing:
            return read
        if _is_news(row, page.events):
            kept = keep(lease, page.events)  # before the next page is asked for: what fails later keeps this one
            row.log_watermark, row.people_counts = kept.log_watermark, kept.people_counts
        read += len(page.events)
        link = page.next_link
        if link is None:
            break
    return read


def keep(lease: Lease, events: Iterable[ProvisioningEvent]) -> Onboarding:
    """Store one page: the newest outcome of each person, how many have which, and how far we have read.

    Returns the onboarding as it is then. Raises `LeaseLost`.
    """
    page = _of_people(events)
    with transaction.atomic():
        held = Onboarding.objects.held(lease).select_for_update(no_key=True).first()
        if held is None:
            raise LeaseLost(f"onboarding {lease.onboarding_id}")
        known = _known(held, page)
        changed = _changed(held, page, known)
        # Renamed before the rows are written: the upsert finds a row by its source id, and would make a second one.
        for source_id, after in changed.items():
            if source_id in known and known[source_id].source_id != after.source_id:  # erased by age, and seen again
                held.people.filter(pk=known[source_id].pk).update(source_id=after.source_id)
        ProvisionedPerson.objects.bulk_create(
            changed.values(),
            update_conflicts=True,
            unique_fields=["onboarding", "source_id"],
            update_fields=FIELDS_OF_A_NEWER_ROW,
        )
        # In the same transaction as the rows: a watermark without its rows would skip them for good, and counts without
        # them would stay wrong.
        read_until = [event.at for event in page] + ([held.log_watermark] if held.log_watermark else [])
        held.log_watermark = max(read_until, default=None)
        held.people_counts = _counts(held.people_counts, known, changed)
        held.save(update_fields=["log_watermark", "people_counts"])
    return held


def _of_people(events: Iterable[ProvisioningEvent]) -> list[ProvisioningEvent]:
    return [event for event in events if (event.source_type or "User").lower() == "user" and event.source_id]


def _is_news(row: Onboarding, events: Iterable[ProvisioningEvent]) -> bool:
    """Whether a page tells anything that we do not know. Nobody else writes people's rows while the lease is ours, but
    for erasure, which makes nothing known unknown.
    """
    page = _of_people(events)
    if any(row.log_watermark is None or event.at > row.log_watermark for event in page):
        return True
    return bool(page and _changed(row, page, _known(row, page)))


def _changed(
    row: Onboarding, page: list[ProvisioningEvent], known: Mapping[str, ProvisionedPerson]
) -> dict[str, ProvisionedPerson]:
    """The rows that differ after this page, by source id."""
    changed: dict[str, ProvisionedPerson] = {}
    # Oldest first, whatever the order of the page: an outcome is judged by the one before it (created, updated).
    for event in sorted(page, key=lambda event: (event.at, event.id)):
        after = outcome(row.pk, event, changed.get(event.source_id) or known.get(event.source_id))
        if after is not None:
            changed[event.source_id] = after
    return changed


def _counts(
    before: Mapping[str, int], known: Mapping[str, ProvisionedPerson], changed: Mapping[str, ProvisionedPerson]
) -> dict[str, int]:
    """How many people have which result, after these changes."""
    counts = Counter(before)
    counts.subtract(known[source_id].result for source_id in changed if source_id in known)
    counts.update(str(after.result) for after in changed.values())
    return {result: count for result, count in counts.items() if count}


def _known(held: Onboarding, page: Iterable[ProvisioningEvent]) -> dict[str, ProvisionedPerson]:
    """The rows of these people by source id, also of those who were erased."""
    source_ids = {event.source_id for event in page}
    found = {name: source_id for source_id in source_ids for name in (source_id, *marks_of(held.pk, source_id))}
    return {found[person.source_id]: person for person in held.people.filter(source_id__in=found)}


def outcome(onboarding_id: int, event: ProvisioningEvent, before: ProvisionedPerson | None) -> ProvisionedPerson | None:
    """The person's row after `event`, or None when it tells nothing newer."""
    if before is not None and _is_known(event, before):
        return None
    result = result_of(event)
    arrived = before is not None and before.result in (Result.CREATED, Result.UPDATED)
    if (
        arrived
        and result == Result.SKIPPED
        and (not event.error_code or event.error_code.lower().endswith(SAME_ALREADY))
    ):
        return None
    if before is not None and result == Result.UPDATED and before.result == Result.CREATED:
        result = Result.CREATED  # an update after the creation does not take back that we created this person
    if before is not None and before.stays_erased:
        return _nameless(before, event, result)
    return ProvisionedPerson(
        onboarding_id=onboarding_id,
        source_id=event.source_id,
        target_id=event.target_id or (before.target_id if before else ""),
        name=event.source_name or (before.name if before else ""),
        user_name=user_name_of(event, before),
        action=event.action.lower(),
        result=result,
        code=event.error_code or "",
        reason=event.reason or "",
        at=event.at,
        event_id=event.id,
    )


def _is_known(event: ProvisioningEvent, before: ProvisionedPerson) -> bool:
    """Whether the row tells this event already, or a newer one. An erased row has lost which event it was."""
    if before.erased_at is not None:
        return event.at <= before.at
    return event.at < before.at or event.id == before.event_id


def _nameless(
    before: ProvisionedPerson, event: ProvisioningEvent, result: ProvisionedPerson.Result
) -> ProvisionedPerson:
    """The row of somebody who was erased on request: the outcome goes on, what says who it is does not come back."""
    return ProvisionedPerson(
        onboarding_id=before.onboarding_id,
        source_id=before.source_id,
        action=event.action.lower(),
        result=result,
        code=event.error_code or "",
        reason=mark_in(event.reason or ""),
        at=event.at,
        erased_at=before.erased_at,
        stays_erased=True,
    )


def user_name_of(event: ProvisioningEvent, before: ProvisionedPerson | None) -> str:
    """The name at Haiilo where one was written there (a guest's loses its ``#EXT#`` on the way), else that in Entra."""
    written = [change.new for change in event.modified if change.name == "userName" and change.new]
    if written and event.status.lower() == "success":
        return written[-1]
    known = before.user_name if before else ""
    return known if before and before.target_id and known else event.source_user_name or known


def result_of(event: ProvisioningEvent) -> ProvisionedPerson.Result:
    """The outcome in one word, from the log's action and status (compared without regard to case)."""
    status, action = event.status.lower(), event.action.lower()
    if status == "failure":
        return Result.FAILED
    if status == "skipped":
        return Result.SKIPPED
    if action in ("delete", "disable"):
        return Result.REMOVED
    return Result.CREATED if action == "create" else Result.UPDATED
