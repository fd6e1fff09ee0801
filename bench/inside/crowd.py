"""Very many people of a customer, by one statement a kind of them, as a live customer's log would leave them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from onboarding.domain.standings import Scope
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster, values

CODES = (
    "EntryConflict",
    "BadRequest",
    "SchemaAttributeNotFound",
    "SystemForCrossDomainIdentityManagementServiceTimeout",
)
HUNDRED = 100
SPREAD = "'{at}'::timestamptz - mod(n, 60000) * interval '1 minute'"
"""When it happened: in six weeks, another minute for nearly each of the people of a page."""
NAMED = {
    "source_id": "md5({customer} || ':' || n)",
    **dict.fromkeys(("at", "scope_at"), SPREAD),
    "target_id": "'h' || n",
    "name": "(ARRAY['Anna', 'Ben', 'Carla', 'David', 'Eva', 'Farid', 'Greta'])[1 + mod(n, 7)] || ' Person ' || n",
    "user_name": "'p' || substr(md5(n::text), 1, 4) || lpad(n::text, 7, '0') || '@bench.example'",
}
"""What differs from person to person: number `n` of its customer."""
ERASED = {"source_id": "'erased:' || substr(md5('{customer}:' || n) || md5(n::text), 1, 48)"}
"""The same of those whose names have been erased: one in ten."""


@dataclass(frozen=True)
class Kind:
    """So many of a hundred people of whom the log and the assignments tell the same."""

    share: int
    result: str
    told: Mapping[str, Any] = field(default_factory=dict)

    def row(self, made: Onboarding) -> Person:
        """One of them, with what the roster makes of it."""
        at = clock.now()
        seen = {"last": self.result, self.result: at.timestamp(), **self.told.get("seen", {})}
        given = {"scope": Scope.IN, "scope_at": at, "at": at, **self.told, "seen": seen}
        row = Person(onboarding=made, result=self.result, **given)
        row.differs_in = values.fields_of(row.differs)
        roster.judge(row)
        return row


def found(*codes: str) -> dict[str, Any]:
    """What the mappings make of somebody, by these codes."""
    return {"findings": [{"code": code} for code in codes]}


def differing(*fields: str) -> dict[str, Any]:
    """Haiilo keeps other values of these fields."""
    return {"differs": {name: {"kept": "Other"} for name in fields}}


ODD = ("guest", "blanks_around", "doubled_user_name")
KINDS = (
    Kind(52, "created"),
    Kind(18, "created", found(*ODD[:1])),
    Kind(3, "created", found(*ODD[:2]) | differing("given", "country")),
    Kind(1, "created", found(ODD[2])),
    Kind(4, "created", differing("given")),
    Kind(6, "removed", {"scope": Scope.OUT}),
    *(
        Kind(share, "failed", {"code": code, "reason": f"Haiilo answered {code}."})
        for share, code in zip((6, 2, 2, 2), CODES, strict=True)
    ),
    *(Kind(2, "failed", {"code": code, "seen": {"created": 1.0}, "action": "update"}) for code in CODES[:2]),
)


def people(made: Onboarding, count: int) -> None:
    """Give `made` so many, with the counts that the roster keeps."""
    _without_a_timeout()
    begin, counted = 0, Counter[roster.Counted]()
    for kind in KINDS:
        size = count * kind.share // HUNDRED
        counted.update(_filled(kind.row(made), begin, begin + size))
        begin += size
    counts: dict[str, Counter[str]] = {name: Counter() for name in roster.COUNTED}
    for name, by in roster.COUNTED.items():
        for found, size in counted.items():
            if size and (value := getattr(found, by)):
                counts[name][value] += size
    Onboarding.objects.filter(pk=made.pk).update(scope_read_at=clock.now(), **counts)


def analyze() -> None:
    """Let the database know what there is, as its own housekeeping does after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _without_a_timeout() -> None:
    """So many rows take longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _filled(row: Person, begin: int, end: int) -> dict[roster.Counted, int]:
    """Make so many like this row; how many are counted by what."""
    made = {roster.Counted.of(row): _insert(row, NAMED, "<>", begin, end)}
    row.reason, row.erased_at = "", row.at
    return made | {roster.Counted.of(row): _insert(row, ERASED, "=", begin, end)}


def _insert(row: Person, differing: Mapping[str, str], seventh: str, begin: int, end: int) -> int:
    fields = [each for each in Person._meta.concrete_fields if not each.primary_key]
    values: list[str] = []
    given: list[Any] = []
    for each in fields:
        if each.attname in differing:
            values.append(differing[each.attname].format(customer=row.onboarding_id, at=row.at.isoformat()))
        else:
            values.append("%s")
            given.append(_stored(each, row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO onboarding_person ({', '.join(_columns(fields))}) SELECT {', '.join(values)}"  # noqa: S608 - our own words
            f" FROM generate_series(%s, %s) AS n WHERE mod(n, 10) {seventh} 7",
            [*given, begin, end - 1],
        )
        return int(cursor.rowcount)


def _columns(fields: Sequence[models.Field[Any, Any]]) -> list[str]:
    return [connection.ops.quote_name(str(each.column)) for each in fields]


def _stored(each: models.Field[Any, Any], row: Person) -> Any:
    return each.get_db_prep_save(getattr(row, each.attname), connection)
