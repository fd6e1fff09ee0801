"""Proposals of any kind take the place of rebinding. Its rows stay, with their keys, as proposals of another tenant."""

from django.conf import settings
from django.db import migrations, models

KIND = "tenant"


def move_values(apps, schema_editor):
    for row in apps.get_model("onboarding", "Proposal").objects.iterator():
        row.before, row.after = {"tenant_id": row.expected_before}, {"tenant_id": row.tenant_id}
        row.save(update_fields=["before", "after"])


def move_values_back(apps, schema_editor):
    """Proposals of other kinds were unknown then, and are dropped."""
    proposals = apps.get_model("onboarding", "Proposal").objects
    proposals.exclude(kind=KIND).delete()
    for row in proposals.iterator():
        row.expected_before, row.tenant_id = row.before["tenant_id"], row.after["tenant_id"]
        row.save(update_fields=["expected_before", "tenant_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0016_stops"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("rebinding", "one_open_rebinding"),
        migrations.RenameModel("Rebinding", "Proposal"),
        migrations.AlterField(
            "proposal",
            "onboarding",
            models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="proposals", to="onboarding.onboarding"
            ),
        ),
        migrations.AddField(
            "proposal",
            "kind",
            models.CharField(
                choices=[("tenant", "another tenant is expected"), ("address", "data goes to another address")],
                default=KIND,
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField("proposal", "before", models.JSONField(default=dict)),
        migrations.AddField("proposal", "after", models.JSONField(default=dict)),
        # so that they can be empty for a moment on the way back
        migrations.AlterField("proposal", "tenant_id", models.CharField(default="", max_length=36)),
        migrations.RunPython(move_values, move_values_back),
        migrations.RemoveField("proposal", "expected_before"),
        migrations.RemoveField("proposal", "tenant_id"),
        migrations.AddConstraint(
            "proposal",
            models.UniqueConstraint(
                condition=models.Q(("decided_at", None)), fields=("onboarding", "kind"), name="one_open_proposal"
            ),
        ),
    ]
