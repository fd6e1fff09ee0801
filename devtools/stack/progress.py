"""A line about what takes longer than a second. Written to stderr: stdout belongs to results. Standard library only."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SHOWN_AFTER = 1.0  # seconds


def say(text: str) -> None:
    """One line, at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextmanager
def doing(text: str) -> Iterator[None]:
    """Show `text` with the seconds that passed while the block runs, once it has taken longer than a second."""
    started, over = time.monotonic(), threading.Event()
    line = threading.Thread(target=_tick, args=(text, started, over), daemon=True)
    line.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        over.set()
        line.join()
        seconds = time.monotonic() - started
        if seconds >= SHOWN_AFTER:
            _write(f"{text} … {outcome} {seconds:.1f} s", last=True)


def _tick(text: str, started: float, over: threading.Event) -> None:
    """On a terminal one line that counts; elsewhere one line when it starts to take long."""
    if over.wait(SHOWN_AFTER):
        return
    if not sys.stderr.isatty():
        say(f"{text} …")
        return
    while True:
        _write(f"{text} … {time.monotonic() - started:.0f} s", last=False)
        if over.wait(0.5):
            return


def _write(text: str, *, last: bool) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if last else ""))
        sys.stderr.flush()
    elif last:
        say(text)
