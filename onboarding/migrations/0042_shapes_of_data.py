"""What is rare about somebody's data, so that test users of each shape are found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0041_values_that_differ")]

    operations = [
        migrations.AddField(
            "person", "shapes", models.CharField(blank=True, default="", editable=False, max_length=80)
        ),
    ]
