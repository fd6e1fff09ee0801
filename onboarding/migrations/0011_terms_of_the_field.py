"""Columns and keys take the terms of the field: when to run next, what a letter waits on, read-only mode."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Replace

FORMER, NOW = "step_down", "read_only"


def _rename_keys(apps, former, now):
    apps.get_model("onboarding", "StepState").objects.filter(key=former).update(key=now)
    apps.get_model("onboarding", "Event").objects.filter(kind=former).update(kind=now)
    apps.get_model("onboarding", "Letter").objects.filter(waiting_on__startswith=f"{former}:").update(
        waiting_on=Replace(F("waiting_on"), Value(f"{former}:"), Value(f"{now}:"))
    )


def rename_keys(apps, schema_editor):
    _rename_keys(apps, FORMER, NOW)


def rename_keys_back(apps, schema_editor):
    _rename_keys(apps, NOW, FORMER)


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0010_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex("onboarding", "onboarding_due"),
        migrations.RenameField("onboarding", "look_at", "next_run_at"),
        migrations.AddIndex("onboarding", models.Index(fields=["next_run_at", "leased_until"], name="onboarding_due")),
        migrations.RenameField("letter", "standing", "waiting_on"),
        migrations.RenameModel("StepDown", "ReadOnlyMode"),
        migrations.RenameField("readonlymode", "watching_since", "reads_only_since"),
        migrations.RenameField("readonlymode", "up_asked_at", "leave_asked_at"),
        migrations.AlterField(
            "readonlymode",
            "onboarding",
            models.OneToOneField(
                on_delete=models.deletion.CASCADE, related_name="read_only", to="onboarding.onboarding"
            ),
        ),
        # which step comes first is told by the list of steps, not by the table
        migrations.AlterField("onboarding", "current_key", models.CharField(default="", max_length=40)),
        migrations.RunPython(rename_keys, rename_keys_back),
    ]
