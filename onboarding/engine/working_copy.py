"""What one run works with: the rows of its onboarding, read once, changed in memory and written back together.

Nothing but what a later run would find again may wait in memory: verdicts, and lines about what was found. Whatever
must be known before, or after, a request that changes something is written at once (`writing`), and all that waits is
written with it. Each write checks the lease in its own transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from graphclient import Read
from onboarding.domain.sentences import Sentence
from onboarding.engine import load_desired
from onboarding.models import Event, Onboarding, StepState
from onboarding.models.onboarding import Lease

VISIBLE_WITHIN = 1.0  # seconds that a verdict waits at most, but for a request that is on its way


class WorkingCopy:
    """The rows of one onboarding, in the hands of the run that holds its lease."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.rows = load_desired.rows_of(lease.row) if lease.row else load_desired.load(lease.onboarding_id)
        self.row_columns: dict[str, Any] = {}
        """Columns of the onboarding that are written when the run ends."""
        self.log_read: Read | None = None
        """What the run has sent last to read the log, and has taken in what came."""
        self.reported: dict[str, Any] = {}
        """What Microsoft said of the step that is being examined (`engine.reported`)."""
        self._columns: dict[str, set[str]] = {}
        self._lines: list[Event] = []
        self._waits_since: float | None = None

    def state(self, key: str) -> StepState:
        """The row of one step; a new one where there is none yet."""
        if key not in self.rows.states:
            self.rows.states[key] = StepState(onboarding_id=self.lease.onboarding_id, key=key)
        return self.rows.states[key]

    def changed(self, key: str, *columns: str) -> None:
        """These columns of the step are to be written. No others are: people write the same row."""
        self._columns.setdefault(key, set()).update(columns)
        self._wait()

    def add_line(
        self, kind: str, message: Sentence | Mapping[str, Any], *, step: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """A line for the timeline, of this moment; lines keep their order."""
        told = message.as_json() if isinstance(message, Sentence) else message
        pk = self.lease.onboarding_id
        self._lines.append(Event(onboarding_id=pk, step=step, kind=kind, message=told, detail=dict(detail or {})))
        self._wait()

    @property
    def is_overdue(self) -> bool:
        """Whether something has waited so long that pages should show it."""
        return self._waits_since is not None and time.monotonic() - self._waits_since > VISIBLE_WITHIN

    def write_back(self) -> None:
        """Write what waits, if anything does. Raises `LeaseLost`."""
        if self._waits_since is not None:
            with self.writing():
                pass

    @contextmanager
    def writing(self) -> Iterator[Onboarding]:
        """A transaction under the lease, with the onboarding's row locked; it ends with all that waits.

        Raises `LeaseLost`. Whatever is raised within: nothing is written, and the rows in memory are as before.
        """
        states = {key: copy(state) for key, state in self.rows.states.items()}
        columns, lines = {key: set(names) for key, names in self._columns.items()}, list(self._lines)
        try:
            with transaction.atomic():
                row = Onboarding.objects.hold(self.lease)
                yield row
                self._write(asked=row.next_run_at != self.lease.next_run_at)
        except BaseException:
            self.rows.states, self._columns, self._lines = states, columns, lines
            raise
        self._settled()

    def finish(self, *, after: timedelta, **found: Any) -> None:
        """Write what waits and end the lease, in one transaction: all of it, or nothing. Raises `LeaseLost`."""
        columns = {**self.row_columns, **found}
        if self._finished_at_once(after=after, **columns):
            return
        with transaction.atomic():
            asked = not Onboarding.objects.end_unasked(self.lease, after=after, **columns)
            if asked:
                Onboarding.objects.hold(self.lease)
                Onboarding.objects.release(self.lease, after=after, **columns)
            self._write(asked=asked)
        self._settled()

    def _finished_at_once(self, *, after: timedelta, **columns: Any) -> bool:
        """Do it all in one statement, as a calm visit can: one step at most, and no line. False where that does not
        do, or somebody has asked for a run, or the lease was lost; nothing is written then.
        """
        if self._lines or len(self._columns) > 1:
            return False
        if not self._columns:
            return Onboarding.objects.end_unasked(self.lease, after=after, **columns)
        [(key, names)] = self._columns.items()
        state = self.rows.states[key]
        if state.pk is None or connection.vendor != "postgresql":
            return False
        values = self._values(key, names)
        if not Onboarding.objects.end_unasked_and_write(self.lease, state.pk, values, after=after, **columns):
            return False
        self._settled()
        return True

    def reload(self) -> None:
        """Read all rows anew: something else has written. What waits is written before. Raises `LeaseLost`."""
        self.write_back()
        self.rows = load_desired.load(self.lease.onboarding_id)

    def _wait(self) -> None:
        if self._waits_since is None:
            self._waits_since = time.monotonic()

    def _settled(self) -> None:
        self._columns, self._lines, self._waits_since = {}, [], None

    def _write(self, *, asked: bool) -> None:
        """`asked`: somebody has asked for a run since this one began, so what it has read is not believed for long."""
        for key, columns in self._columns.items():
            values = self._values(key, columns)
            if asked and "checked_at" in values:
                values["checked_at"] = None
            self._save(self.rows.states[key], values)
        if self._lines:
            Event.objects.bulk_create(self._lines)

    def _values(self, key: str, columns: Iterable[str]) -> dict[str, Any]:
        return {name: getattr(self.rows.states[key], name) for name in sorted(columns)}

    def _save(self, state: StepState, values: Mapping[str, Any]) -> None:
        if state.pk is not None:
            StepState.write(state.pk, values)
        else:
            made, _new = StepState.objects.update_or_create(
                onboarding_id=state.onboarding_id, key=state.key, defaults=values
            )
            state.pk = made.pk
