from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


class Rollups(models.Manager["Rollup"]):
    """The rows, and how they grow."""

    def add(self, rows: Sequence[Rollup]) -> None:
        """Add these counts to what is there. One query, which the ORM has no words for."""
        names = ", ".join(("onboarding_id", "span", "at", *Rollup.KINDS))
        sums = ", ".join(f"{kind} = {Rollup._meta.db_table}.{kind} + EXCLUDED.{kind}" for kind in Rollup.KINDS)
        places = ", ".join([f"({', '.join(['%s'] * (3 + len(Rollup.KINDS)))})"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Rollup._meta.db_table} ({names}) VALUES {places} "  # noqa: S608 - names of ours alone
                f"ON CONFLICT (onboarding_id, span, at) DO UPDATE SET {sums}",
                [value for row in rows for value in row.values()],
            )


class Rollup(models.Model):
    """How many people of a customer something happened to in one hour or day (UTC) that began at `at`, by Microsoft's
    log: each person once for a kind, however often the log names them. `failed`: could not be written, or were skipped
    for a reason other than that they are not in scope.

    Only `people.rollup` writes it, in the transaction that writes the people.
    """

    class Span(models.TextChoices):
        HOUR = "hour"
        DAY = "day"

    KINDS = ("created", "updated", "matched", "removed", "failed")

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="rollups")
    span = models.CharField(max_length=4, choices=Span)
    at = models.DateTimeField()
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    objects = Rollups()

    class Meta:
        indexes = [models.Index(fields=["span", "at"], name="rollup_by_age")]
        constraints = [models.UniqueConstraint(fields=["onboarding", "span", "at"], name="one_rollup_for_a_time")]

    def __str__(self) -> str:
        return f"{self.span} {self.at:%Y-%m-%d %H:%M}"

    def values(self) -> list[Any]:
        """As `add` gives them to the database."""
        at = connection.ops.adapt_datetimefield_value(self.at)
        return [self.onboarding_id, str(self.span), at, *(getattr(self, kind) for kind in self.KINDS)]
