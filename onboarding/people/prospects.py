"""What the mappings will make of the people whom a reading of the scope meets, one at a time, kept in their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from onboarding.causes.forecast import Code
from onboarding.domain.standings import SHOULD_ARRIVE
from onboarding.domain.suggested import shapes_of
from onboarding.expressions.values import NotEvaluated, Why
from onboarding.models import Onboarding, Person
from onboarding.people import values
from onboarding.people.attributes import attributes_of
from onboarding.people.forecast import stopped
from onboarding.people.judging import Judgement, Judging
from onboarding.people.recipe import Made, Recipe, Rule
from onboarding.people.scope_rows import Account


class Prospects:
    """One reading's forecast. `judging`: who asks Microsoft, where it may be asked. `stopped`: targets whose expression
    had to be stopped; it is not tried again.
    """

    def __init__(self, recipe: Recipe, stopped: list[str], now: datetime, judging: Judging | None = None) -> None:
        self.stopped, self.now, self._judging = stopped, now, judging
        self._recipe, self._sources = recipe, {rule.target: rule.source for rule in recipe.rules}
        for target in stopped:
            self._give_up(target, NotEvaluated(Why.TOO_SLOW, target))

    def tell(self, row: Person, account: Account) -> None:
        """Write into the row of somebody in scope what their account comes to. No value is kept but the user name and
        those that Haiilo has otherwise, and that only where names are.
        """
        attributes = attributes_of(account.told)
        made = self._recipe.made_of(attributes, self.now)
        for target, problem in stopped(made):
            if target not in self.stopped:
                self.stopped.append(target)
                self._give_up(target, problem)
        row.findings = list(self._found(made))
        row.certain_to_fail = None if made.unknown and not made.certain_to_fail else made.certain_to_fail
        named = row.erased_at is None
        row.shapes = ",".join(shapes_of(account.told)) if named else ""
        row.made_name = (made.user_name or "").lower() if named else ""
        row.made_marks = values.marks(row.onboarding_id, row.source_id, made) if named else {}
        row.differs = values.brought_up(row.differs, made) if named else {}
        row.differs_in = values.fields_of(row.differs)
        if self._judging is not None and named:
            self._judging.hear(row, self._recipe, attributes, made)

    def judge(self) -> dict[str, list[tuple[Rule, Judgement]]]:
        """Ask Microsoft about some of those who were told of since; what follows for whom, by id. Sends requests."""
        return self._judging.ask(self._recipe, self.now) if self._judging is not None else {}

    def _give_up(self, target: str, problem: NotEvaluated) -> None:
        self._recipe = self._recipe.without(target, problem)

    def _found(self, made: Made) -> Iterator[dict[str, Any]]:
        for each in made.findings:
            yield _kept(each.code, each.target, each.source)
        for target in made.unknown:
            yield _kept(Code.NOT_EVALUATED, target, self._sources[target])


def _kept(code: Code, target: str = "", source: str = "") -> dict[str, Any]:
    named = {"target": target, "source": source}
    return {"code": str(code)} | {name: value for name, value in named.items() if value}


def doubled(held: Onboarding, began: datetime, *, after: int = 0) -> QuerySet[Person]:
    """Who would share a user name with somebody else of the reading that began then, in the order of their rows."""
    met = held.people.filter(scope_at=began, scope__in=SHOULD_ARRIVE).exclude(made_name="")
    others = met.filter(made_name=OuterRef("made_name")).exclude(pk=OuterRef("pk"))
    return met.filter(Exists(others), pk__gt=after).order_by("pk")


def mark_doubled(rows: Sequence[Person]) -> None:
    """Add to these rows that somebody else would have the same user name."""
    for row in rows:
        row.findings = [*row.findings, _kept(Code.DOUBLED_USER_NAME)]
