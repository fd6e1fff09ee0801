"""In which values Haiilo and the mappings differ; of what is made, digests."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0040_history_of_people")]

    operations = [
        migrations.AddField("onboarding", "differing", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField("person", "made_marks", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField("person", "differs", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField(
            "person", "differs_in", models.CharField(blank=True, default="", editable=False, max_length=60)
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["onboarding", "user_name", "id"], condition=~models.Q(differs_in=""), name="person_differs"
            ),
        ),
    ]
