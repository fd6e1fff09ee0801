"""Reads along on a connection to PostgreSQL: which customer it works for, what it writes, and when that is committed.

Frontend messages as in https://www.postgresql.org/docs/current/protocol-message-formats.html. psycopg sends what Django
asks for as simple queries with the values in the text; a prepared one is read the same way, without its values.
"""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from devtools.faults.points import Gate, Moment, now

SSL, GSS, CANCEL = 80877103, 80877104, 80877102
LONGEST = 60.0  # seconds for which a statement is stopped at most
QUERY, PARSE = b"Q", b"P"
_OF = re.compile(r'"onboarding_onboarding"\."id" (?:=|IN) \(?(\d+)|"onboarding_id" = (\d+)')
_WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "onboarding_(\w+)"(?: SET "(\w+)")?', re.IGNORECASE)
_BEGIN = re.compile(r"^(BEGIN|START TRANSACTION)", re.IGNORECASE)
_END = re.compile(r"^(COMMIT|ROLLBACK)(?! TO)", re.IGNORECASE)


@dataclass(frozen=True)
class Commit:
    """What one transaction has written for a customer (its number), when it was sent off."""

    name: str
    what: str
    at: float


class Journal:
    """The commits of all connections of one program; runs are stopped at their points of `gate`."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.commits: list[Commit] = []
        self.holds: list[Hold] = []
        self.lose = False
        """Whether a connection ends where it was stopped at a point, in place of going on."""

    def tap(self) -> Reader:
        """For a new connection."""
        return Reader(self)


@dataclass
class Hold:
    """Stops the first statement for one customer (its number) that fits, on its way to the server, until `go`."""

    name: str
    fits: Callable[[str], bool]
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def meet(self, name: str, statement: str) -> None:
        """Wait here if it is the one."""
        if name == self.name and not self.reached.is_set() and self.fits(statement):
            self.reached.set()
            self.go.wait(LONGEST)


class Reader:
    """One connection."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._buffer = b""
        self._started = False
        self._inside = False
        self._writes: list[str] = []
        self._name = ""
        self._committed: Commit | None = None

    def sent(self, data: bytes) -> bytes:
        """Read what the client says."""
        self._buffer += data
        while message := self._next():
            kind, content = message
            if kind == QUERY:
                self._read(content.rstrip(b"\0").decode(errors="replace").strip())
            elif kind == PARSE:
                self._read(content.split(b"\0")[1].decode(errors="replace").strip())
        return data

    def answered(self, data: bytes) -> bytes:
        """Keep back the word that something was committed, where that is the point."""
        commit, self._committed = self._committed, None
        if commit is not None:
            stopped = self._journal.gate.passes(commit.name, Moment.NOTED, commit.what)
            if stopped is not None and self._journal.lose:
                raise ConnectionResetError("the answer of a commit is lost")
        return data

    def _next(self) -> tuple[bytes, bytes] | None:
        if not self._started:
            return self._opening()
        if len(self._buffer) < 5:
            return None
        (length,) = struct.unpack_from("!i", self._buffer, 1)
        if len(self._buffer) < length + 1:
            return None
        kind, content = self._buffer[:1], self._buffer[5 : length + 1]
        self._buffer = self._buffer[length + 1 :]
        return kind, content

    def _opening(self) -> tuple[bytes, bytes] | None:
        if len(self._buffer) < 8:
            return None
        length, code = struct.unpack_from("!ii", self._buffer)
        if len(self._buffer) < length:
            return None
        self._started = code not in (SSL, GSS, CANCEL)
        self._buffer = self._buffer[length:]
        return b"", b""

    def _read(self, statement: str) -> None:
        found = _OF.search(statement)
        if found:
            self._name = found[1] or found[2]
        for hold in list(self._journal.holds):
            hold.meet(self._name, statement)
        if _BEGIN.match(statement):
            self._inside, self._writes = True, []
        elif _END.match(statement):
            if statement.upper().startswith("COMMIT") and self._writes:
                self._commit()
            self._inside, self._writes = False, []
        elif writes := _WRITES.match(statement):
            column = f".{writes[3]}" if writes[3] else ""
            self._writes.append(f"{writes[1].split()[0].lower()} {writes[2]}{column}")
            if not self._inside:
                self._commit()

    def _commit(self) -> None:
        what = ", ".join(dict.fromkeys(self._writes))
        self._writes = []
        if self._name:
            self._committed = Commit(self._name, what, now())
            self._journal.commits.append(self._committed)
