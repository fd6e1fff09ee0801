"""Other people's clients and servers, which the tests let loose on the sandbox.

They are heavy, so they live in an environment of their own, .clients, made the first time it is needed from a lock of
its own. Quick when nothing has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.stack.progress import doing, say

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".clients"
LOCK = ROOT / "requirements-clients.lock"


class NoClients(RuntimeError):
    """The environment cannot be made; the message says why."""


def ready(folder: Path = FOLDER, lock: Path = LOCK) -> Path:
    """The folder of the environment's programs, installed from `lock`. Raises NoClients."""
    with _alone(folder):
        if not is_current(folder, lock):
            _make(folder, lock)
    return folder / "bin"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two runs of the suite must not build it at the same time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.busy").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stamp_of(folder: Path, lock: Path) -> str:
    """What its stamp must say: the lock's hash, where it stands (its scripts name that path), whose Python it has."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {folder} {sys.version}\n"


def is_current(folder: Path, lock: Path) -> bool:
    """Whether it starts and was installed from this very lock."""
    stamp = folder / "installed-from"
    if not stamp.exists() or stamp.read_text() != stamp_of(folder, lock):
        return False
    try:
        return subprocess.run([str(folder / "bin" / "python"), "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def _make(folder: Path, lock: Path) -> None:
    """From nothing: what an earlier lock asked for would stay otherwise."""
    shutil.rmtree(folder, ignore_errors=True)
    with doing("Installing the tests' other clients (a quarter of a gigabyte, once)"):
        # this environment's pip does it; nothing is compiled beforehand, since of 40,000 files a few hundred are read
        _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
        pip += ["--disable-pip-version-check", "--no-compile"]
        _run([*pip, "--require-hashes", "-r", str(lock)])
    (folder / "installed-from").write_text(stamp_of(folder, lock))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoClients(f"{command[2]} failed: {(done.stdout + done.stderr).strip()}")


def main() -> int:
    """Exit status: 0 when it is there."""
    try:
        say(f"The clients are in {ready()}.")
    except NoClients as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
