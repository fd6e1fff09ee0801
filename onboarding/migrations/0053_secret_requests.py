"""A secret that the customer is asked for on the progress page."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import onboarding.models.clock


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("onboarding", "0052_removals_let_through")]

    operations = [
        migrations.CreateModel(
            "SecretRequest",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("host", models.CharField(max_length=253)),
                ("asked_at", models.DateTimeField(default=onboarding.models.clock.now, editable=False)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="onboarding.link",
                    ),
                ),
                (
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secret_requests",
                        to="onboarding.onboarding",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None), ("taken_back_at", None)),
                        fields=("onboarding", "kind"),
                        name="one_open_request_of_a_kind",
                    )
                ]
            },
        ),
    ]
