from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q

from onboarding.models import clock


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Signs of life, all by the database's clock."""

    def beat(self, name: str, kind: str, *, clock_offset_ms: int) -> None:
        """The process of this name lives now, and its host's clock is so far off."""
        if not self.filter(pk=name).update(at=clock.Now(), clock_offset_ms=clock_offset_ms):
            self.bulk_create(
                [Heartbeat(name=name, kind=kind, at=clock.Now(), clock_offset_ms=clock_offset_ms)],
                ignore_conflicts=True,
            )

    def begin(self, kind: str, *, not_within: timedelta) -> bool:
        """A round begins, unless it began within this time already. A conditional UPDATE whose count decides."""
        if not self.filter(pk=kind).exists():
            self.bulk_create([Heartbeat(name=kind, kind=kind)], ignore_conflicts=True)
        before = Q(begun_at__isnull=True) | Q(begun_at__lte=clock.after(-not_within))
        return bool(self.filter(before, pk=kind).update(begun_at=clock.Now()))

    def done(self, kind: str) -> None:
        """The round came to its end."""
        self.beat(kind, kind, clock_offset_ms=0)


class Heartbeat(models.Model):
    """The latest sign of life of a process, or of a round that comes again and again."""

    class Kind(models.TextChoices):
        """Processes, then rounds: who is due, letters to send, letters to write, names to erase."""

        WORKER = "worker"
        BEAT = "beat"
        SWEEP = "sweep"
        MAIL = "mail"
        REMINDERS = "reminders"
        ERASURE = "erasure"

    name = models.CharField(primary_key=True, max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    begun_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    clock_offset_ms = models.BigIntegerField(default=0)

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
