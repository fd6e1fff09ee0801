"""People are found by their ids in Entra, whatever the planner believes of how many a customer has.

The index by customer alone goes: four others begin with the customer.
"""

import django.db.models.deletion
from django.db import migrations, models

KEY = "one_row_per_person"


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0038_accounts_had_before")]

    operations = [
        migrations.RemoveConstraint("person", KEY),
        migrations.AddConstraint("person", models.UniqueConstraint(fields=("source_id", "onboarding"), name=KEY)),
        migrations.AlterField(
            "person",
            "onboarding",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="people",
                to="onboarding.onboarding",
            ),
        ),
    ]
