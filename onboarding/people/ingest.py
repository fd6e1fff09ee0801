"""Bring the provisioning log of a job into our own archive: each page and its watermark in one transaction.

The log has no change token, arrives late and may repeat rows (Graph: provisioningObjectSummary, list), so reading
starts a little before the newest row that we have, and a row that we know changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def ingest(lease: Lease, graph: GraphClient, job_id: str) -> int:
    """Read on from the watermark. Returns how many log rows were read; 0 where the log may not be read (no P1).

    Raises `LeaseLost`, and what the client raises; pages kept until then stay kept.
    """
    row = Onboarding.objects.get(pk=lease.onboarding_id)
    # Rows may appear in the log minutes after their time: what is older than the watermark is read once more.
    since = row.log_watermark - LOG_OVERLAP if row.log_watermark else clock.now() - FIRST_LOOK_BACK
    read, link = 0, None
    for _page in range(MAX_PAGES):
        try:
            page = graph.provisioning_logs.page(job_id, since, next_link=link, top=PAGE_SIZE)
        except LicenceMissing:
            return read
        keep(lease, page.events)  # before the next page is asked for: what fails later keeps this one
        read += len(page.events)
        link = page.next_link
        if link is None:
            break
    return read


def keep(lease: Lease, events: Iterable[ProvisioningEvent]) -> None:
    """Store one page: the newest outcome of each person, and how far we have read."""
    page = [event for event in events if (event.source_type or "User").lower() == "user" and event.source_id]
    newest = max((event.at for event in page), default=None)
    with transaction.atomic():
        held = Onboarding.objects.select_for_update().filter(pk=lease.onboarding_id, lease_token=lease.token).first()
        if held is None:
            raise LeaseLost(f"onboarding {lease.onboarding_id}")
        known = _known(held, {event.source_id for event in page})
        changed: dict[str, ProvisionedPerson] = {}
        # Oldest first, whatever the order of the page: an outcome is judged by the one before it (created, updated).
        for event in sorted(page, key=lambda event: (event.at, event.id)):
            before = changed.get(event.source_id) or known.get(event.source_id)
            after = outcome(lease.onboarding_id, event, before)
            if after is not None:
                changed[event.source_id] = after
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
        # In the same transaction as the rows: a watermark without its rows would skip them for good.
        if newest and (held.log_watermark is None or newest > held.log_watermark):
            held.log_watermark = newest
            held.save(update_fields=["log_watermark"])


def _known(held: Onboarding, source_ids: Iterable[str]) -> dict[str, ProvisionedPerson]:
    """The rows of these people by source id, also of those who were erased."""
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
