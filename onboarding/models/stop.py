from __future__ import annotations

from functools import cache

from django.db import models

from onboarding.models.compiled import Select


class Stops(models.Manager["Stop"]):
    """The rows, and whether a stop is in force."""

    def in_force(self) -> Stop | None:
        """The oldest stop that nobody has ended, or None. One query."""
        return next(iter(_in_force().rows()), None)


class Stop(models.Model):
    """A stop of all changes: while one is in force, nothing is changed in any customer's tenant.

    Two people may stop at once; whoever allows changes again ends both.
    """

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    objects = Stops()

    def __str__(self) -> str:
        return f"stop of all changes: {self.reason}"


@cache
def _in_force() -> Select[Stop]:
    return Select(Stop.objects.filter(ended_at=None).order_by("pk")[:1])
