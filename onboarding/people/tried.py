"""What Microsoft said of people on demand goes into the roster at once, as its log would tell it later, or never."""

from __future__ import annotations

from collections.abc import Iterable

from graphclient import ProvisioningEvent
from onboarding.models import Onboarding
from onboarding.models.onboarding import Lease
from onboarding.people import ingest, roster


def keep(lease: Lease, row: Onboarding, events: Iterable[ProvisioningEvent]) -> None:
    """Keep these rows, and have `row`, which a run goes by, know the counts. One query where they say nothing new.

    Says nothing about how far the log was read. Raises `LeaseLost`.
    """
    told = list(events)
    if told and ingest.tells_more(row, told):
        roster.carry_counts(ingest.keep(lease, told).held, row)
