"""Every failure mode, in the order of their numbers; docs/failure-modes.md is written from this table."""

from __future__ import annotations

from devtools.walk.before import BEFORE
from devtools.walk.failure import Failure
from devtools.walk.later import LATER
from devtools.walk.other import OTHER

FAILURES = tuple(sorted((*BEFORE, *LATER), key=lambda failure: int(failure.fault[1:]))) + OTHER


def chosen(names: str) -> list[Failure]:
    """Those whose number or name is in `names`, separated by commas; all where it is empty. Raises Unknown."""
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()]
    known = {failure.name for failure in FAILURES} | {failure.fault.lower() for failure in FAILURES}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise Unknown(f"there is no failure {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return [each for each in FAILURES if not wanted or each.name in wanted or each.fault.lower() in wanted]


class Unknown(ValueError):
    """No failure has that name."""
