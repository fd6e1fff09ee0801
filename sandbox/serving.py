"""HTTP servers on this machine that leave no socket open when they end."""

from __future__ import annotations

import socket
import threading
from typing import Any

from waitress import create_server
from waitress.channel import HTTPChannel

HOST = "127.0.0.1"
BACKLOG = 256
LAST_ANSWERS = 2.0
"""Seconds that answers under way have when the server ends."""


class Server:
    """A WSGI application on a port of its own; a port of 0 is chosen by the system."""

    def __init__(self, application: Any, port: int = 0, *, threads: int = 4) -> None:
        """Bind the port. Raises OSError, and leaves nothing open, where the port is taken.

        waitress writes an answer in one piece, sets TCP_NODELAY, and takes a long backlog:
        https://docs.pylonsproject.org/projects/waitress/en/stable/arguments.html
        """
        self._map: dict[int, Any] = {}
        self._thread: threading.Thread | None = None
        listener = _bound(port)
        self.port = int(listener.getsockname()[1])
        self._waitress: Any = create_server(
            application,
            map=self._map,
            sockets=[listener],
            threads=threads,
            backlog=BACKLOG,
            clear_untrusted_proxy_headers=True,
            ident="",
            connection_limit=1000,
            channel_timeout=300,
        )

    @property
    def url(self) -> str:
        """The address at which the server answers."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Answer in a thread, until `stop`."""
        self._thread = threading.Thread(target=self._waitress.run, daemon=True, name=f"server {self.port}")
        self._thread.start()

    def stop(self) -> None:
        """Let answers under way go, then close the listener and every connection."""
        self._waitress.task_dispatcher.shutdown(timeout=LAST_ANSWERS)
        if self._thread is None:
            self._close()
            return
        # In the loop's own thread: a socket that is closed under a waiting select ends the loop with an error, and
        # the connections that the loop still held stay open until somebody's garbage collection warns of them.
        self._waitress.trigger.pull_trigger(self._close)
        self._thread.join()

    def _close(self) -> None:
        try:
            for each in list(self._map.values()):
                if isinstance(each, HTTPChannel):
                    each.handle_write()  # the end of an answer that a worker has just written
                    each.handle_close()
                else:
                    each.close()
        finally:
            self._map.clear()  # what ends the loop


def _bound(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
    except OSError:
        made.close()
        raise
    return made
