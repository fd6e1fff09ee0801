"""Columns for texts that others wrote: what does not fit is cut, so that no answer of theirs stops a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from graphclient.errors import storable

MAX_LETTERS = 10_000  # where the column itself has no limit


def storable_json(value: Any) -> Any:
    """`value` with each text in it, names included, as a database takes it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): storable_json(part) for name, part in value.items()}
    return [storable_json(part) for part in value] if isinstance(value, list | tuple) else value


if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = object


class _Cut(_Field):
    def get_prep_value(self, value: Any) -> Any:
        """The text as it is written, and as it is looked for."""
        prepared = super().get_prep_value(value)
        return storable(prepared)[: self.max_length or MAX_LETTERS] if isinstance(prepared, str) else prepared

    def deconstruct(self) -> Any:
        """As the field that it is to the database: migrations need not know this one."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{type(self).__name__.removeprefix('Cut')}", args, kwargs


if TYPE_CHECKING:  # django-stubs tells values only of its own fields
    CutCharField, CutTextField = models.CharField, models.TextField
else:

    class CutCharField(_Cut, models.CharField):
        """A text that is cut to its `max_length`, without the characters that PostgreSQL refuses."""

    class CutTextField(_Cut, models.TextField):
        """As `CutCharField`; without a `max_length` so many letters are kept as `MAX_LETTERS` says."""


class StorableJSONField(models.JSONField):
    """JSON with the texts of others inside, without the characters that PostgreSQL refuses."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The value as it is written."""
        return super().get_db_prep_value(storable_json(value), connection, prepared)

    def deconstruct(self) -> Any:
        """As a `JSONField`."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


UNREAD = "_unread"
"""Where a row has the texts of documents that nobody has asked for yet, by column (`models.compiled`)."""


class _ReadLate(DeferredAttribute):
    """A document that is read from its text when it is asked for; as that of any other column where there is none."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        text = unread(instance, self.field.attname) if instance is not None else None
        if text is None:
            return super().__get__(instance, cls)
        document = instance.__dict__[self.field.attname] = json.loads(text)
        return document


class LateJSONField(StorableJSONField):
    """A `StorableJSONField` whose documents most readers of a row leave alone: each is parsed when it is asked for."""

    descriptor_class = _ReadLate


def unread(row: models.Model, column: str) -> str | None:
    """The JSON in this column of a row, where nobody has asked for it or set it since the row was read; else None."""
    kept = row.__dict__
    return None if column in kept else kept.get(UNREAD, {}).get(column)
