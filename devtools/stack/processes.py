"""Child processes under supervision: started in their own process group, waited for, ended in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.stack.progress import doing, say

GRACE = 10.0  # seconds between the polite and the impolite end
POLL = 0.05


class DidNotStart(RuntimeError):
    """A child ended or stayed unhealthy; the message carries the end of its log."""


@dataclass(frozen=True)
class Program:
    """What to start. `healthy` is asked until it says yes; it may raise OSError meanwhile."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    healthy: Callable[[str], bool]
    """Gets what the child has written to its log since it was started."""
    within: float = 30.0


class Child:
    """One running program."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.log = folder / f"{program.name}.log"
        self._note = folder / f"{program.name}.pid"
        self._offset = self.log.stat().st_size if self.log.exists() else 0
        end_stale(self._note)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(program.command),
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which ends all in order
            )
        self._note.write_text(json.dumps({"pid": self.pid, "command": list(program.command)}))

    @property
    def pid(self) -> int:
        """Also the id of its process group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process itself is there."""
        return self._process.poll() is None

    def written(self) -> str:
        """Its log since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._offset)
            return log.read().decode(errors="replace")

    def wait_until_healthy(self) -> None:
        """Raises DidNotStart when it ends or the time is over."""
        program, deadline = self.program, time.monotonic() + self.program.within
        with doing(f"Starting {program.name}"):
            while time.monotonic() < deadline:
                if not self.running:
                    raise DidNotStart(f"{program.name} ended with status {self._process.returncode}.{self._tail()}")
                with contextlib.suppress(OSError):
                    if program.healthy(self.written()):
                        return
                time.sleep(POLL)
        raise DidNotStart(f"{program.name} was not healthy within {program.within:.0f} s.{self._tail()}")

    def _tail(self) -> str:
        lines = self.written().strip().splitlines()[-15:]
        return f" The end of its log ({self.log}):\n" + "\n".join(f"  {line}" for line in lines)

    def stop(self) -> None:
        """SIGTERM to the group, SIGKILL to what is left after the grace."""
        _signal_group(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole group, at once."""
        _signal_group(self.pid, signal.SIGKILL)
        self._process.wait()
        self._note.unlink(missing_ok=True)


class Supervisor:
    """The children of one run, ended in the reverse order of their start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._children: dict[str, Child] = {}

    def start(self, program: Program) -> Child:
        """Start and wait until healthy. Raises DidNotStart; the child is ended then."""
        child = Child(program, self.folder)
        self._children[program.name] = child
        child.wait_until_healthy()
        return child

    def child(self, name: str) -> Child:
        """The child that was started under this name."""
        return self._children[name]

    def restart(self, name: str) -> Child:
        """Start the same program again, after `stop` or `kill` of its child."""
        return self.start(self._children[name].program)

    def forget(self, name: str) -> None:
        """SIGKILL to a child, which is no longer one of ours then."""
        self._children.pop(name).kill()

    def fallen(self) -> list[Child]:
        """Children that ended although nobody asked them to."""
        return [child for child in self._children.values() if not child.running]

    def stop(self) -> None:
        """End all; safe to call again."""
        with doing("Stopping"):
            while self._children:
                _name, child = self._children.popitem()
                child.stop()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look again and again; False when it did not come true in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def end_stale(note: Path) -> None:
    """End what an earlier run left behind: only if pid and command line are those it noted."""
    try:
        noted = json.loads(note.read_text())
        pid, command = int(noted["pid"]), [str(part) for part in noted["command"]]
    except (OSError, ValueError, KeyError, TypeError):
        return
    # without the first word: macOS shows another path for Python itself
    if command_line(pid).endswith(" ".join(command[1:]) or command[0]):
        say(f"{note.stem} of an earlier run is still there (process {pid}); ending it.")
        _signal_group(pid, signal.SIGTERM)
        wait_until(lambda: not command_line(pid), GRACE)
        _signal_group(pid, signal.SIGKILL)
    note.unlink(missing_ok=True)


def command_line(pid: int) -> str:
    """The command line of a running process, words joined by a space; empty when there is none."""
    path = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return path.read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def _signal_group(pid: int, number: signal.Signals) -> None:
    # macOS answers EPERM for a group that has only zombies left
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


class Interrupted(BaseException):
    """SIGINT or SIGTERM came. No Exception: nothing on the way may swallow it."""


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Turn the first SIGINT or SIGTERM into `Interrupted`; later ones are ignored while children are being ended."""
    come = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        if not come.is_set():
            come.set()
            raise Interrupted

    earlier = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield come
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
