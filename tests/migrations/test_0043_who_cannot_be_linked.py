"""The migration that gave who cannot be linked a standing of their own."""

from __future__ import annotations

from django.utils import timezone

from onboarding.models import Person as Row
from onboarding.people.failures import cause_of

BEFORE = [("onboarding", "0043_causes_counted")]
AFTER = [("onboarding", "0044_who_cannot_be_linked")]


def test_judges_and_counts_them_anew_and_leaves_whoever_was_tried(migrated):
    model = migrated(BEFORE)
    team = model("Portfolio").objects.create(name="Team")
    customer = model("Customer").objects.create(portfolio=team, name="a", haiilo_host="a.smarpshare.com", domains=[])
    counts = {"standings": {"failed": 3, "arrived": 4}, "causes": {"old": 2, "tried": 1}}
    held = model("Onboarding").objects.create(customer=customer, **counts)
    for name, result, cause in (("a", "", "old"), ("b", "removed", "old"), ("c", "failed", "tried")):
        told = {"standing": "failed", "in_haiilo": "twice", "scope": "in", "result": result, "cause": cause}
        model("Person").objects.create(onboarding=held, source_id=name, at=timezone.now(), **told)
    model = migrated(AFTER)
    word = cause_of(Row(standing="unlinked", in_haiilo="twice", scope="in"))
    found = model("Person").objects.order_by("source_id").values_list("source_id", "standing", "cause")
    assert list(found) == [("a", "unlinked", word), ("b", "unlinked", word), ("c", "failed", "tried")]
    row = model("Onboarding").objects.get(pk=held.pk)
    assert row.standings == {"failed": 1, "arrived": 4, "unlinked": 2}
    assert row.causes == {word: 2, "tried": 1}
