"""Who has an account in Haiilo and is not to have one any more, by the roster; and what the customer said of them."""

from __future__ import annotations

import hashlib

from django.db.models import QuerySet

from onboarding.domain.leavers import Leavers, Said
from onboarding.domain.standings import Standing
from onboarding.models import Onboarding, Person, RemovalsAnswer
from onboarding.models.link import admin_of

TO_BE_REMOVED = (Standing.HELD_BACK, Standing.LEAVING)
LISTED = 200


def leavers(onboarding: Onboarding) -> Leavers:
    """How many, a digest of who, and what was said last. Two queries, and one for the name of who said it."""
    digest, count = hashlib.sha256(), 0
    ids = _rows(onboarding).order_by("source_id").values_list("source_id", flat=True)
    for source_id in ids.iterator(chunk_size=5000):
        digest.update(source_id.encode() + b"\n")
        count += 1
    return Leavers(count, digest.hexdigest() if count else "", _said(onboarding))


def listed(onboarding: Onboarding) -> list[Person]:
    """The first of them whose names are not erased, by user name. `scope` tells why, where the assignments do: for
    others they were read before they changed. One query.
    """
    return list(_rows(onboarding).filter(erased_at=None).order_by("user_name", "pk")[:LISTED])


def _rows(onboarding: Onboarding) -> QuerySet[Person]:
    return onboarding.people.filter(standing__in=TO_BE_REMOVED)


def _said(onboarding: Onboarding) -> Said | None:
    row = RemovalsAnswer.objects.filter(onboarding=onboarding).order_by("-pk").first()
    return Said(row.intended, row.whom, row.held_since, admin_of(row.link_id), row.said_at) if row else None
