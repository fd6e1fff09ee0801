"""What one row of the provisioning log makes of one person. Rows may come in any order, and more than once.

The log's order cannot be relied on (docs/graph-facts.md, "Provisioning log"), so the outcome is a function of the *set*
of a person's rows: the newest row that says something decides, and what the older ones have to add to it is kept as the
newest time of each kind (`Person.seen`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from graphclient import ProvisioningEvent
from graphclient.errors import storable
from onboarding.causes.forecast import Code as Forecast
from onboarding.causes.people import NOT_ENTITLED, SAME_ALREADY
from onboarding.domain.attribute_names import all_named, each_named
from onboarding.models import Person
from onboarding.models.person import kept_reason, mark_in
from onboarding.people.history import History, Moment, with_moment

Result = Person.Result
COMPARED = (
    *("target_id", "earlier_target_id", "name", "user_name", "action", "result", "code", "reason", "lacking", "at"),
    *("event_id", "seen", "history", "erased_at"),
)
"""The columns that a row of the log can change."""
FROM_OTHERS = (
    *("scope", "paths", "is_guest", "scope_at", "in_haiilo", "in_haiilo_at"),
    *("findings", "finding_codes", "certain_to_fail", "made_name", "made_marks", "differs", "differs_in", "shapes"),
)
"""The columns that are told by others than the log."""
REDUNDANT = "redundant"
TELLS_NO_REASON = ("", "entrysynchronizationskipped")
GOING = frozenset({"delete", "disable"})
SAYS_EMPTY = frozenset({"attributevalidationfailed", "mandatoryfieldsmissing", "missingvalues"})
"""Codes that say that a value which Haiilo needs is empty, and perhaps not which one."""
MOST_LACKING = 120  # letters
CARRIED_OUT = frozenset({"success", "warning"})


class Kind(enum.StrEnum):
    """What a row says about a person."""

    CREATED = Result.CREATED.value
    UPDATED = Result.UPDATED.value
    MATCHED = Result.MATCHED.value
    REMOVED = Result.REMOVED.value
    FAILED = Result.FAILED.value
    SKIPPED = Result.SKIPPED.value
    OUTSIDE = "outside"
    """Not in scope: not assigned, blocked, or filtered out."""
    UNTOLD = "untold"
    """Nothing that could be read: any other row of the person says more."""


HELD_BY_THE_GUARD = frozenset({"toomanydeletes", "stageddelete"})
"""Codes and actions of removals that Microsoft has not made: they are more than are let through at once."""
THERE = (Kind.CREATED, Kind.UPDATED, Kind.MATCHED)  # in Haiilo; the first one that a person ever had is shown
LASTING = (*THERE, Kind.REMOVED)


def kind_of(event: ProvisioningEvent) -> Kind:
    """What this row says, by status, action and reason (compared without regard to case)."""
    status, action = event.status.lower(), event.action.lower()
    if status == "failure":
        return Kind.FAILED
    if status == "skipped":
        return _kind_of_skip(event, action)
    if status not in CARRIED_OUT:
        return Kind.UNTOLD
    if action in GOING:
        return Kind.REMOVED
    return Kind.CREATED if action == "create" else Kind.UPDATED


def _kind_of_skip(event: ProvisioningEvent, action: str) -> Kind:
    code = plain(event.code)
    if code.endswith(plain(SAME_ALREADY)):
        return Kind.REMOVED if action in GOING else Kind.MATCHED
    if code.startswith(REDUNDANT):  # RedundantSoftDelete: disabled already
        return Kind.REMOVED
    if code.endswith(plain(NOT_ENTITLED)) or (code in TELLS_NO_REASON and event.out_of_scope):
        return Kind.OUTSIDE
    return Kind.SKIPPED if code or event.words.strip() else Kind.UNTOLD


def plain(code: str) -> str:
    """A code as it is compared: some are written with spaces."""
    return "".join(code.split()).lower()


class _Place(NamedTuple):
    """Where a row stands among those of its person: the greatest one decides."""

    says_something: bool
    at: datetime
    event_id: str


@dataclass(frozen=True)
class Seen:
    """What is known of a person's rows: what the deciding one says, and the newest time of each lasting kind and text.

    Times are seconds since 1970.
    """

    last: Kind = Kind.UNTOLD
    times: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person | None) -> Seen:
        """What the row of a person remembers; of one that was written before rows remembered, what it shows."""
        if person is None or not person.result:
            return cls()
        if person.seen:
            return cls(Kind(person.seen["last"]), {key: at for key, at in person.seen.items() if key != "last"})
        last, at = Kind(person.result), person.at.timestamp()
        return cls(last, {last: at} if last in LASTING else {})

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {**self.times, "last": str(self.last)}

    def at(self, *kinds: str) -> float:
        """The newest time of these; minus infinity where there was none."""
        return max((self.times[kind] for kind in kinds if kind in self.times), default=float("-inf"))

    @property
    def result(self) -> Result:
        """The outcome. An update does not take back that we created this person; who was removed stays removed when
        Microsoft says afterwards that this person is not in scope.
        """
        if self.last in THERE:
            return Result(next(kind for kind in THERE if kind in self.times))
        if self.last is Kind.OUTSIDE and self.at(Kind.REMOVED) > self.at(*THERE):
            return Result.REMOVED
        return Result.SKIPPED if self.last in (Kind.OUTSIDE, Kind.UNTOLD) else Result(self.last)


def outcome(onboarding_id: int, event: ProvisioningEvent, before: Person | None) -> Person | None:
    """The person's row with `event`, or None where nothing changes."""
    is_logged = before is not None and bool(before.result)
    if before is not None and is_logged and before.erased_at is not None and event.at <= before.at:
        return None  # an erased row has lost which rows it was made of
    kind, seen = kind_of(event), Seen.of(before)
    decides = before is None or not is_logged or _place(event, kind) > _place_of(before, seen)
    texts = {} if before is not None and before.stays_erased else _texts(event, kind, before, seen)
    times = {key: at for key, at in seen.times.items() if key in LASTING} | {key: at for key, (at, _) in texts.items()}
    if kind in LASTING:
        times[kind] = max(event.at.timestamp(), seen.at(kind))
    after = Person.blank(onboarding_id, event.source_id[:64])
    if decides or before is None:
        _decide(after, event, kind)
        after.lacking = all_named([*each_named(after.lacking), *_foreseen(before, after)], most=MOST_LACKING)
    else:
        _go_on(after, before)
    now = Seen(kind if decides else seen.last, times)
    after.result, after.seen = now.result, now.to_json()
    after.history = _history(event, kind, before)
    for column, keys in TEXT_KEYS.items():
        setattr(after, column, _text(texts, *keys))
    if before is not None and before.stays_erased:
        _take_names(after, before)
    if before is not None and all(getattr(after, name) == getattr(before, name) for name in COMPARED):
        return None
    return after


