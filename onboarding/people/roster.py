"""The roster: one row for each person of a customer, and the one place that writes them, with what they are counted by,
now and over time (`rollup`).

Three readers tell it what they found: the provisioning log (`ingest`), the assignments (`scope`) and Haiilo itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from onboarding.causes.people import ACCOUNT_GONE
from onboarding.domain.prospects import prospect
from onboarding.domain.standings import SHOULD_ARRIVE, InHaiilo, Known, Last, Scope, Standing, Told, standing
from onboarding.models import Onboarding, Person, clock
from onboarding.models.person import marks_of
from onboarding.people import erased, many_rows, rollup
from onboarding.people.failures import cause_of
from onboarding.people.history import History
from onboarding.people.outcome import GOING, HELD_BY_THE_GUARD, THERE, Kind, Seen, plain

ANCHOR_GONE = plain(ACCOUNT_GONE)
DAYS_KEPT = 30
COUNTED = {
    "people_counts": "result",
    "standings": "standing",
    "scopes": "scope",
    "prospects": "prospect",
    "differing": "differs_in",
    "causes": "cause",
    "findings": "finding_codes",
    "erased": "erased_as",
    "told_by_haiilo": "told_by_haiilo",
}
"""Column of the onboarding → what of a person it counts, by the words of `Counted`; who has none is not counted."""


@dataclass(frozen=True)
class Counted:
    """By what a row was counted; `erased_as`: a word of `people.erased`; `told_by_haiilo`: its word on somebody who
    should arrive.
    """

    result: str = ""
    standing: str = ""
    scope: str = ""
    prospect: str = ""
    differs_in: str = ""
    cause: str = ""
    finding_codes: str = ""
    erased_as: str = ""
    told_by_haiilo: str = ""

    @classmethod
    def of(cls, person: Person) -> Counted:
        """As the row stands at this moment."""
        words = (person.result, person.standing, person.scope, person.prospect)
        found = (person.differs_in, person.cause, person.finding_codes, erased.word_of(person))
        told = person.in_haiilo if person.scope in SHOULD_ARRIVE else ""
        return cls(*map(str, (*words, *found, told)))


def known(person: Person) -> Known:
    """All that is known of a person, as what becomes of one is judged by."""
    seen = Seen.of(person)
    told_since = person.in_haiilo_at is not None and (not person.result or person.in_haiilo_at >= person.at)
    return Known(
        scope=Scope(person.scope),
        told=_told(person, seen),
        last=_last(person, seen),
        scope_is_newer=person.scope_at is not None and (not person.result or person.scope_at > person.at),
        in_haiilo=InHaiilo(person.in_haiilo) if told_since else InHaiilo.UNTOLD,
    )


def _told(person: Person, seen: Seen) -> Told:
    account, removed = seen.at(*THERE), seen.at(Kind.REMOVED)
    if seen.last is Kind.FAILED and person.action in GOING and _is_gone(person):
        return Told.REMOVED  # an account that was to go, and is not there
    if max(account, removed) == float("-inf"):
        return Told.NOTHING
    return Told.ACCOUNT if account >= removed else Told.REMOVED


def _last(person: Person, seen: Seen) -> Last:
    if not person.result or seen.last is Kind.UNTOLD:
        return Last.NOTHING
    if seen.last is Kind.OUTSIDE:
        return Last.OUTSIDE
    if seen.last not in (Kind.FAILED, Kind.SKIPPED):
        return Last.WENT_THROUGH
    if plain(person.code) in HELD_BY_THE_GUARD or person.action in HELD_BY_THE_GUARD:
        return Last.REMOVAL_HELD
    if person.action in GOING:
        return Last.REMOVAL_FAILED
    return Last.ACCOUNT_GONE if _is_gone(person) else Last.FAILED


def _is_gone(person: Person) -> bool:
    """Whether Microsoft did not find the account that it knew."""
    return plain(person.code).endswith(ANCHOR_GONE)


def is_unsettled(before: Person | None, after: Person) -> bool:
    """Whether the log tells of an account what Haiilo may know better: one was removed, is gone, was made beside
    another one, has another name, or was not as it should be when Haiilo was asked.
    """
    if before is None or not before.result:
        return False
    left = after.result == Person.Result.REMOVED and before.result != Person.Result.REMOVED
    lost = _is_gone(after) and not _is_gone(before)
    renamed = bool(before.user_name and after.user_name) and before.user_name.lower() != after.user_name.lower()
    doubted = before.in_haiilo == InHaiilo.TWICE or (before.in_haiilo and before.standing == Standing.LEAVING)
    return bool(left or lost or renamed or doubted or after.earlier_target_id != before.earlier_target_id)


def rows_of(held: Onboarding, source_ids: Iterable[str]) -> dict[str, Person]:
    """The rows of these people by their id in Entra, also of those who were erased. One query."""
    named = {name: each for each in source_ids for name in (each[:64], *marks_of(held.pk, each))}
    return {named[row.source_id]: row for row in many_rows.having(held.pk, named)}


def carry_over(before: Person | None, after: Person, columns: Iterable[str]) -> None:
    """Give `after` what the row has in these columns already: another reader keeps them."""
    for name in columns if before is not None else ():
        setattr(after, name, getattr(before, name))


def write(held: Onboarding, before: Mapping[str, Person], after: Mapping[str, Person], columns: Sequence[str]) -> None:
    """Write these `columns` of the rows `after`, by id in Entra, with standing, prospect and counts: all or nothing.

    `held` is locked by the caller's transaction. `before`: the rows that there are; others are made.
    """
    gone = [Counted.of(before[source_id]) for source_id in after if source_id in before]
    removed: Counter[str] = Counter()
    for source_id, row in after.items():
        judge(row)
        if row.standing == Standing.GONE and row.result and not _was(before, source_id, Standing.GONE):
            removed[row.at.date().isoformat()] += 1
        # Renamed first: the upsert finds a row by its source id, and would make a second one.
        if source_id in before and before[source_id].source_id != row.source_id:  # erased by age, and seen again
            held.people.filter(pk=before[source_id].pk).update(source_id=row.source_id)
    told = ((_history(before, source_id), row.history) for source_id, row in after.items())
    gained = rollup.gained(told, clock.now())
    many_rows.upsert(after.values(), ["standing", "prospect", "cause", *columns])
    rollup.write(held, gained)
    held.removed_on = _of_late(Counter(held.removed_on) + removed)
    recount(held, gone, [Counted.of(row) for row in after.values()])


def judge(row: Person) -> None:
    """Set what all that is known of the person amounts to."""
    all_known = known(row)
    row.standing = standing(all_known)
    row.prospect = prospect(all_known, certain_to_fail=bool(row.certain_to_fail))
    row.cause = cause_of(row)
    row.finding_codes = ",".join(sorted({each["code"] for each in row.findings})) if row.findings else ""


def _history(before: Mapping[str, Person], source_id: str) -> History:
    return before[source_id].history if source_id in before else {}


def _was(before: Mapping[str, Person], source_id: str, standing: Standing) -> bool:
    return source_id in before and before[source_id].standing == standing


def _of_late(counts: Mapping[str, int]) -> dict[str, int]:
    """The newest days only."""
    return {day: counts[day] for day in sorted(counts)[-DAYS_KEPT:]}


def drop(held: Onboarding, rows: Sequence[Person]) -> None:
    """Take these rows away. `held` is locked by the caller's transaction."""
    if rows:
        held.people.filter(pk__in=[row.pk for row in rows]).delete()
        recount(held, [Counted.of(row) for row in rows], [])


def carry_counts(written: Onboarding, row: Onboarding) -> None:
    """Have `row`, which a run goes by, know the counts that were written."""
    for name in (*COUNTED, "removed_on"):
        setattr(row, name, getattr(written, name))


def recount(held: Onboarding, gone: Iterable[Counted], come: Iterable[Counted]) -> None:
    """Count these rows otherwise than before; in the transaction that writes them, or the counts would stay wrong."""
    gone, come = list(gone), list(come)
    for name, by in COUNTED.items():
        counts = Counter(getattr(held, name))
        counts.subtract(map(attrgetter(by), gone))
        counts.update(map(attrgetter(by), come))
        setattr(held, name, {value: count for value, count in counts.items() if count and value})
    held.save(update_fields=[*COUNTED, "removed_on"])
