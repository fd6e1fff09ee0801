"""Who has several accounts in Haiilo and was never tried has not failed: a standing of their own, counted as such."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import migrations, models

TRIED = ("failed", "skipped")
WORD = "39234b0273c0cfca"
"""Of the cause of all of them, as `onboarding.people.failures` makes it."""


def judge_anew(apps, schema_editor):
    """Two statements for each customer that has any."""
    rows = apps.get_model("onboarding", "Person").objects.filter(standing="failed", in_haiilo="twice")
    rows = rows.exclude(result__in=TRIED)
    found = defaultdict(Counter)
    for pk, cause in rows.values_list("onboarding_id", "cause").iterator():
        found[pk][cause] += 1
    for pk, causes in found.items():
        rows.filter(onboarding_id=pk).update(standing="unlinked", cause=WORD)
        _count(apps.get_model("onboarding", "Onboarding"), pk, causes)


def _count(model, pk, causes):
    row, moved = model.objects.get(pk=pk), sum(causes.values())
    standings = Counter(row.standings) - Counter({"failed": moved}) + Counter({"unlinked": moved})
    counted = Counter(row.causes) - causes + Counter({WORD: moved})
    model.objects.filter(pk=pk).update(standings=dict(standings), causes=dict(counted))


STANDINGS = [
    ("arrived", "in Haiilo"),
    ("outdated", "in Haiilo, last change failed"),
    ("twice", "in Haiilo twice"),
    ("leaving", "in Haiilo, to be removed"),
    ("held_back", "in Haiilo, removal held back"),
    ("coming", "on the way"),
    ("unlinked", "cannot be linked"),
    ("failed", "failed"),
    ("out", "not in scope"),
    ("gone", "removed"),
    ("unknown", "not told"),
]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0043_causes_counted")]

    operations = [
        migrations.AlterField(
            "person",
            "standing",
            models.CharField(choices=STANDINGS, default="unknown", editable=False, max_length=10),
        ),
        migrations.RunPython(judge_anew, migrations.RunPython.noop),
    ]
