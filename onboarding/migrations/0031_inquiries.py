"""What staff asks the directory about one person, until a day later."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import onboarding.models.clock
import onboarding.models.text


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0030_counted_when"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked", onboarding.models.text.CutCharField(max_length=256)),
                ("asked_at", models.DateTimeField(default=onboarding.models.clock.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("found", onboarding.models.text.StorableJSONField(blank=True, default=list)),
                ("trouble", onboarding.models.text.StorableJSONField(blank=True, default=dict)),
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
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inquiries",
                        to="onboarding.onboarding",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("answered_at", None)), fields=["onboarding"], name="inquiry_open"),
                    models.Index(fields=["asked_at"], name="inquiry_by_age"),
                ],
            },
        ),
    ]
