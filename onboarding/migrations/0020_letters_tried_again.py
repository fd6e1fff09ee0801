"""A letter that was not taken is tried again, and says why; who needs letters is asked about in turn."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Exists, OuterRef
from django.utils import timezone

IN_TROUBLE = ("failed", "unknown")


def carry_over(apps, schema_editor):
    """Name the trouble of earlier letters where it is certain. What a later letter has settled troubles nobody."""
    letters = apps.get_model("onboarding", "Letter").objects
    letters.filter(state="unknown").update(trouble="mail_perhaps_sent")
    letters.filter(state="failed", error__regex=r"^5\d\d ").update(trouble="mail_refused")
    letters.filter(state="failed", error="the contact was removed").update(trouble="mail_no_contact")
    later = letters.filter(contact=OuterRef("contact"), pk__gt=OuterRef("pk"), state="sent")
    now = timezone.now()
    letters.filter(Exists(later), state__in=IN_TROUBLE).update(settled_at=now)
    letters.filter(state__in=IN_TROUBLE, onboarding__state="closed").update(settled_at=now)


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0019_heartbeats"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterCheck",
            fields=[
                (
                    "onboarding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="letter_check",
                        serialize=False,
                        to="onboarding.onboarding",
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(blank=True, default="", max_length=80)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField("letter", "first_tried_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("letter", "next_try_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("letter", "settled_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("letter", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("letter", "trouble", models.CharField(blank=True, default="", max_length=20)),
        migrations.AddIndex(
            "letter",
            models.Index(
                condition=models.Q(("settled_at", None), ("state__in", ["failed", "unknown", "approved"])),
                fields=["state", "onboarding"],
                name="letter_unsettled",
            ),
        ),
        migrations.AddIndex(
            "lettercheck",
            models.Index(
                condition=models.Q(("failing_since__isnull", False)),
                fields=["failing_since"],
                name="letter_check_failing",
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
