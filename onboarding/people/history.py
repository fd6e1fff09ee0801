"""What Microsoft's log has told of one person, for as long as we keep it, which is longer than the log does.

Pure. Of an hour one moment of each kind and code is kept, the newest, and of a day that is past the same: a person who
fails again with each sync takes one line an hour, later one a day. So rows may come in any order, and more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

HOUR, DAY = 3600, 86400  # seconds
DAYS_BY_HOUR = 3  # so many whole days before a person's newest moment are kept by the hour
MAX_KEPT = 100  # moments of one person; the oldest go

History = Mapping[str, Any]
"""As it is kept: ``told``, a list of [seconds since 1970, kind, code], the oldest first, and ``until``: everything up
to this moment was let go of, and what is told of it again is not taken.
"""


class Moment(NamedTuple):
    """One moment. `at`: seconds since 1970; `kind` and `code` as `people.outcome` has them."""

    at: float
    kind: str
    code: str


def moments(history: History) -> list[Moment]:
    """All that are kept, the oldest first."""
    return [Moment(*each) for each in history.get("told", ())]


def let_go_until(history: History) -> float:
    """Up to when nothing is taken any more; minus infinity where nothing was let go of."""
    return float(history.get("until", "-inf"))


def with_moment(history: History, moment: Moment) -> History:
    """The history with this moment; the same object where it tells nothing new."""
    if moment.at <= let_go_until(history):
        return history
    kept = moments(history)
    thinned = _thinned([*kept, moment]) if kept else [moment]
    if thinned == kept:
        return history
    return _of(thinned, let_go_until(history))


def without_older(history: History, before: float) -> History:
    """The history without what happened before this moment."""
    kept = [each for each in moments(history) if each.at >= before]
    return _made(kept, max(let_go_until(history), before))


def erased(history: History) -> History:
    """Nothing but up to when: told again, it is not taken."""
    kept = moments(history)
    return _made([], max(let_go_until(history), kept[-1].at)) if kept else history


def _thinned(told: Iterable[Moment]) -> list[Moment]:
    """One moment of each kind and code for an hour or a day, the newest, in the order of time."""
    kept = sorted(told)
    by_hour = (kept[-1].at // DAY - DAYS_BY_HOUR) * DAY
    newest = {(each.at // (HOUR if each.at >= by_hour else DAY), each.kind, each.code): each for each in kept}
    return list(newest.values()) if len(newest) == len(kept) else sorted(newest.values())


def _of(kept: list[Moment], until: float) -> History:
    if len(kept) > MAX_KEPT:
        until = max(until, kept[-MAX_KEPT - 1].at)
        kept = kept[-MAX_KEPT:]
    return _made(kept, until)


def _made(kept: Iterable[Moment], until: float) -> History:
    told: dict[str, Any] = {"told": [list(each) for each in kept]}
    return told if until == float("-inf") else told | {"until": until}


# What is counted

Cell = tuple[int, int, str]
"""How long it is, when it began (both in seconds), and the kind of what happened in it."""


def cells(history: History, *, by_hour_since: float, counts: Callable[[str], bool]) -> Iterator[Cell]:
    """In which days a kind of thing happened to the person, and in which hours that begin at this moment or later; of
    what `counts` by its code.

    Without those that reach into what was let go of: whether a kind was counted in them is not known any more.
    """
    until = let_go_until(history)
    for at, kind, code in moments(history):
        if not counts(code):
            continue
        for length, since in ((DAY, until), (HOUR, max(until, by_hour_since - 1))):
            begin = int(at // length) * length
            if begin > since:
                yield length, begin, kind
