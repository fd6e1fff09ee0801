"""The migration that keeps when each step's evidence was read."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0047_search_by_beginning")]
AFTER = [("onboarding", "0048_evidence_read_when")]


def test_knows_it_of_steps_that_are_done(migrated):
    model = migrated(BEFORE)
    team = model("Portfolio").objects.create(name="Team")
    customer = model("Customer").objects.create(portfolio=team, name="a", haiilo_host="a.smarpshare.com", domains=[])
    held, now = model("Onboarding").objects.create(customer=customer), timezone.now()
    for key, kind, at in (("a", "done", now), ("b", "asking", now), ("c", "done", None)):
        model("StepState").objects.create(onboarding=held, key=key, kind=kind, checked_at=at, done_at=now)
    model = migrated(AFTER)
    found = model("StepState").objects.order_by("key").values_list("seen_at", flat=True)
    assert list(found) == [now, None, None]