def _place(event: ProvisioningEvent, kind: Kind) -> _Place:
    return _Place(kind is not Kind.UNTOLD, event.at, event.id[:64])


def _place_of(person: Person, seen: Seen) -> _Place:
    return _Place(seen.last is not Kind.UNTOLD, person.at, person.event_id)


def _decide(after: Person, event: ProvisioningEvent, kind: Kind) -> None:
    """What the deciding row says. An own word where only the scoping step tells why."""
    after.action, after.code, after.reason = event.action.lower()[:20], _code(event, kind), kept_reason(event.words)
    after.lacking, after.at, after.event_id = event.lacking[:MOST_LACKING], event.at, event.id[:64]


def _foreseen(before: Person | None, after: Person) -> list[str]:
    """The attributes at Haiilo that our forecast found empty for the person, where the row says that one is: it ends at
    the first, and the person lacks them all.
    """
    if before is None or not (after.lacking or plain(after.code) in SAYS_EMPTY):
        return []
    found = (each for each in before.findings if each.get("code") == Forecast.REQUIRED_VALUE_EMPTY)
    return [str(each.get("target", "")) for each in found]


def _code(event: ProvisioningEvent, kind: Kind) -> str:
    return (NOT_ENTITLED if kind is Kind.OUTSIDE and not event.code else event.code)[-120:]


