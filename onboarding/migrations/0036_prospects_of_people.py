"""What a start does to whom in scope. Rows of before are counted once the scope is read again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0035_drafts_written_anew")]

    operations = [
        migrations.AddField("onboarding", "prospects", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField(
            "person",
            "prospect",
            models.CharField(blank=True, default="", editable=False, max_length=12),
        ),
    ]
