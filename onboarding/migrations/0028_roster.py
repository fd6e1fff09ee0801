"""One row per person, whether or not Microsoft ever logged one, with what becomes of each and the counts of that."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db import migrations, models

THERE = ("created", "updated", "matched")
BATCH = 2000


def standing_of(person):
    """By the log alone, which is all that there is until the assignments are read."""
    account = max((person.seen.get(kind, 0.0) for kind in THERE), default=0.0) > person.seen.get("removed", 0.0)
    if person.result in THERE:
        return "arrived"
    if person.result == "removed":
        return "gone"
    outside = person.seen.get("last") == "outside" or person.code == "NotEffectivelyEntitled"
    if account:
        return "leaving" if outside else "outdated"
    return "out" if outside else "failed"


def judge(apps, schema_editor):
    """All rows once, in batches; then one UPDATE for each customer that has any."""
    counts, batch = defaultdict(Counter), []
    people = apps.get_model("onboarding", "Person").objects
    for person in people.order_by("pk").iterator(chunk_size=BATCH):
        person.standing = standing_of(person)
        counts[person.onboarding_id][person.standing] += 1
        batch.append(person)
        if len(batch) == BATCH:
            people.bulk_update(batch, ["standing"])
            batch = []
    people.bulk_update(batch, ["standing"])
    for pk, found in counts.items():
        apps.get_model("onboarding", "Onboarding").objects.filter(pk=pk).update(standings=dict(found))


STANDINGS = [
    ("arrived", "in Haiilo"),
    ("outdated", "in Haiilo, last change failed"),
    ("twice", "in Haiilo twice"),
    ("leaving", "in Haiilo, to be removed"),
    ("held_back", "in Haiilo, removal held back"),
    ("coming", "on the way"),
    ("failed", "failed"),
    ("out", "not in scope"),
    ("gone", "removed"),
    ("unknown", "not told"),
]
SCOPES = [
    ("", "not looked at"),
    ("in", "in scope"),
    ("disabled", "assigned, but the account is disabled"),
    ("nested", "only in a group within an assigned group"),
    ("no_access", "assigned with the role “Default Access” only"),
    ("filtered", "left out by a scoping filter"),
    ("out", "not assigned"),
]
IN_HAIILO = [
    ("", "not asked"),
    ("active", "active"),
    ("inactive", "disabled"),
    ("absent", "not there"),
    ("twice", "there more than once"),
]
RESULTS = [
    ("created", "created"),
    ("updated", "updated"),
    ("matched", "was there already"),
    ("removed", "removed"),
    ("skipped", "skipped"),
    ("failed", "failed"),
]


def text(length, **more):
    """A short text that may be empty."""
    return models.CharField(blank=True, default="", max_length=length, **more)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0027_refusals_and_tries")]

    operations = [
        migrations.RenameModel("ProvisionedPerson", "Person"),
        migrations.AddField("onboarding", "standings", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField("onboarding", "scopes", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField("onboarding", "removed_on", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField(
            "onboarding", "scope_read_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "person",
            "standing",
            models.CharField(choices=STANDINGS, default="unknown", editable=False, max_length=10),
        ),
        migrations.AddField("person", "scope", text(10, choices=SCOPES)),
        migrations.AddField("person", "paths", models.JSONField(blank=True, default=list)),
        migrations.AddField("person", "is_guest", models.BooleanField(default=False)),
        migrations.AddField("person", "scope_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("person", "in_haiilo", text(10, choices=IN_HAIILO)),
        migrations.AddField("person", "in_haiilo_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField("person", "action", text(20)),
        migrations.AlterField("person", "result", text(10, choices=RESULTS)),
        migrations.AlterField("person", "event_id", text(64)),
        migrations.RunPython(judge, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "person",
            models.Index(fields=["onboarding", "standing", "user_name", "id"], name="person_by_standing"),
        ),
    ]
