"""The migration that counted what Haiilo's own list says of people who should arrive."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0049_count_of_erased_people")]
AFTER = [("onboarding", "0050_count_of_haiilos_words")]


def test_counts_whom_earlier_releases_have_asked_for(migrated):
    model = migrated(BEFORE)
    team = model("Portfolio").objects.create(name="Team")
    made = []
    for name in ("a", "b"):
        customer = model("Customer").objects.create(
            portfolio=team, name=name, haiilo_host=f"{name}.smarpshare.com", domains=[]
        )
        made.append(model("Onboarding").objects.create(customer=customer))
    told = [("in", "active"), ("no_access", "active"), ("in", "absent"), ("out", "active"), ("", "twice"), ("in", "")]
    for number, (scope, word) in enumerate(told):
        columns = {"scope": scope, "in_haiilo": word, "at": timezone.now()}
        model("Person").objects.create(onboarding=made[0], source_id=f"p{number}", **columns)
    model = migrated(AFTER)
    assert list(model("Onboarding").objects.order_by("pk").values_list("told_by_haiilo", flat=True)) == [
        {"active": 2, "absent": 1},
        {},
    ]
