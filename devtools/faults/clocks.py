"""Clocks that are wrong (K12): only the database's counts. Another time is shown to a program by libfaketime."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

from devtools.faults.results import Row
from devtools.faults.rig import PROGRAMS, Rig
from devtools.faults.trial import Trial, fetch, trial
from devtools.stack import machine
from devtools.stack.processes import wait_until

BELIEVED = 60  # seconds of difference up to which Microsoft, too, believes what a host signs
TOLD = 40.0  # seconds for a sign of life with the difference in it
SKEWS: tuple[tuple[Sequence[str], int], ...] = (
    (("worker",), 45),
    (("worker",), -45),
    (("web",), 60),
    (("web",), -60),
    (("beat",), -45),
    (("worker",), 600),
    (PROGRAMS, -600),
)


def skewed(rig: Rig) -> Iterator[Row]:
    """The host whose clock is off says so, and all go on; where Microsoft refuses what it signs, afterwards."""
    library = machine.faketime()
    for names, seconds in SKEWS:
        goes_on = "all go on" if abs(seconds) <= BELIEVED else "all go on when it is right again"
        row = Row(f"clock of {' and '.join(names)} {seconds:+d} s (K12)", f"{goes_on}; log and health say so")
        if library is None:
            row.not_run = machine.advice([machine.FAKETIME])
            yield row
            continue
        with trial(rig, row) as run:
            shift(rig, names, f"{seconds:+d}s", library)
            try:
                _walk(run, names, seconds)
            finally:
                shift(rig, names, "", library)
            run.recover()
        yield row


def _walk(run: Trial, names: Sequence[str], seconds: int) -> None:
    rig = run.rig
    run.invite(2)
    began = time.monotonic()
    live = run.party.go_on(run.soon)
    if abs(seconds) <= BELIEVED:
        run.must(live, f"not live within {run.soon:.0f} s: {run.party.where()}")
    run.row.seen = f"live after {time.monotonic() - began:.0f} s" if live else ""
    told = wait_until(lambda: any("clock" in rig.stack.log(name).lower() for name in names), TOLD)
    run.must(told, f"no log of {' or '.join(names)} speaks of the clock")
    said = wait_until(lambda: clock_is_bad(fetch(rig, "/readyz").text), TOLD)
    run.must(said, f"/readyz does not say that a clock is off: {fetch(rig, '/readyz').text}")


def clock_is_bad(text: str) -> bool:
    """Whether the answer of /readyz says that a clock is off."""
    try:
        return json.loads(text)["clock"]["ok"] is False
    except (ValueError, KeyError, TypeError):
        return False


def shift(rig: Rig, names: Sequence[str], by: str, library: str) -> None:
    """Start these programs anew, under another time; empty is the right one. Their own stopwatches stay right."""
    for name in names:
        fake = {"LD_PRELOAD": library, "FAKETIME": by, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        rest = {key: value for key, value in rig.environments[name].items() if key not in fake}
        rig.environments[name] = {**rest, **fake} if by else rest
        rig.kill(name)
        rig.again(name)
