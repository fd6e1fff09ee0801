"""Keeping the world over a restart: one file, written aside and put in place, at intervals and at the end.

Nobody can change the world while it is being written. With a hundred thousand people that takes seconds, so a large
world is written by a copy of this process (fork), which alone stands still.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import threading
import time
from pathlib import Path

from .world import World

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds between two looks whether something changed
MAX_SHARE = 20  # saving takes at most one part of so many of the time
COPY_FROM = 0.5  # seconds: what takes longer to write is written by a copy from then on
MAX_COPY_TIME = 600.0  # seconds for a copy
OPEN_FILES = 65536


def load(path: Path) -> World | None:
    """The world of the file; None where there is no file, or one of another version of this program."""
    try:
        with path.open("rb") as file:
            found = pickle.load(file)  # noqa: S301  (the sandbox's own file)
    except FileNotFoundError:
        return None
    except Exception as error:
        log.warning("%s cannot be read, beginning anew: %s", path, error)
        return None
    return found if isinstance(found, World) else None


class Keeper:
    """Writes the world whenever it has changed."""

    def __init__(self, world: World, path: Path) -> None:
        self.world, self.path = world, path
        self._saved = -1
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="keeper")

    def start(self) -> None:
        """Write the world whenever it has changed, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and write the last change."""
        self._end.set()
        self._thread.join(30)
        self.save()

    def save(self, *, by_copy: bool = False) -> None:
        """Write the world now, if something changed; `by_copy` lets the world go on meanwhile."""
        with self._lock:
            with self.world.lock:
                if self._saved == self.world.version:
                    return
                version = self.world.version
                child = self._fork() if by_copy else self._write()
            if child and not ended_well(child):
                with self.world.lock:
                    version = self.world.version
                    self._write()
            self._saved = version

    def _write(self) -> int:
        os.replace(self._written(".new"), self.path)
        return 0

    def _written(self, suffix: str) -> Path:
        aside = self.path.with_suffix(suffix)
        aside.write_bytes(pickle.dumps(self.world, pickle.HIGHEST_PROTOCOL))
        aside.chmod(0o600)
        return aside

    def _fork(self) -> int:
        """The copy's process id; it has this thread alone and lets go of what the others hold: clients' connections."""
        parent, child = os.getpid(), os.fork()
        if child:
            return child
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            os.closerange(3, OPEN_FILES)
            gc.disable()  # looking through everything would copy the memory for nothing
            aside = self._written(".copy")
            if os.getppid() == parent:  # else another run may have the file by now
                os.replace(aside, self.path)
                status = 0
        finally:
            os._exit(status)

    def _run(self) -> None:
        pause, large = LOOK_EVERY, False
        while not self._end.wait(pause):
            began = time.monotonic()
            try:
                self.save(by_copy=large)
            except Exception:
                log.exception("the world could not be kept")
            took = time.monotonic() - began
            large = large or took > COPY_FROM
            pause = max(LOOK_EVERY, took * MAX_SHARE)


def ended_well(child: int) -> bool:
    """Wait for a process of ours; one that takes MAX_COPY_TIME is ended."""
    until = time.monotonic() + MAX_COPY_TIME
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False
