"""What a batch is not answered in a tenant is kept, so that it is asked alone for a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0036_prospects_of_people")]

    operations = [
        migrations.AddField("onboarding", "asked_alone", models.JSONField(blank=True, default=dict, editable=False)),
    ]
