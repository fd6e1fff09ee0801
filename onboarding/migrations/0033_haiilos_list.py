"""What Haiilo's own list has shown, and who agreed that its token is kept after go-live."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def somebody(model):
    """Who did it, for as long as that row exists."""
    return models.ForeignKey(model, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0032_search_people"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("onboarding", "haiilo_list", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.CreateModel(
            name="KeptToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "onboarding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_token",
                        to="onboarding.onboarding",
                    ),
                ),
                ("contact", somebody("onboarding.contact")),
                ("agreed_on", models.DateField()),
                ("noted_by", somebody(settings.AUTH_USER_MODEL)),
                ("noted_at", models.DateTimeField()),
            ],
        ),
    ]
