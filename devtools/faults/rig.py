"""One stack with everything between its programs in our hands: lines, far side, database, broker, clocks."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from devtools.faults import far as far_side
from devtools.faults.commits import Journal
from devtools.faults.points import Gate
from devtools.faults.server import Server
from devtools.faults.wire import Wire
from devtools.robots.people import StaffMember
from devtools.stack import ports
from devtools.stack.sandbox_control import SandboxControl
from devtools.stack.stack import Stack, StackOptions

PROGRAMS = ("web", "worker", "beat")
QUICK = {"SWEEP_SECONDS": "1", "LEASE_SECONDS": "5", "QUIET_SECONDS": "2", "QUIET_LOOKS": "2"}
"""A killed worker is missed after seconds, as in the flows."""
PRODUCTION = {"SWEEP_SECONDS": "5", "LEASE_SECONDS": "60", "QUIET_SECONDS": "300", "QUIET_LOOKS": "5"}
SPEED = 600.0
PACE = 30.0
QUEUE = "celery"
LOOK, STOOD = 0.5, 5.0
"""Seconds between two looks at our own stopwatch, and those from which a machine stood still."""
MOST_COPIED = 20
"""Messages that are put into the queue again at a time, so that it can be emptied."""
PEOPLE = ("alice", "bob", "carol")


@dataclass(frozen=True)
class RigOptions:
    """How the stack of a group of experiments should be."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(QUICK))
    pace: float = PACE
    speed: float = SPEED
    own_disk: bool = False
    threads: int = 8
    """Of the worker."""


