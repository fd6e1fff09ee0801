"""How many people's names are erased is kept with the other counts, by all that the list of people is filtered by."""

from __future__ import annotations

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Count

LISTED_BY = ("standing", "cause", "differs_in", "finding_codes")


def count(apps, schema_editor):
    """All erased rows in one query, which an index keeps apart; then one UPDATE for each customer that has any."""
    counts = defaultdict(dict)
    erased = apps.get_model("onboarding", "Person").objects.exclude(erased_at=None).order_by()
    for row in erased.values("onboarding_id", *LISTED_BY).annotate(people=Count("pk")):
        counts[row["onboarding_id"]]["|".join(row[name] for name in LISTED_BY)] = row["people"]
    for pk, found in counts.items():
        apps.get_model("onboarding", "Onboarding").objects.filter(pk=pk).update(erased=found)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0048_evidence_read_when")]

    operations = [
        migrations.AddField("onboarding", "erased", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
