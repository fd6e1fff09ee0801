"""What Haiilo's own list says of how many people who should arrive is kept with the other counts."""

from __future__ import annotations

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Count


def count(apps, schema_editor):
    """All rows in one query; then one UPDATE for each customer of whose people Haiilo was asked."""
    counts = defaultdict(dict)
    people = apps.get_model("onboarding", "Person").objects.filter(scope__in=("in", "no_access")).order_by()
    told = people.exclude(in_haiilo="").values("onboarding_id", "in_haiilo").annotate(people=Count("pk"))
    for row in told:
        counts[row["onboarding_id"]][row["in_haiilo"]] = row["people"]
    for pk, found in counts.items():
        apps.get_model("onboarding", "Onboarding").objects.filter(pk=pk).update(told_by_haiilo=found)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0049_count_of_erased_people")]

    operations = [
        migrations.AddField("onboarding", "told_by_haiilo", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
