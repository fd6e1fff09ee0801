"""Until when Microsoft has asked not to be called for a tenant, so that no act of a person calls it sooner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0021_counts_of_people")]

    operations = [
        migrations.AddField(
            model_name="onboarding", name="not_before", field=models.DateTimeField(blank=True, null=True)
        ),
    ]
