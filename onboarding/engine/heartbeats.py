"""The thread beside each process's work: it says that the process lives, and does what nobody else does.

A process that can be helped by nothing but a new start ends itself, so that whoever runs it starts it again.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from celery.worker import state as celery_state
from django.conf import settings
from django.db import Error, close_old_connections
from kombu.exceptions import OperationalError

from onboarding.engine import beat, bell, hands, process, pulse
from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat, clock

log = logging.getLogger("onboarding.pulse")

ENDED = 70  # the exit status of a process that ends itself: EX_SOFTWARE
LONGEST_REQUEST = 120.0  # seconds; database, broker and mail server are all given up much sooner
GRACE = 60.0  # seconds for an orderly end
TOLD_EVERY = 60.0  # seconds
FORGOTTEN_AFTER = timedelta(days=7)


def name_of(kind: str) -> str:
    """This process's own row."""
    return f"{kind}:{process.me()}"


class Thread(threading.Thread):
    """Ticks as often as the sweep comes, until `stop`. A tick that fails is said, and the next one comes."""

    def __init__(self) -> None:
        super().__init__(name="pulse", daemon=True)
        self._over = threading.Event()
        self._told = False

    def run(self) -> None:
        """Tick."""
        while not self._over.is_set():
            close_old_connections()
            try:
                self.tick()
                self._told = False
            except Error as problem:
                self._tell_once(problem)
            except Exception:
                log.exception("a tick failed")
            self._over.wait(settings.SWEEP_SECONDS)

    def _tell_once(self, problem: Error) -> None:
        if not self._told:
            log.warning("no sign of life can be given, the database does not answer: %s", type(problem).__name__)
        self._told = True

    def stop(self) -> None:
        """No further tick."""
        self._over.set()

    def tick(self) -> None:
        """What is to be done each time."""
        raise NotImplementedError


def _live(kind: str) -> None:
    offset = clock.host_offset()
    Heartbeat.objects.beat(name_of(kind), kind, clock_offset_ms=round(offset.total_seconds() * 1000))


class Worker(Thread):
    """A worker lives. It does what is overdue itself: the rounds, and where no message comes, the customers."""

    def __init__(self, rounds: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self._rounds = rounds
        self._heard = time.monotonic()
        self._deaf = 0
        self._told_of: dict[str, float] = {}

    def heard(self) -> None:
        """A message has reached this process."""
        self._heard = time.monotonic()

    def tick(self) -> None:
        """Say so, help, and end where this process has become deaf."""
        _live(Kind.WORKER)
        for kind, limit in pulse.overdue():
            if Heartbeat.objects.begin(kind, not_within=limit):
                self._help(kind)
        if self._silence() > 3 * settings.SWEEP_SECONDS:
            hands.take_due()
        self._end_when_deaf()

    def _help(self, kind: str) -> None:
        """A line for the first time, and then each minute: beat may be silent for a weekend."""
        if time.monotonic() - self._told_of.get(kind, 0.0) > TOLD_EVERY:
            log.warning("%s is overdue; this worker does it", kind)
            self._told_of[kind] = time.monotonic()
        hands.do(kind, self._rounds[kind])

    def _silence(self) -> float:
        return time.monotonic() - self._heard

    def _end_when_deaf(self) -> None:
        """Messages wait, nothing is done here, and none comes: such a worker never hears again (celery #8030)."""
        deaf = self._silence() > 12 * settings.SWEEP_SECONDS and not celery_state.active_requests and _are_waiting()
        self._deaf = self._deaf + 1 if deaf else 0
        if self._deaf >= 3:
            end(f"messages wait, and none has reached this worker for {self._silence():.0f} s")
            self.stop()


class Beat(Thread):
    """Beat lives as long as its loop goes round."""

    def tick(self) -> None:
        """Say so, or end."""
        stands = time.monotonic() - beat.Scheduler.ticked
        if stands > max(GRACE, 12 * settings.SWEEP_SECONDS):
            end(f"beat's loop has stood still for {stands:.0f} s")
            self.stop()
        else:
            _live(Kind.BEAT)


class Web(Thread):
    """A web process writes nothing; it rings for the rounds that are overdue, and ends where a request of it hangs."""

    def __init__(self, oldest_request: Callable[[], float]) -> None:
        super().__init__()
        self._oldest_request = oldest_request

    def tick(self) -> None:
        """Look and ring, or end."""
        if self._oldest_request() > LONGEST_REQUEST:
            end(f"a request has been going on for {self._oldest_request():.0f} s")
            self.stop()
            return
        clock.now()  # measures this host's clock, and tells where it is off
        for kind, _limit in pulse.overdue():
            try:
                bell.ring_if_room(settings.CELERY_BEAT_SCHEDULE[kind]["task"])
            except OperationalError:
                return  # the workers help themselves


def forget_the_dead() -> None:
    """Remove the rows of processes that ended long ago."""
    gone = Heartbeat.objects.filter(kind__in=[Kind.WORKER, Kind.BEAT], at__lt=clock.after(-FORGOTTEN_AFTER))
    gone.delete()


def _are_waiting() -> bool:
    try:
        return bool(bell.waiting())
    except OperationalError:
        return False


def end(why: str) -> None:
    """End this process: orderly, and after `GRACE` seconds in any case."""
    log.critical("%s; this process ends, to be started anew", why)
    impatient = threading.Timer(GRACE, os._exit, (ENDED,))
    impatient.daemon = True
    impatient.start()
    os.kill(os.getpid(), signal.SIGTERM)
