"""What Microsoft did with a person before the last time, the newest first, also where its log has forgotten it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from onboarding.models import Person
from onboarding.people.history import Moment, moments
from onboarding.people.outcome import LASTING, Seen


@dataclass(frozen=True)
class Past:
    """What happened at `at`; where the same came again and again, since when. `kind` and `code` as the log has them."""

    kind: str
    code: str
    at: datetime
    since: datetime | None = None


def past_of(person: Person) -> Sequence[Past]:
    """All of it that is kept."""
    until = person.at.timestamp()
    return _folded(each for each in sorted(_told(person), reverse=True) if each.at < until)


def _told(person: Person) -> set[Moment]:
    """The history; and the newest moment of each kind, which is older than the history of whom we knew before."""
    kept = moments(person.history)
    known = {(each.at, each.kind) for each in kept}
    times = Seen.of(person).times
    older = (Moment(times[kind], kind, "") for kind in LASTING if kind in times)
    return {*kept, *(each for each in older if (each.at, each.kind) not in known)}


def _folded(told: Iterable[Moment]) -> list[Past]:
    lines: list[Past] = []
    for at, kind, code in told:
        when = datetime.fromtimestamp(at, UTC)
        if lines and (lines[-1].kind, lines[-1].code) == (kind, code):
            lines[-1] = replace(lines[-1], since=when)
        else:
            lines.append(Past(kind, code, when))
    return lines