def _history(event: ProvisioningEvent, kind: Kind, before: Person | None) -> History:
    """With this row, where it says something; without a code, of somebody who was erased on request.

    What was told on demand has no id: the log tells it again, at a time of Microsoft's clock.
    """
    history = before.history if before is not None else {}
    if kind is Kind.UNTOLD or not event.id:
        return history
    code = "" if before is not None and before.stays_erased else storable(_code(event, kind))
    return with_moment(history, Moment(event.at.timestamp(), str(kind), code))


def _go_on(after: Person, before: Person) -> None:
    for name in ("action", "code", "reason", "lacking", "at", "event_id"):
        setattr(after, name, getattr(before, name))


# Names and ids: the newest row that has one. A name that was written at Haiilo counts before the one in Entra.

Texts = dict[str, tuple[float, str]]
TEXT_KEYS = {
    "target_id": ("target",),
    "earlier_target_id": ("earlier",),
    "name": ("name",),
    "user_name": ("written", "user_name"),
}
"""Column → the texts that may stand in it, the better one first."""


def _text(texts: Texts, *keys: str) -> str:
    return next((texts[key][1] for key in keys if key in texts), "")


def _texts(event: ProvisioningEvent, kind: Kind, before: Person | None, seen: Seen) -> Texts:
    """Each text with the time of the row that it is from."""
    known, at = _known_texts(before, seen), event.at.timestamp()
    told = {
        "target": event.target_id[:128],
        "name": event.source_name[:256],
        "written": _written(event, kind)[:256],
        "user_name": event.source_user_name[:256],
    }
    best = known | {key: (at, text) for key, text in told.items() if text and (at, text) > known.get(key, (0.0, ""))}
    if "written" in best:
        best.pop("user_name", None)
    return best | _targets(known, at, told["target"])


def _targets(known: Texts, at: float, target: str) -> Texts:
    """The newest account of a person, and the one before it: a second one is made where Microsoft lost the first."""
    if not known:
        return {"target": (at, target)} if target else {}
    met = [known[key] for key in ("target", "earlier") if key in known] + [(at, target)] * bool(target)
    newest = {text: at for at, text in sorted(met)}
    ordered = sorted(((at, text) for text, at in newest.items()), reverse=True)
    return dict(zip(("target", "earlier"), ordered, strict=False))


def _known_texts(before: Person | None, seen: Seen) -> Texts:
    if before is None or before.erased_at is not None:
        return {}
    if not before.result:  # as the directory has it; whatever the log says is newer
        return {key: (0.0, text) for key, text in (("name", before.name), ("user_name", before.user_name)) if text}
    kept = {"target": before.target_id, "earlier": before.earlier_target_id, "name": before.name}
    kept["written" if "written" in seen.times or not before.seen else "user_name"] = before.user_name
    old = before.at.timestamp() if not before.seen else float("-inf")
    return {key: (seen.times.get(key, old), text) for key, text in kept.items() if text}


def _written(event: ProvisioningEvent, kind: Kind) -> str:
    """The name at Haiilo where one was written there (a guest's loses its ``#EXT#`` on the way)."""
    if event.status.lower() not in CARRIED_OUT:
        return ""
    written = event.written("userName")
    return written[-1] if written else event.source_user_name if kind is Kind.CREATED else ""


def _take_names(after: Person, before: Person) -> None:
    """The row of somebody who was erased on request: the outcome goes on, what says who it is does not come back."""
    for column in (*TEXT_KEYS, "event_id"):
        setattr(after, column, "")
    after.source_id = before.source_id
    after.reason, after.erased_at, after.stays_erased = mark_in(after.reason), before.erased_at, True
