from __future__ import annotations

from django.db import models


class StopQuerySet(models.QuerySet["Stop"]):
    """Whether a stop is in force."""

    def in_force(self) -> Stop | None:
        """The oldest stop that nobody has ended, or None. One query."""
        return self.filter(ended_at=None).order_by("pk").first()


class Stop(models.Model):
    """A stop of all changes: while one is in force, nothing is changed in any customer's tenant.

    Two people may stop at once; whoever allows changes again ends both.
    """

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    objects = StopQuerySet.as_manager()

    def __str__(self) -> str:
        return f"stop of all changes: {self.reason}"
