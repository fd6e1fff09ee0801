"""What keeps people from being as they should be: a word in each row, and counts of it; those who are erased by standing."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import migrations, models

from onboarding.people.failures import TO_MEND, cause_of

BATCH = 2000


def count(apps, schema_editor):
    """All rows that are to be mended once, in batches; then one UPDATE for each customer that has any."""
    counts, batch = defaultdict(Counter), []
    people = apps.get_model("onboarding", "Person").objects
    for person in people.filter(standing__in=TO_MEND).order_by("pk").iterator(chunk_size=BATCH):
        person.cause = cause_of(person)
        counts[person.onboarding_id][person.cause] += 1
        batch.append(person)
        if len(batch) == BATCH:
            people.bulk_update(batch, ["cause"])
            batch = []
    people.bulk_update(batch, ["cause"])
    for pk, found in counts.items():
        apps.get_model("onboarding", "Onboarding").objects.filter(pk=pk).update(causes=dict(found))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0042_shapes_of_data")]

    operations = [
        migrations.AddField("onboarding", "causes", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField("person", "cause", models.CharField(blank=True, default="", editable=False, max_length=16)),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.RemoveIndex("person", "person_erased"),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["onboarding", "standing"],
                condition=models.Q(erased_at__isnull=False),
                name="person_erased",
            ),
        ),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["onboarding", "cause", "user_name", "id"],
                condition=~models.Q(cause=""),
                name="person_by_cause",
            ),
        ),
    ]
