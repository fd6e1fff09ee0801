"""When people were counted, and by whom: a number is shown with its source and time."""

from django.db import migrations, models


def moment():
    """A moment that may not have come."""
    return models.DateTimeField(blank=True, editable=False, null=True)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0029_scope_read_in_pages")]

    operations = [
        migrations.AddField("onboarding", "in_haiilo_at", moment()),
        migrations.AddField("onboarding", "haiilo_read_at", moment()),
    ]
