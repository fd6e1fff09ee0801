"""Find people by a part of a name without reading all rows: trigrams, where the database has them.

The extension is one that the database's owner may create (PostgreSQL 13 and later). Where it is not installed, and on
SQLite, the search reads the customer's rows as before.
"""

from django.db import migrations

EXTENSION = "pg_trgm"
INDEXES = {"person_by_part_of_name": "name", "person_by_part_of_user_name": "user_name"}


def has_trigrams(schema_editor):
    """Whether the extension can be created here."""
    if schema_editor.connection.vendor != "postgresql":
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [EXTENSION])
        return cursor.fetchone() is not None


def index(apps, schema_editor):
    """As Django compares without regard to case: UPPER of the text on both sides."""
    if has_trigrams(schema_editor):
        schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
        for name, column in INDEXES.items():
            schema_editor.execute(
                f"CREATE INDEX {name} ON onboarding_person USING gin (UPPER({column}::text) gin_trgm_ops)"
            )


def drop(apps, schema_editor):
    """The extension stays: others may use it."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0031_inquiries")]

    operations = [migrations.RunPython(index, drop)]