class Rig:
    """Start with `running`. In between whatever was made to fail is ended by `mend`."""

    def __init__(self, folder: Path, server: Server, options: RigOptions) -> None:
        self.server, self.options = server, options
        self.database = f"rig_{secrets.token_hex(4)}"
        self.environments: dict[str, dict[str, str]] = {name: {} for name in PROGRAMS}
        self.stack = Stack(
            StackOptions(
                folder,
                database_url=server.url(self.database),
                web_workers=2,
                pace=options.pace,
                speed=options.speed,
                seed=1,
                environment={"WORKER_THREADS": str(options.threads), **options.environment},
                environments=self.environments,
            )
        )
        self.gate, self.web_gate = Gate(), Gate()
        self.commits, self.web_commits = Journal(self.gate), Journal(self.web_gate)
        self.far = far_side.Far(self.stack.sandbox_port, {"worker": self.gate, "web": self.web_gate})
        taps = {"worker": self.commits.tap, "web": self.web_commits.tap}
        self.to_database = {name: Wire(server.socket, tap=taps.get(name)) for name in PROGRAMS}
        self.to_broker = {name: Wire(self.stack.broker_port) for name in PROGRAMS}
        self.staff: dict[str, StaffMember] = {}
        self.live_since: dict[int, float] = {}
        """When each customer was first seen live."""
        self.restarted: list[str] = []
        """What ended by itself and was started anew."""
        self._down: set[str] = set()
        self._extra: list[str] = []
        self._stood, self._over = 0.0, threading.Event()

    @property
    def sandbox(self) -> SandboxControl:
        """What a person would prepare and inspect at Microsoft and Haiilo."""
        return self.stack.sandbox

    @property
    def lease_seconds(self) -> float:
        """How long a worker that says nothing is believed to live."""
        return float(self.options.environment["LEASE_SECONDS"])

    def standstill(self) -> float:
        """Seconds for which this machine did not let us run since the last call: what fell into it says little."""
        found, self._stood = self._stood, 0.0
        return found

    def _watch(self) -> None:
        before = time.monotonic()
        while not self._over.wait(LOOK):
            now = time.monotonic()
            self._stood += now - before if now - before > STOOD else 0.0
            before = now

    def start(self) -> None:
        """Bring everything up, and let three members of staff sign in."""
        self.server.create(self.database)
        for name in PROGRAMS:
            self.environments[name] = {
                "DATABASE_URL": self.server.url(self.database, self.to_database[name].port),
                "REDIS_URL": f"redis://{ports.HOST}:{self.to_broker[name].port}/0",
                "SANDBOX_URL": self._door(name),
            }
            self.to_database[name].start()
            self.to_broker[name].start()
        self.stack.start()
        threading.Thread(target=self._watch, daemon=True).start()
        for name in PEOPLE:
            self.staff[name] = self.new_member(name)

    def _door(self, name: str) -> str:
        port = ports.free()
        self.far.door(name, port)
        return f"http://{ports.HOST}:{port}"

    def stop(self) -> None:
        """End everything."""
        self._over.set()
        self.gate.let_go()
        self.web_gate.let_go()
        self.stack.stop()
        self.far.stop()
        for wire in (*self.to_database.values(), *self.to_broker.values()):
            wire.stop()

    def new_member(self, name: str) -> StaffMember:
        """One more person of the portfolio, signed in."""
        path = self.stack.folder / f"password-{name}"
        path.write_text(secrets.token_urlsafe(18) + "\n")
        who = ("--user-name", name, "--password-file", str(path), "--portfolio", "Faults")
        self.stack.manage("add_staff", *who, "--name", name.title(), "--email", f"{name}@haiilo.example")
        return self.session(name)

    def session(self, name: str) -> StaffMember:
        """Another browser of somebody who is there already, signed in."""
        member = StaffMember(self.stack.public_url)
        member.sign_in(name, (self.stack.folder / f"password-{name}").read_text().strip())
        return member

    # Rows

    def sql(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the product's database, read past every line that is cut."""
        return self.server.ask(self.database, query, *values)

    # The broker's own side, past every line that is cut

    def broker(self) -> redis.Redis:
        """The broker itself."""
        return redis.Redis(host=ports.HOST, port=self.stack.broker_port, socket_timeout=5)

    def multiply_messages(self, times: int, chance: random.Random) -> int:
        """Put messages that wait into the queue `times` times, in any order; how many there are then."""
        with contextlib.closing(self.broker()) as broker:
            waiting = broker.lrange(QUEUE, 0, MOST_COPIED - 1)
            copies = list(waiting) * (times - 1)
            chance.shuffle(copies)
            return int(broker.rpush(QUEUE, *copies)) if copies else 0

    # Programs

    def kill(self, name: str) -> None:
        """SIGKILL to a program and its processes."""
        self._down.add(name)
        self.stack.kill(name)

    def again(self, name: str) -> None:
        """Start a killed program anew."""
        self.stack.restart(name)
        self._down.discard(name)

    def restart_ended(self) -> None:
        """Start anew what ended by itself, as compose does; a worker that hears nothing ends for that."""
        for name in set(self.stack.fallen()) - self._down:
            self.restarted.append(name)
            self.again(name)

    def freeze(self, name: str) -> None:
        """SIGSTOP to a program and its processes."""
        os.killpg(self.stack.pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT after `freeze`."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.stack.pid(name), signal.SIGCONT)

    def add(self, name: str, like: str) -> None:
        """One more worker or beat."""
        self.environments[name] = self.environments[like]
        self.stack.add(name, like)
        self._extra.append(name)

    def end_politely(self, name: str) -> None:
        """SIGTERM, without waiting for what comes of it."""
        self._down.add(name)
        os.killpg(self.stack.pid(name), signal.SIGTERM)

    def terminate(self, name: str) -> None:
        """SIGTERM, and SIGKILL to what is left after a while."""
        self._down.add(name)
        self.stack.terminate(name)

    def running(self, name: str) -> bool:
        """Whether a program is still there."""
        return name not in self.stack.fallen()

    def wires(self, to: str) -> list[Wire]:
        """All lines to the database or to the broker."""
        return list((self.to_database if to == "database" else self.to_broker).values())

    def mend(self) -> None:
        """End what was made to fail: points, rules, lines, programs that are down or too many."""
        self.gate.let_go()
        self.web_gate.let_go()
        self.commits.lose = False
        self.commits.holds.clear()
        self.web_commits.holds.clear()
        self.far.clear()
        self.sandbox.release()
        for wire in (*self.wires("database"), *self.wires("broker")):
            wire.mend()
        for name in self._extra:
            self.stack.remove(name)
            self._down.discard(name)
        self._extra.clear()
        if not self.server.pid:
            self.server.start()
        for name in self.stack.fallen():
            self.again(name)


@contextlib.contextmanager
def running(folder: Path, server: Server, options: RigOptions) -> Iterator[Rig]:
    """A rig until the block ends."""
    made = Rig(folder, server, options)
    try:
        made.start()
        yield made
    finally:
        made.stop()
