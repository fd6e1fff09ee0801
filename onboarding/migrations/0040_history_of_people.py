"""What Microsoft's log told of each person, for longer than the log keeps it; and counts of it by hour and day.

Both begin empty: what was read before is known by its newest time of each kind only.
"""

import django.db.models.deletion
from django.db import migrations, models

KINDS = ("created", "updated", "matched", "removed", "failed")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0039_people_by_id")]

    operations = [
        migrations.AddField("person", "history", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.CreateModel(
            "Rollup",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("span", models.CharField(choices=[("hour", "Hour"), ("day", "Day")], max_length=4)),
                ("at", models.DateTimeField()),
                *((kind, models.PositiveIntegerField(default=0)) for kind in KINDS),
                (
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rollups",
                        to="onboarding.onboarding",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["span", "at"], name="rollup_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("onboarding", "span", "at"), name="one_rollup_for_a_time")
                ],
            },
        ),
    ]
