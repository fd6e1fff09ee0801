"""The migration that counted the people whose names are erased, by what the list of people is filtered by."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0048_evidence_read_when")]
AFTER = [("onboarding", "0049_count_of_erased_people")]
GUEST, FAILED = {"finding_codes": "blanks_around,guest"}, {"standing": "failed", "cause": "c1"}


def test_counts_whom_earlier_releases_have_erased(migrated):
    model = migrated(BEFORE)
    team = model("Portfolio").objects.create(name="Team")
    made = []
    for name in ("a", "b"):
        customer = model("Customer").objects.create(
            portfolio=team, name=name, haiilo_host=f"{name}.smarpshare.com", domains=[]
        )
        made.append(model("Onboarding").objects.create(customer=customer))
    now, arrived = timezone.now(), {"standing": "arrived"}
    told = [arrived, arrived, arrived | GUEST, FAILED, FAILED | {"differs_in": "given"}]
    for number, columns in enumerate(told):
        model("Person").objects.create(onboarding=made[0], source_id=f"e{number}", at=now, erased_at=now, **columns)
    for held in made:
        model("Person").objects.create(onboarding=held, source_id="kept", at=now, **arrived)
    model = migrated(AFTER)
    assert list(model("Onboarding").objects.order_by("pk").values_list("erased", flat=True)) == [
        {"arrived|||": 2, "arrived|||blanks_around,guest": 1, "failed|c1||": 1, "failed|c1|given|": 1},
        {},
    ]
