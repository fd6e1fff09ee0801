"""The throw-away PostgreSQL of a run, which can be stopped at once, started again, and have its disk filled. Linux."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from devtools.stack import postgres
from devtools.stack.processes import wait_until

DISK = 192  # megabytes, where the disk is to be filled
LEFT = 16 * 1024  # bytes that a full disk has left, so that the server itself can still say so
PATIENCE = 30.0
Row = dict[str, Any]


class CannotFill(RuntimeError):
    """This machine does not let us mount a file system of our own."""


@dataclass
class Server:
    """A running PostgreSQL with its files in `folder`."""

    folder: Path
    binary: Path
    """Its own program, found while it ran."""

    @property
    def data(self) -> Path:
        """Where its files are; its socket too."""
        return self.folder / "data"

    @property
    def socket(self) -> str:
        """The path of its socket."""
        return str(self.data / ".s.PGSQL.5432")

    @property
    def pid(self) -> int:
        """Of the process that starts all others; 0 while it is down."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().split()[0])
        return 0

    def create(self, name: str) -> None:
        """A new database."""
        with psycopg.connect(self._where("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def url(self, name: str, port: int = 0) -> str:
        """A database by its socket, or through a wire."""
        if port:
            return f"postgres://postgres@127.0.0.1:{port}/{name}"
        return f"postgres://postgres@/{self.data}/{name}"

    def ask(self, name: str, query: str, *values: Any) -> list[Row]:
        """The rows of one query, or none for a statement without rows. Raises psycopg.Error."""
        with psycopg.connect(self._where(name), autocommit=True, row_factory=dict_row) as connection:
            done = connection.execute(query.encode(), values or None)
            return list(done.fetchall()) if done.description else []

    def connect(self, name: str) -> psycopg.Connection[Any]:
        """A connection of one's own, in a transaction."""
        return psycopg.connect(self._where(name), row_factory=dict_row)

    def _where(self, name: str) -> str:
        return f"host={self.data} user=postgres dbname={name} connect_timeout=5"

    # What goes wrong

    def crash(self) -> None:
        """Stop without a word to anybody, as `pg_ctl stop -m immediate` does."""
        pid = self.pid
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not Path(f"/proc/{pid}").exists() or not self.pid, PATIENCE)

    def start(self) -> None:
        """Start it again after `crash`, and wait until it answers."""
        owner = self.data.owner()
        command = [str(self.binary.parent / "pg_ctl"), "-D", str(self.data), "-w", "-s", "-l", str(self.data / "log")]
        command += ["-o", f'-h "" -k {self.data}', "start"]
        user = owner if os.geteuid() == 0 else None
        subprocess.run(command, user=user, cwd=self.folder, capture_output=True, check=False)
        wait_until(self._answers, PATIENCE)

    def restart(self) -> None:
        """Down and up at once."""
        self.crash()
        self.start()

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.Error):
            return bool(self.ask("postgres", "SELECT 1"))
        return False

    def cut_connections(self, name: str) -> None:
        """End every connection to a database but this one."""
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        self.ask(name, query, name)

    def fill(self) -> None:
        """Leave almost nothing of its disk; only where `running` was asked for one of its own. Raises CannotFill."""
        if not self.folder.is_mount():
            raise CannotFill("the database has no disk of its own here")
        free = os.statvfs(self.folder)
        with (self.folder / "filler").open("wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, max(1, free.f_bavail * free.f_frsize - LEFT))

    def complaints(self, words: str) -> int:
        """How often its log says so."""
        return (self.data / "log").read_text(errors="replace").count(words)

    def empty(self) -> None:
        """Give the disk back."""
        (self.folder / "filler").unlink(missing_ok=True)


@contextlib.contextmanager
def running(*, own_disk: bool = False) -> Iterator[Server]:
    """A server until the block ends. With `own_disk` its files are in bounded memory. Raises NoPostgres, CannotFill."""
    folder = postgres.new_folder()
    with contextlib.ExitStack() as resources:
        if own_disk:
            resources.enter_context(_mounted(folder))
        resources.enter_context(postgres.serving(folder))
        server = Server(folder, Path())
        server.binary = Path(os.readlink(f"/proc/{server.pid}/exe"))
        # A throw-away server acknowledges what is not written yet; here that has to outlive `crash`, as in production.
        server.ask("postgres", "ALTER ROLE postgres SET synchronous_commit = on")
        yield server
        if not server._answers():
            server.start()


@contextlib.contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=755", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        raise CannotFill(f"a full disk needs a file system of its own: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        with contextlib.suppress(OSError):
            folder.rmdir()
