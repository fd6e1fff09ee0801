"""How far the provisioning log was read, why it is not; and what the rows of people have to remember of older ones."""

from django.db import migrations, models

RESULTS = [
    ("created", "created"),
    ("updated", "updated"),
    ("matched", "was there already"),
    ("removed", "removed"),
    ("skipped", "skipped"),
    ("failed", "failed"),
]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0025_other_tenants_of_a_customer")]

    operations = [
        migrations.AddField(
            model_name="onboarding",
            name="log_reading",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="onboarding",
            name="log_trouble",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="onboarding",
            name="in_haiilo",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="provisionedperson",
            name="lacking",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="provisionedperson",
            name="seen",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name="provisionedperson",
            name="result",
            field=models.CharField(choices=RESULTS, max_length=10),
        ),
    ]
