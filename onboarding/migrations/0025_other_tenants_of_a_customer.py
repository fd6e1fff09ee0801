"""A customer with several Microsoft tenants has a record for each; the others say to which one they belong."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0024_shared_tenants")]

    operations = [
        migrations.AddField(
            "customer",
            "belongs_to",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="others",
                to="onboarding.customer",
            ),
        ),
    ]
