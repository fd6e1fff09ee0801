"""What the mappings make of each person in scope, and the user name by which people with the same one are found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0033_haiilos_list")]

    operations = [
        migrations.AddField(
            "person", "certain_to_fail", models.BooleanField(blank=True, editable=False, null=True)
        ),
        migrations.AddField("person", "findings", models.JSONField(blank=True, default=list, editable=False)),
        migrations.AddField(
            "person", "made_name", models.CharField(blank=True, default="", editable=False, max_length=256)
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["onboarding", "made_name"], condition=~models.Q(made_name=""), name="person_by_made_name"
            ),
        ),
    ]
