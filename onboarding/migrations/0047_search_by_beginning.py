"""Find people by the beginning of a name where the database has no trigrams (0032): of very many, no page may look
through all.
"""

from django.db import migrations

WITH_TRIGRAMS = "person_by_part_of_name"
INDEXES = {"person_by_beginning_of_name": "name", "person_by_beginning_of_user_name": "user_name"}


def lacks_trigrams(schema_editor):
    """Whether names are not indexed by trigrams here."""
    if schema_editor.connection.vendor != "postgresql":
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s)", [WITH_TRIGRAMS])
        return cursor.fetchone() is None


def index(apps, schema_editor):
    """By the bytes of the capitals: the order in which whatever begins alike stands together."""
    if lacks_trigrams(schema_editor):
        for name, column in INDEXES.items():
            schema_editor.execute(
                f'CREATE INDEX {name} ON onboarding_person (onboarding_id, (UPPER({column}) COLLATE "C"), id)'
                " WHERE erased_at IS NULL"
            )


def drop(apps, schema_editor):
    """They are there or not."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0046_people_by_finding")]

    operations = [migrations.RunPython(index, drop)]
