"""A letter that a person asks for has a kind of its own, and a contact may be written to about several causes a day."""

from __future__ import annotations

from django.db import migrations, models

KINDS = [
    ("invitation", "invitation"),
    ("request", "request"),
    ("reminder", "reminder"),
    ("escalation", "escalation"),
    ("completion", "go-live summary"),
]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0050_count_of_haiilos_words")]

    operations = [
        migrations.AlterField("letter", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.RemoveConstraint("letter", "one_letter_of_a_kind_and_day"),
        migrations.AddConstraint(
            "letter",
            models.UniqueConstraint(
                fields=["onboarding", "contact", "kind", "waiting_on", "day"], name="one_letter_of_a_kind_cause_and_day"
            ),
        ),
    ]
