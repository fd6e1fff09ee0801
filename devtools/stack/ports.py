"""Free ports on loopback."""

from __future__ import annotations

import socket
from dataclasses import dataclass

HOST = "127.0.0.1"
HOW_FAR = 50


class NoFreePort(RuntimeError):
    """The preferred port and the fifty after it are taken."""


@dataclass(frozen=True)
class Port:
    """A port that was free a moment ago; `note` says what a person should know when it is another than preferred."""

    number: int
    note: str = ""


def free() -> int:
    """Any free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(number: int) -> bool:
    """Whether nobody listens there, on loopback or on all addresses."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, number)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else a port we just left counts as taken
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True


def choose(preferred: int, purpose: str, *, taken: frozenset[int] = frozenset()) -> Port:
    """The preferred port, else the next free one with a note. 0 means any. Raises NoFreePort."""
    if preferred == 0:
        return Port(free())
    for number in range(preferred, preferred + HOW_FAR + 1):
        if number in taken or not is_free(number):
            continue
        if number == preferred:
            return Port(number)
        return Port(number, f"Port {preferred} for the {purpose} is taken by another program; using {number} instead.")
    raise NoFreePort(f"Ports {preferred} to {preferred + HOW_FAR} for the {purpose} are all taken. Free one of them.")
