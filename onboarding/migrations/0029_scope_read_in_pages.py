"""How far the assignments of the application were read, and what was counted until then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0028_roster")]

    operations = [
        migrations.AddField(
            model_name="onboarding",
            name="scope_reading",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]
