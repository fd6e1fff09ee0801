"""When each step's evidence was read: as far as it is known, of a step that is done, when it was looked at last."""

from django.db import migrations, models


def carry_over(apps, schema_editor):
    """Of a step that is not done any more nobody has noted it."""
    apps.get_model("onboarding", "StepState").objects.filter(kind="done").update(seen_at=models.F("checked_at"))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0047_search_by_beginning")]

    operations = [
        migrations.AddField("stepstate", "seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
