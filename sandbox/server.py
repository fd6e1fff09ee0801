"""Putting the sandbox together: world, Graph, login, Haiilo, engine, two ports."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from . import haiilo, provisioning
from .chaos import Chaos
from .clock import Clock
from .contract import Contract
from .control import service as control
from .front import Front
from .graph.service import Graph
from .login import keys
from .serving import Server
from .store import Keeper, load
from .world import World

THREADS, CONTROL_THREADS = 24, 6


class Sandbox:
    """A running sandbox; ports of 0 are chosen by the system. Start with `start`, end with `stop`."""

    def __init__(
        self,
        *,
        port: int = 0,
        control_port: int = 0,
        speed: float = 1.0,
        state: Path | None = None,
        seed: int = 0,
    ) -> None:
        self.world = (load(state) if state else None) or World(Clock(speed), seed=seed)
        self.world.clock.speed = speed
        if not self.world.keys:
            keys.roll(self.world)
        self.chaos = Chaos(self.world)
        self.graph = Graph(self.world, self.chaos, Contract())
        front = Front(self.world, self.graph, self.chaos, [haiilo.blueprint(self.world)])
        self._protocol = Server(front, port, threads=THREADS)
        try:
            self._control = Server(control.application(self.world, self.chaos), control_port, threads=CONTROL_THREADS)
        except OSError:
            self._protocol.stop()
            raise
        self.port, self.control_port = self._protocol.port, self._control.port
        self.world.hosts = {"*": self.url}
        self.world.engine = provisioning.Engine(self.world, self.world.clock)
        self._keeper = Keeper(self.world, state) if state else None

    @property
    def url(self) -> str:
        """The address of the protocol port."""
        return self._protocol.url

    @property
    def control_url(self) -> str:
        """The address of the control port."""
        return self._control.url

    def __enter__(self) -> Self:
        """Start, and stop at the end of the block."""
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()

    def start(self) -> None:
        """Both ports answer when this returns."""
        self._protocol.start()
        self._control.start()
        self.world.engine.start()
        if self._keeper:
            self._keeper.start()

    def stop(self) -> None:
        """End every answer and connection, and keep the world."""
        self.chaos.release()
        self.world.engine.stop()
        self._protocol.stop()
        self._control.stop()
        if self._keeper:
            self._keeper.stop()
