"""A line between two programs that can be cut, frozen and slowed down, as a TCP proxy on loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol

from devtools.stack import ports
from devtools.stack.ports import HOST

CHUNK = 65536
BACKLOG = 128
CONNECTING = 5.0  # seconds
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with which a close sends RST, as a machine does that has lost its memory of the connection."""


class Tap(Protocol):
    """Reads along on one connection. Both may wait, which holds up that direction."""

    def sent(self, data: bytes) -> bytes:
        """What the client has sent; returns what the server gets of it. Raises ConnectionError to end both sides."""

    def answered(self, data: bytes) -> bytes:
        """What the server has answered; returns what the client gets of it."""


class Wire:
    """Start with `start`, end with `stop`; in between `cut`, `freeze` and `delay`, each ended by `mend`.

    `target` is a port on loopback or the path of a Unix socket. `tap` makes a reader for each connection.
    """

    def __init__(self, target: int | str, *, tap: Callable[[], Tap] | None = None) -> None:
        self._target, self._tap = target, tap
        self._open, self._go = threading.Event(), threading.Event()
        self._open.set()
        self._go.set()
        self._delay = 0.0
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._half: set[tuple[socket.socket, socket.socket]] = set()
        """Those of which one side has said its last word."""
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.port = ports.free()

    def start(self) -> None:
        """Listen, until `stop`."""
        self._listener = socket.create_server((HOST, self.port), backlog=BACKLOG)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True, name=f"wire {self.port}").start()

    def stop(self) -> None:
        """Close everything."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._go.set()
        self.break_connections()

    # What goes wrong

    def cut(self) -> None:
        """Reset every connection, and each new one."""
        self._open.clear()
        self.break_connections()

    def break_connections(self) -> None:
        """Reset every connection; new ones are taken."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair)

    def freeze(self) -> None:
        """Take connections and bytes, and pass nothing on."""
        self._go.clear()

    def delay(self, seconds: float) -> None:
        """Pass everything on that much later, in both directions."""
        self._delay = seconds

    def mend(self) -> None:
        """Let everything through again."""
        self._delay = 0.0
        self._open.set()
        self._go.set()

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._pairs)

    # How it works

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            if not self._open.is_set():
                raise ConnectionResetError
            self._go.wait()
            server = self._connect()
        except OSError:
            _reset(client)
            return
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        tap = self._tap() if self._tap else None
        for one, other, change in (
            (client, server, tap.sent if tap else None),
            (server, client, tap.answered if tap else None),
        ):
            threading.Thread(target=self._pump, args=(pair, one, other, change), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection((HOST, self._target), timeout=CONNECTING)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.connect(self._target)
        except OSError:
            made.close()
            raise
        return made

    def _pump(
        self,
        pair: tuple[socket.socket, socket.socket],
        source: socket.socket,
        sink: socket.socket,
        change: Callable[[bytes], bytes] | None,
    ) -> None:
        source.settimeout(None)
        try:
            while data := source.recv(CHUNK):
                if self._delay:
                    time.sleep(self._delay)
                self._go.wait()
                sink.sendall(change(data) if change else data)
            if not self._lasts(pair):
                return  # it is being reset, and no last word may come before that
            sink.shutdown(socket.SHUT_WR)  # what is on its way in the other direction still comes
        except OSError:
            self._end(pair)
            return
        with self._lock:
            over = pair in self._half
            self._half.symmetric_difference_update({pair})
        if over:
            self._end(pair)

    def _lasts(self, pair: tuple[socket.socket, socket.socket]) -> bool:
        with self._lock:
            return pair in self._pairs

    def _end(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
            self._half.discard(pair)
        for each in pair:
            _reset(each)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        if end.family == socket.AF_INET:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RD)  # wakes who reads here; the word to the other side is the reset
    with contextlib.suppress(OSError):
        end.close()
