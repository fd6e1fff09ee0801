"""What the customer says of removals that are held back, and approvals that take two people."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of its own, a column that is empty in older rows, and one more kind of proposal."""

    dependencies = [("onboarding", "0051_letters_of_request")]

    operations = [
        migrations.CreateModel(
            "RemovalsAnswer",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("intended", models.BooleanField()),
                ("whom", models.CharField(max_length=64)),
                ("people", models.PositiveIntegerField()),
                ("held_since", models.CharField(blank=True, default="", max_length=40)),
                ("said_at", models.DateTimeField()),
                (
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removals_answers",
                        to="onboarding.onboarding",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="onboarding.link",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "approval",
            "proposed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "proposal",
            "kind",
            models.CharField(
                choices=[
                    ("tenant", "another tenant is expected"),
                    ("address", "data goes to another address"),
                    ("sharing", "a tenant is shared with another record"),
                    ("removals", "removals that are held back are let through"),
                ],
                max_length=20,
            ),
        ),
    ]
