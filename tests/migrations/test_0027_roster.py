"""The migration that made the roster of what the log had said."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0027_refusals_and_tries")]
AFTER = [("onboarding", "0028_roster")]


def test_judges_who_is_there_already_by_the_log(migrated):
    model = migrated(BEFORE)
    portfolio = model("Portfolio").objects.create(name="Team")
    customer = model("Customer").objects.create(portfolio=portfolio, name="Contoso", haiilo_host="c.smarpshare.com")
    made = model("Onboarding").objects.create(customer=customer)
    rows = {
        "arrived": ("created", "", {}),
        "gone": ("removed", "", {}),
        "failed": ("failed", "EntryConflict", {"last": "failed"}),
        "outdated": ("failed", "EntryConflict", {"last": "failed", "created": 5.0}),
        "out": ("skipped", "NotEffectivelyEntitled", {"last": "outside"}),
        "leaving": ("skipped", "NotEffectivelyEntitled", {"last": "outside", "created": 5.0}),
    }
    for name, (result, code, seen) in rows.items():
        model("ProvisionedPerson").objects.create(
            onboarding=made, source_id=name, result=result, code=code, seen=seen, at=timezone.now()
        )
    model = migrated(AFTER)
    found = model("Person").objects.values_list("source_id", "standing")
    assert all(source_id == standing for source_id, standing in found)
    assert len(found) == len(rows)
    assert model("Onboarding").objects.get().standings == dict.fromkeys(rows, 1)
