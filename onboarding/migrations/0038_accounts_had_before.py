"""Haiilo's id of the account that Microsoft wrote for a person before the present one."""

from django.db import migrations

import onboarding.models.text


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0037_reads_asked_alone")]

    operations = [
        migrations.AddField(
            "person",
            "earlier_target_id",
            onboarding.models.text.CutCharField(blank=True, default="", editable=False, max_length=128),
        ),
    ]
