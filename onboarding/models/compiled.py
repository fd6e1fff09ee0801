"""Statements whose SQL is made once a process and then only sent, with other values each time.

Django makes the SQL of a queryset each time it is run, and for the statements of every visit and of every page of a
customer that takes longer than to send them. Here the same compiler is asked once: `Given` marks the places of the
values, and rows become models as those of a queryset do. A process has one database, so one text is enough.

PostgreSQL plans them once a connection, too, because planning takes longer than running them: text and values are sent
apart, and the text is prepared. That is for statements which go by a key, or read what there is little of, so that one
plan suits each customer. Others, as what Django sends, have their values in the text and are planned each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, QuerySet, Value
from django.db.models.base import ModelState
from django.db.models.expressions import Combinable
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from psycopg import Cursor

from onboarding.models.text import UNREAD, LateJSONField

Row = TypeVar("Row", bound=models.Model)
LARGEST_BITS = 63  # of a number in a column
_decode = json.JSONDecoder().decode
_Converter = tuple[int, tuple[Sequence[Callable[..., Any]], Any]]
"""The place of a value, and what makes of it what the ORM does: `get_converters`."""


class Given(Value):
    """The place of a value in a statement; `field` says how the value is written for the database."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(name, output_field=field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A placeholder, with this itself as its parameter."""
        return "%s", [self]

    def written(self, value: object, database: BaseDatabaseWrapper) -> object:
        """`value` as the database's driver takes it in this place. Raises TypeError for an expression, which is SQL,
        and EmptyResultSet for a number that no column can hold, as somebody may type it into an address.
        """
        if isinstance(value, Combinable):
            raise TypeError(f"{self.value} is no value")
        if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
            raise EmptyResultSet(f"no row has so large a {self.value}")
        write = self.output_field.get_db_prep_save if self.for_save else self.output_field.get_db_prep_value
        return write(value, database)


def given(model: type[models.Model], *columns: str) -> dict[str, Given]:
    """For ``filter`` or for an `Update`: each of these columns is what is given by its name."""
    return {name: Given(name, cast("Field[Any, Any]", model._meta.get_field(name))) for name in columns}


class _Statement:
    """SQL, and its parameters: values, and places of values that are given."""

    def __init__(self, compiler: SQLCompiler, *, planned_once: bool = True) -> None:
        self.sql, self._parameters = compiler.as_sql()
        self._planned_once = planned_once

    def values(self, database: BaseDatabaseWrapper, given: Mapping[str, Any]) -> list[Any]:
        """The parameters for one execution. Raises KeyError for a value that is not given."""
        return [
            each.written(given[each.value], database) if isinstance(each, Given) else each for each in self._parameters
        ]

    @contextmanager
    def sent(self, database: BaseDatabaseWrapper, given: Mapping[str, Any]) -> Iterator[CursorWrapper]:
        """The cursor after one execution. Raises KeyError for a value that is not given."""
        with _sent(database, self.sql, self.values(database, given), planned_once=self._planned_once) as cursor:
            yield cursor


@contextmanager
def _sent(
    database: BaseDatabaseWrapper, sql: str, values: list[Any], *, planned_once: bool = True
) -> Iterator[CursorWrapper]:
    shows_values = database.queries_logged  # a log has them in their places
    with database.cursor() as cursor:
        if planned_once and database.vendor == "postgresql" and not shows_values:
            cursor.cursor = Cursor(database.connection)
        cursor.execute(sql, values)
        yield cursor


class Select(Generic[Row]):
    """The rows of a queryset, with the related ones that it selects and with its annotations.

    What `django.db.models.query.ModelIterable` finds out about the columns for each execution is found out once.
    `planned_once`: whether one plan suits all values that may be given.
    """

    def __init__(self, queryset: QuerySet[Row], *, planned_once: bool = True) -> None:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._statement = _Statement(compiler, planned_once=planned_once)
        populators: Any = get_related_populators  # the stubs are those of a later Django
        selected: Any = compiler.select
        described: dict[str, Any] = compiler.klass_info or {}
        columns = [column for column, *_sql in selected]
        places = described["select_fields"]
        self._own = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._model: type[Row] = described["model"]
        self._related: list[Any] = populators(described, selected, DEFAULT_DB_ALIAS)
        self._annotations = list((compiler.annotation_col_map or {}).items())
        converters = compiler.get_converters(columns).items()
        documents = {place: column.target for place, (_convert, column) in converters if _is_plain_json(column)}
        self._converters = [each for each in converters if each[0] not in documents]
        late = {place: field.attname for place, field in documents.items() if isinstance(field, LateJSONField)}
        self._late = {name: place for place, name in late.items() if place in places}
        self._documents = documents.keys() - self._late.values()

    def rows(self, **given: object) -> list[Row]:
        """All of them, as list(queryset) would have them. One query."""
        database = connections[DEFAULT_DB_ALIAS]
        try:
            with self._statement.sent(database, given) as cursor:
                found = cursor.fetchall()
        except EmptyResultSet:
            return []
        return [self._row(list(values), database) for values in found]

    def _row(self, values: list[Any], database: BaseDatabaseWrapper) -> Row:
        for place in self._documents:
            values[place] = _document(values[place])
        _convert(values, self._converters, database)
        row = _made(self._model, self._names, values[self._own], {name: values[at] for name, at in self._late.items()})
        for related in self._related:
            related.populate(values, row)
        for name, place in self._annotations:
            setattr(row, name, values[place])
        return row


