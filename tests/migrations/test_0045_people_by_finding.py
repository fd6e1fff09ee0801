"""The migration that put the codes of each person's findings in one word, and counted these words."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0045_left_out_by_a_sync")]
AFTER = [("onboarding", "0046_people_by_finding")]
GUEST, BLANKS = {"code": "guest"}, {"code": "blanks_around", "target": "country", "source": "[country]"}


def test_finds_and_counts_whom_earlier_releases_have_read(migrated):
    model = migrated(BEFORE)
    team = model("Portfolio").objects.create(name="Team")
    customer = model("Customer").objects.create(portfolio=team, name="a", haiilo_host="a.smarpshare.com", domains=[])
    held = model("Onboarding").objects.create(customer=customer)
    for name, findings in (("a", [GUEST]), ("b", []), ("c", [GUEST, BLANKS, BLANKS]), ("d", [GUEST])):
        model("Person").objects.create(onboarding=held, source_id=name, at=timezone.now(), findings=findings)
    model = migrated(AFTER)
    found = model("Person").objects.order_by("source_id").values_list("finding_codes", flat=True)
    assert list(found) == ["guest", "", "blanks_around,guest", "guest"]
    assert model("Onboarding").objects.get(pk=held.pk).findings == {"guest": 2, "blanks_around,guest": 1}
