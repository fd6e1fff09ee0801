"""By what a draft was made, so that it is written anew when that has changed. Drafts of before stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0034_findings_of_people")]

    operations = [
        migrations.AddField(
            "letter", "made_of", models.CharField(blank=True, default="", editable=False, max_length=64)
        ),
    ]