def _convert(values: list[Any], converters: Iterable[_Converter], database: BaseDatabaseWrapper) -> None:
    """Make of what the database has sent what the ORM makes of it."""
    for place, (converts, expression) in converters:
        for convert in converts:
            values[place] = convert(values[place], expression, database)


def _made(model: type[Row], names: list[str], values: list[Any], late: Mapping[str, str | None]) -> Row:
    """As `Model.from_db` has it, but for signals: ours have no listeners to a row that is made. A column that is not
    among `names` is read when it is asked for; the documents in `late` are parsed then.
    """
    row = model.__new__(model)
    kept = row.__dict__
    kept.update(zip(names, values, strict=True))
    if late:
        kept[UNREAD] = late
        for name in [name for name, text in late.items() if text is not None]:
            del kept[name]
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def _is_plain_json(column: Any) -> bool:
    """Whether the column is read as JSON and nothing else."""
    field = getattr(column, "target", None)
    return isinstance(field, models.JSONField) and field.decoder is None


def _document(text: str | None) -> Any:
    """As `JSONField.from_db_value` has it; of a visit's columns most are empty, and are made without a parser."""
    if text == "{}":
        return {}
    if text == "[]":
        return []
    return None if text is None else _decode(text)


class Values:
    """The rows of a queryset of values_list()."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._statement = _Statement(compiler)
        selected: Any = compiler.select
        self._converters = list(compiler.get_converters([column for column, *_sql in selected]).items())

    def rows(self, **given: object) -> list[list[Any]]:
        """All of them. One query."""
        database = connections[DEFAULT_DB_ALIAS]
        with self._statement.sent(database, given) as cursor:
            found = [list(values) for values in cursor.fetchall()]
        for values in found:
            _convert(values, self._converters, database)
        return found


class Check:
    """Whether a queryset has any row."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self._statement = _Statement(queryset.query.exists().get_compiler(DEFAULT_DB_ALIAS))

    def holds(self, **given: object) -> bool:
        """As queryset.exists() would say it. One query."""
        try:
            with self._statement.sent(connections[DEFAULT_DB_ALIAS], given) as cursor:
                return cursor.fetchone() is not None
        except EmptyResultSet:
            return False


class Update:
    """An UPDATE of the rows of a queryset, which sets these columns."""

    def __init__(self, queryset: QuerySet[Any], **columns: object) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(columns)
        self.statement = _Statement(query.get_compiler(DEFAULT_DB_ALIAS))

    def run(self, **given: object) -> int:
        """How many rows there were. One query."""
        database = connections[DEFAULT_DB_ALIAS]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), self.statement.sent(database, given) as cursor:
            return int(cursor.rowcount)


class Both:
    """Two UPDATEs of different tables in one statement, which is a transaction by itself: first the one, and, if it
    has found a row, the other. For PostgreSQL.
    """

    def __init__(self, first: Update, then: Update) -> None:
        self._first, self._then = first.statement, then.statement
        first_found = ' AND EXISTS (SELECT 1 FROM "first")'
        parts = ('WITH "first" AS (', self._first.sql, ' RETURNING 1), "then" AS (', self._then.sql, first_found)
        self._sql = "".join((*parts, ') SELECT 1 FROM "first"'))

    def run(self, first: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
        """Whether the first one has found its row. `first`, `then`: what each is given. One query."""
        database = connections[DEFAULT_DB_ALIAS]
        values = [*self._first.values(database, first), *self._then.values(database, then)]
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), _sent(database, self._sql, values) as cursor:
            return cursor.fetchone() is not None
