"""What a run reads in any case, asked for in one batch before its steps ask one by one, and again after each change.

Nobody says whether Microsoft takes calls of provisioning and of logs inside a batch (docs/graph-facts.md, "Paging and
batch"). So it is tried: what a batch is not answered, the step asks for itself. What a step alone is answered is left
out of this customer's batches for a day, and so is the log after a batch that was not answered in time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from graphclient import GraphError, Read, Throttled, TryLater
from onboarding.domain.desired import Desired
from onboarding.engine import log_reading
from onboarding.engine.freshness import still_fresh
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import clock
from onboarding.steps import STEPS
from onboarding.steps.base import Step, Tenant

ALONE_FOR = timedelta(days=1)  # then a batch is tried again
LOG = "log"  # the name of the log's next page; those of other reads are their steps'


def ask(copy: WorkingCopy, tenant: Tenant, desired: Desired, step: Step[Any], *, live: bool) -> None:
    """Ask for what `step` is about to read; on a live tenant, where no step waits for another, for what all steps are
    that have to be read now. Nothing where `step` itself reads nothing of it: what goes wrong is told of this step.
    Raises `TryLater` where Microsoft asks to wait or is silent; any other error is left to the steps, which know what
    it means to them.
    """
    alone = _alone(copy.rows.onboarding.asked_alone)
    reads = {name: read for name, read in _reads(copy, desired, [step]) if name not in alone}
    if not reads:
        return
    if live:
        others = [each for each in STEPS if each is not step and still_fresh(copy.rows, each) is None]
        reads |= {name: read for name, read in _reads(copy, desired, others) if name not in alone}
    if len(reads) < 2:
        return
    try:
        tenant.graph.read_ahead(*reads.values())
    except TryLater as error:
        if not error.status:  # a batch waits for its slowest part, which the job's health must not do again
            _note(copy, {LOG} & reads.keys() or reads.keys())
        if error.asks_to_wait or isinstance(error, Throttled) or not error.status:
            raise
    except GraphError:
        pass


def keep(copy: WorkingCopy, desired: Desired, answered: Sequence[Read]) -> None:
    """Note which reads were `answered` to a call alone and not to a batch; written with the end of the run."""
    if answered:
        names = {read.path: name for name, read in _reads(copy, desired, STEPS)}
        _note(copy, {names[read.path] for read in answered if read.path in names})


def _note(copy: WorkingCopy, names: Collection[str]) -> None:
    row, now = copy.rows.onboarding, clock.now().isoformat()
    alone = _alone(row.asked_alone)
    told = {name: at for name, at in row.asked_alone.items() if name in alone} | dict.fromkeys(names, now)
    if told != row.asked_alone:
        row.asked_alone = copy.row_columns["asked_alone"] = told


def _alone(kept: Mapping[str, str]) -> set[str]:
    now = clock.now()
    return {name for name, at in kept.items() if now - datetime.fromisoformat(at) < ALONE_FOR}


def _reads(copy: WorkingCopy, desired: Desired, steps: Iterable[Step[Any]]) -> Iterator[tuple[str, Read]]:
    for step in steps:
        yield from step.reads(desired).items()
        log = log_reading.next_read(copy, desired) if step.reads_people else None
        if log is not None:
            yield LOG, log
