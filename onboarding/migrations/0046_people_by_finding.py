"""People are listed by finding, value that differs, cause and standing in the order of an index, and those of them whose
names have been erased are counted by another.

For that a row has the codes of its findings in one word, and the onboarding's row counts of these words.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import migrations, models

BATCH = 2000


def told(findings):
    """The codes of these findings, as one word."""
    return ",".join(sorted({each["code"] for each in findings}))


def count(apps, schema_editor):
    """All rows with findings once, in batches; then one UPDATE for each customer that has any."""
    counts, batch = defaultdict(Counter), []
    people = apps.get_model("onboarding", "Person").objects
    found = people.exclude(findings=[]).only("pk", "onboarding_id", "findings").order_by("pk")
    for person in found.iterator(chunk_size=BATCH):
        person.finding_codes = told(person.findings)
        counts[person.onboarding_id][person.finding_codes] += 1
        batch.append(person)
        if len(batch) == BATCH:
            people.bulk_update(batch, ["finding_codes"])
            batch = []
    people.bulk_update(batch, ["finding_codes"])
    for pk, found_of in counts.items():
        apps.get_model("onboarding", "Onboarding").objects.filter(pk=pk).update(findings=dict(found_of))


def listed_by(what, column, was=()):
    """The indexes of one column, in place of those that there `was`."""
    has_one = ~models.Q(**{column: ""})
    named, erased = models.Q(erased_at=None) & has_one, models.Q(erased_at__isnull=False) & has_one
    listed = models.Index(fields=["onboarding", column, "user_name", "id"], condition=named, name=f"person_by_{what}")
    counted = models.Index(fields=["onboarding", column], condition=erased, name=f"erased_by_{what}")
    gone = [migrations.RemoveIndex("person", name) for name in was]
    return [*gone, migrations.AddIndex("person", listed), migrations.AddIndex("person", counted)]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0045_left_out_by_a_sync")]

    operations = [
        migrations.AddField("onboarding", "findings", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField(
            "person",
            "finding_codes",
            models.CharField(blank=True, default="", editable=False, max_length=250),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.RemoveIndex("person", "person_by_standing"),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["onboarding", "standing", "user_name", "id"],
                condition=models.Q(erased_at=None),
                name="person_by_standing",
            ),
        ),
        *listed_by("cause", "cause", was=["person_by_cause"]),
        *listed_by("difference", "differs_in", was=["person_differs"]),
        *listed_by("finding", "finding_codes"),
    ]
