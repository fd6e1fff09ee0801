"""Celery's beat, so that it never waits for the broker and sends no more than can be taken up. It keeps no file."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import beat
from kombu.exceptions import OperationalError

from onboarding.engine import bell

log = logging.getLogger("onboarding.pulse")


class Scheduler(beat.Scheduler):
    """Rings for each round when its time has come."""

    producer: Any = None  # Celery's own would wait for the broker
    ticked = time.monotonic()  # when the loop last came round, in this process

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One turn of the loop; how long to wait for the next."""
        Scheduler.ticked = time.monotonic()
        return float(super().tick(*args, **kwargs))

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Ring for one round. A broker that does not answer costs this round, or less: the workers look for it."""
        try:
            bell.ring_if_room(entry.task)
        except OperationalError as problem:
            log.warning("%s is not rung for: %s", entry.name, problem)
