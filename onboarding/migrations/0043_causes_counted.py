"""What keeps people from being as they should be: a word in each row, and counts of it; those who are erased by standing.

How the word was made is written out here as it was then: what the product makes of a row later is no part of this step.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict

from django.db import migrations, models

BATCH = 2000
BY_CODE = ("failed", "outdated", "held_back")
TO_MEND = (*BY_CODE, "twice", "leaving")
IN_VAIN = ("failed", "skipped")
GOING = ("delete", "disable")
MARKS = ("400.76", "invalidFilter")


def cause_of(person):
    """A digest of what the group of the person goes by."""
    not_removed = person.standing == "leaving" and person.result in IN_VAIN and person.action in GOING
    told = person.standing in BY_CODE or not_removed
    by_haiilo = person.standing == "failed" and person.result not in IN_VAIN
    stayed = person.standing == "leaving" and person.result == "removed"
    parts = (
        person.standing,
        person.code[:120] if told else "",
        next((mark for mark in MARKS if mark in person.reason), "") if told else "",
        person.lacking[:120] if told else "",
        person.scope if person.standing in BY_CODE else "",
        person.in_haiilo if by_haiilo or stayed else "",
    )
    return hashlib.blake2s(json.dumps(parts).encode(), digest_size=8).hexdigest()


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
