"""Putting the sandbox together: world, Graph, login, Haiilo, engine, two ports."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from waitress import create_server

from . import haiilo, provisioning
from .clock import Clock
from .contract import Contract
from .control import service as control
from .front import Front
from .graph.service import Graph
from .login import keys
from .moods import Moods
from .store import Keeper, load
from .world import World

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
THREADS, CONTROL_THREADS = 24, 6
BACKLOG = 256
LAST_ANSWERS = 2.0  # seconds for answers under way when it ends


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
        self.moods = Moods(self.world)
        self.graph = Graph(self.world, self.moods, Contract())
        front = Front(self.world, self.graph, self.moods, [haiilo.blueprint(self.world)])
        self._servers = [
            _server(front, port, THREADS),
            _server(control.application(self.world, self.moods), control_port, CONTROL_THREADS),
        ]
        self.port, self.control_port = (int(each.effective_port) for each in self._servers)
        self.world.hosts = {"*": self.url}
        self.world.engine = provisioning.Engine(self.world, self.world.clock)
        self._stopping = False
        self._keeper = Keeper(self.world, state) if state else None

    @property
    def url(self) -> str:
        """The protocol port."""
        return f"http://{HOST}:{self.port}"

    @property
    def control_url(self) -> str:
        """The control port."""
        return f"http://{HOST}:{self.control_port}"

    def start(self) -> None:
        """Both ports answer when this returns."""
        for server in self._servers:
            threading.Thread(target=self._serve, args=(server,), daemon=True, name="server").start()
        self.world.engine.start()
        if self._keeper:
            self._keeper.start()

    def _serve(self, server: Any) -> None:
        try:
            server.run()
        except OSError:
            if not self._stopping:  # closing pulls the sockets away from under the loop
                raise

    def stop(self) -> None:
        """No more answers, and the world is kept."""
        self._stopping = True
        self.moods.release()
        self.world.engine.stop()
        for server in self._servers:
            server.task_dispatcher.shutdown(timeout=LAST_ANSWERS)  # an answer under way still needs the loop
            server.close()
        if self._keeper:
            self._keeper.stop()


def _server(application: Any, port: int, threads: int) -> Any:
    """waitress: one buffered write for an answer, TCP_NODELAY by default, a long backlog (FEASIBILITY 3)."""
    return create_server(
        application,
        host=HOST,
        port=port,
        threads=threads,
        backlog=BACKLOG,
        clear_untrusted_proxy_headers=True,
        ident="",
        connection_limit=1000,
        channel_timeout=300,
    )
