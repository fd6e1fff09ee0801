"""What Microsoft said when a trip ended, and what tries of a link are counted by."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0026_log_read_in_windows")]

    operations = [
        migrations.AddField("consentattempt", "error_text", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("consentattempt", "source_hash", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("link", "tries_from", models.DateTimeField(blank=True, null=True)),
    ]
