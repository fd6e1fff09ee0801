"""Finding and writing many rows of people in one statement.

What is told goes to the database as one JSON document: a parameter for each value costs several times as much, here and
there. SQLite writes by the ORM's own upsert.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from graphclient.errors import storable
from onboarding.models import Person
from onboarding.models.text import MAX_LETTERS, storable_json

KEY, KEY_COLUMNS = ("onboarding", "source_id"), ("onboarding_id", "source_id")
BATCH = 1000  # rows of one statement
AMONG = {"postgresql": "ANY(ARRAY(SELECT json_array_elements_text(%s)))", "sqlite": "(SELECT value FROM json_each(%s))"}
OPERATOR = {"postgresql": "=", "sqlite": "IN"}
NAMED = '"onboarding_person"."source_id" {} {} AND "onboarding_person"."onboarding_id" + 0 = %s'
"""By ids alone, with which the table's unique key begins: of a customer who has just got people PostgreSQL believes
that there are none, and would go through all of them by an index that begins with the customer. `+ 0` prevents that.
"""
NOT_STORABLE = ("\\u0000", "\\ud")
"""How null characters and surrogates begin in JSON."""


def having(onboarding_id: int, source_ids: Iterable[str]) -> QuerySet[Person]:
    """Those of this customer who have one of these ids in Entra, however many ids there are."""
    vendor, told = connection.vendor, json.dumps([storable(each) for each in source_ids])
    condition = NAMED.format(OPERATOR[vendor], AMONG[vendor])
    named = RawSQL(condition, [told, onboarding_id], output_field=models.BooleanField())  # noqa: S611 - our own words
    return Person.objects.filter(named)


def upsert(rows: Collection[Person], columns: Sequence[str]) -> None:
    """Make these rows, or write these `columns` of those that there are, found by customer and source id.

    The rows get no key, and no signal is sent.
    """
    if connection.vendor == "postgresql":
        parts = list(rows)
        with connection.cursor() as cursor:
            for begin in range(0, len(parts), BATCH):
                cursor.execute(*_statement_for(parts[begin : begin + BATCH], tuple(columns)))
        return
    Person.objects.bulk_create(rows, update_conflicts=True, unique_fields=KEY, update_fields=columns, batch_size=BATCH)


def _statement_for(rows: Sequence[Person], columns: tuple[str, ...]) -> tuple[str, list[str]]:
    """With the values that are alike in all rows told once: of a page of the log that is most columns."""
    names = [field.attname for field in _fields()]
    values = list(map(itemgetter(*names), map(vars, rows)))
    of_column = dict(zip(names, zip(*values, strict=True), strict=True))
    alike = {name: told[0] for name, told in of_column.items() if name != KEY_COLUMNS[1] and _is_alike(told)}
    own = {name: told for name, told in of_column.items() if name not in alike}
    documents = [dict(zip(own, row, strict=True)) for row in zip(*own.values(), strict=True)]
    return _statement(columns, tuple(alike)), [_document(documents), _document(alike)]


def _is_alike(told: Sequence[Any]) -> bool:
    """Whether all of a column are; of documents only whether all are empty: in them, 1 and true would seem the same."""
    first = told[0]
    return told.count(first) == len(told) and not (first and isinstance(first, list | dict))


def _document(told: Any) -> str:
    """As the statement takes it."""
    text = json.dumps(told, default=_moment)
    if any(each in text for each in NOT_STORABLE):  # seldom, and costly to look for in each text
        return json.dumps(storable_json(told), default=_moment)
    return text


def _moment(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


@cache
def _fields() -> tuple[models.Field[Any, Any], ...]:
    """All but the key that the database gives."""
    return tuple(field for field in Person._meta.concrete_fields if not field.primary_key)


@lru_cache(maxsize=256)
def _statement(columns: tuple[str, ...], alike: tuple[str, ...]) -> str:
    """Of a list of objects by column, and of one object with the columns that are `alike` in all of them."""
    quoted = connection.ops.quote_name
    own, common = ([field for field in _fields() if (field.attname in alike) is each] for each in (False, True))
    names = ", ".join(quoted(field.attname) for field in (*own, *common))
    values = ", ".join(_value(field, quoted(field.attname)) for field in (*own, *common))
    changed = ", ".join(f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in columns)
    key = ", ".join(quoted(name) for name in KEY_COLUMNS)
    sources = f"json_to_recordset(%s) AS own ({_types(own)}), json_to_record(%s) AS common ({_types(common)})"
    told = f"SELECT {values} FROM {sources}"  # noqa: S608 - our own columns
    return f"INSERT INTO {quoted(Person._meta.db_table)} ({names}) {told} ON CONFLICT ({key}) DO UPDATE SET {changed}"


def _types(fields: Sequence[models.Field[Any, Any]]) -> str:
    return ", ".join(f"{connection.ops.quote_name(field.attname)} {_type(field)}" for field in fields)


def _is_text(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.CharField | models.TextField)


def _type(field: models.Field[Any, Any]) -> str:
    return "text" if _is_text(field) else str(field.rel_db_type(connection))


def _value(field: models.Field[Any, Any], name: str) -> str:
    return f"left({name}, {field.max_length or MAX_LETTERS})" if _is_text(field) else name
