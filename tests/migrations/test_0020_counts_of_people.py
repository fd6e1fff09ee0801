"""The migration that counts the people who are there already."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0020_letters_tried_again")]
AFTER = [("onboarding", "0021_counts_of_people")]


def test_counts_who_is_there_already(migrated):
    model = migrated(BEFORE)
    portfolio = model("Portfolio").objects.create(name="Team")
    for number, results in enumerate([("created", "created", "failed"), ()]):
        customer = model("Customer").objects.create(
            portfolio=portfolio, name=f"Contoso {number}", haiilo_host=f"c{number}.smarpshare.com"
        )
        made = model("Onboarding").objects.create(customer=customer)
        for place, result in enumerate(results):
            model("ProvisionedPerson").objects.create(
                onboarding=made, source_id=f"s{place}", event_id="e", action="create", result=result, at=timezone.now()
            )
    model = migrated(AFTER)
    counts = model("Onboarding").objects.order_by("pk").values_list("people_counts", flat=True)
    assert list(counts) == [{"created": 2, "failed": 1}, {}]
