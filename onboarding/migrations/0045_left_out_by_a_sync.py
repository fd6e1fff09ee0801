"""Which sync has left out whoever is in scope and on the way. Known of nobody before the next look."""

from __future__ import annotations

from django.db import migrations, models

STANDINGS = [
    ("arrived", "in Haiilo"),
    ("outdated", "in Haiilo, last change failed"),
    ("twice", "in Haiilo twice"),
    ("leaving", "in Haiilo, to be removed"),
    ("held_back", "in Haiilo, removal held back"),
    ("coming", "on the way"),
    ("left_out", "left out by the last sync"),
    ("unlinked", "cannot be linked"),
    ("failed", "failed"),
    ("out", "not in scope"),
    ("gone", "removed"),
    ("unknown", "not told"),
]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0044_who_cannot_be_linked")]

    operations = [
        migrations.AddField(
            "onboarding", "left_out_by", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AlterField(
            "person",
            "standing",
            models.CharField(choices=STANDINGS, default="unknown", editable=False, max_length=10),
        ),
    ]
