"""Keeps the leases of a process: renewed while their runs show life, given back when a process ends or has ended.

A lease is short, so that a worker that dies is missed soon; a call to Microsoft may take longer than a lease. So a
thread of the process renews what the process holds, but only for runs that have begun a request or a step lately. A
process that was stopped and wakes up finds out by its next renewal whether it was taken for dead.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections

from onboarding.engine import lanes, process
from onboarding.engine.lanes import Lane
from onboarding.engine.waits import MOST_COUNTED, OUR_FAULTS, after_our_faults
from onboarding.models import Onboarding
from onboarding.models.onboarding import Lease, LeaseLost

log = logging.getLogger("onboarding.engine")

MOMENT = 2.0  # seconds without a sign of life after which a run hangs, and must not hold up others
LOOK_EVERY = 0.5  # seconds, while there is something to look after
CHECKED_WITHIN = 15.0  # seconds: so old may the last proof of the lease be when a change is sent
DRAIN_SECONDS = 45.0  # how long runs may go on after the process was asked to end; compose waits for 60
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class HeldLease:
    """A lease in the hands of the run that claimed it."""

    def __init__(self, lease: Lease, lane: Lane | None = None) -> None:
        self.lease, self.lane = lease, lane
        self.proved = self._alive = time.monotonic()

    def sign_of_life(self) -> None:
        """The run goes on."""
        self._alive = time.monotonic()

    def silent_for(self) -> float:
        """Seconds since the last sign of life."""
        return time.monotonic() - self._alive

    def before_request(self, method: str) -> None:
        """A sign of life, and the proof that a change needs: a lease that was ours a moment ago. Raises `LeaseLost`."""
        self.sign_of_life()
        third = settings.LEASE_SECONDS / 3
        if time.monotonic() - self.proved > (third if method.upper() in SAFE else min(third, CHECKED_WITHIN)):
            self.renew()

    def renew(self) -> None:
        """Prolong the lease. Raises `LeaseLost`."""
        if not self.try_to_renew():
            raise LeaseLost(f"onboarding {self.lease.onboarding_id}")

    def try_to_renew(self) -> bool:
        """Prolong the lease; False when it was lost."""
        asked = time.monotonic()  # before it is asked: what sleeps in between has proved nothing
        renewed = Onboarding.objects.renew(self.lease)
        if renewed:
            self.proved = asked
        return renewed


class LeaseKeeper:
    """Looks after the leases that this process holds. Thread-safe."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._held: set[HeldLease] = set()
        self._owed: list[Lease] = []
        self._looked_for_the_gone: float | None = None
        self._ends_at: float | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look after leases, in a thread of its own; a worker does, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, name="lease-keeper", daemon=True)
            self._thread.start()

    @contextmanager
    def holding(self, held: HeldLease) -> Iterator[HeldLease]:
        """Look after this lease meanwhile."""
        with self._change:
            if not self._held:
                self._change.notify()  # with something to look after, it looks often enough by itself
            self._held.add(held)
        try:
            yield held
        finally:
            with self._change:
                self._held.discard(held)

    def postpone(self, lease: Lease) -> None:
        """End a run that failed by a fault of ours. Where the database cannot even keep that, it is told later."""
        try:
            _postpone(lease)
        except OUR_FAULTS:
            with self._change:
                self._owed.append(lease)
                self._change.notify()

    def drain(self) -> None:
        """The process is asked to end: runs end with the step that they are at, and are given back at last. May be
        called by a signal handler.
        """
        self._ends_at = time.monotonic() + DRAIN_SECONDS

    @property
    def is_draining(self) -> bool:
        """Whether the process is about to end."""
        return self._ends_at is not None

    def look(self) -> None:
        """Look after everything once. Raises what the database raises."""
        held = self._all()
        if self._ends_at is not None:
            lanes.here().close()
        for each in held:
            if each.lane is not None and each.silent_for() > MOMENT:
                each.lane.give_back()
        self._settle()
        self._renew_or_end(held)
        self._give_back_what_the_gone_held()

    def _all(self) -> list[HeldLease]:
        with self._change:
            return list(self._held)

    def _go_on(self) -> None:
        while True:
            try:
                close_old_connections()
                self.look()
            except OUR_FAULTS as error:
                log.warning("leases could not be kept: %s", type(error).__name__)
            except Exception:  # a process without its keeper would lose every lease in mid-run
                log.exception("leases could not be kept")
            with self._change:
                busy = self._held or self._owed
                self._change.wait(LOOK_EVERY if busy else settings.LEASE_SECONDS / 4)

    def _renew_or_end(self, held: list[HeldLease]) -> None:
        """Renew what is due to be. A run that is silent for longer than the longest call is left to end."""
        over = self._ends_at is not None and time.monotonic() > self._ends_at
        for each in held:
            if over:
                Onboarding.objects.take_back(each.lease)
            elif (
                time.monotonic() - each.proved > settings.LEASE_SECONDS / 4
                and each.silent_for() < settings.RUN_SILENT_SECONDS
            ):
                each.try_to_renew()

    def _settle(self) -> None:
        while self._owed:
            _postpone(self._owed[0])
            with self._change:
                self._owed.pop(0)

    def _give_back_what_the_gone_held(self) -> None:
        now, last = time.monotonic(), self._looked_for_the_gone
        if last is not None and now - last < settings.LEASE_SECONDS / 4:
            return
        for lease, name in Onboarding.objects.leased():
            if process.is_gone(name):
                log.info("onboarding %s: its worker is gone, its lease is given back", lease.onboarding_id)
                Onboarding.objects.take_back(lease)
        self._looked_for_the_gone = now


def _postpone(lease: Lease) -> None:
    failures = min(lease.own_failures + 1, MOST_COUNTED)
    Onboarding.objects.release(lease, after=after_our_faults(lease.own_failures), own_failures=failures)


keeper = LeaseKeeper()
"""That of this process."""
