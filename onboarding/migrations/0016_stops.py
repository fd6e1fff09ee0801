"""A stop of all changes, in all customers' tenants: who, when and why, and who ended it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0015_approvals")]

    operations = [
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=500)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=150)),
            ],
        )
    ]
