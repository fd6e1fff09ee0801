"""Which process holds a lease, and whether it is still there: `host:pid:start`.

A process id comes back, in a container that is started again even at once; with the moment of its start it does not.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


def me() -> str:
    """The name of this process; a child that was forked off has another one."""
    return f"{socket.gethostname()}:{os.getpid()}:{_mine(os.getpid())}"


def is_gone(name: str) -> bool:
    """Whether the process of this name ended. False for one of another machine, of which nothing is known here."""
    host, pid, start = [*name.rsplit(":", 2), "", ""][:3]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    return _started(int(pid)) != start


@cache
def _mine(pid: int) -> str:
    return _started(pid) or ""


def _started(pid: int) -> str | None:
    """When the process began, in ticks since the machine did; empty where the system does not say; None: not there."""
    if not Path("/proc/self/stat").exists():
        return "" if _answers(pid) else None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]  # a zombie has ended; proc(5): field 22 is the start


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
