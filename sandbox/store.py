"""Keeping the world over a restart: one file, written aside and put in place, at intervals and at the end."""

from __future__ import annotations

import logging
import os
import pickle
import threading
import time
from pathlib import Path

from .world import World

log = logging.getLogger(__name__)
EVERY = 1.0  # seconds between two looks whether something changed
SHARE = 20  # saving takes at most one part of so many of the time


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
        """Until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Write the last change."""
        self._end.set()
        self._thread.join(30)
        self.save()

    def save(self) -> None:
        """Now, if something changed."""
        with self._lock, self.world.lock:
            if self._saved == self.world.version:
                return
            version, data = self.world.version, pickle.dumps(self.world, pickle.HIGHEST_PROTOCOL)
            aside = self.path.with_suffix(".new")
            aside.write_bytes(data)
            aside.chmod(0o600)
            os.replace(aside, self.path)
            self._saved = version

    def _run(self) -> None:
        pause = EVERY
        while not self._end.wait(pause):
            began = time.monotonic()
            try:
                self.save()
            except Exception:
                log.exception("the world could not be kept")
            pause = max(EVERY, (time.monotonic() - began) * SHARE)
