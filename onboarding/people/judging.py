"""What Microsoft itself makes of the mappings for a few people of a reading, asked as the judge of our own evaluation.

For each expression with a function, and each rare shape of data, one person: the one whose keyed mark is the smallest,
so that the same people are chosen whatever the order of the pages. A mark stands for the person, the mappings and the
values, and is kept with what followed from the answer: no value is. A question whose mark is known is not asked again.
Where Microsoft does not tell, nothing changes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from graphclient import ExpressionTest, GraphError, ParsedExpression
from onboarding.causes.forecast import CERTAIN, Code
from onboarding.expressions.evaluating import AT_MOMENTS_OF_ITS_OWN, functions_of, names_of
from onboarding.expressions.tree import Call
from onboarding.models import Person
from onboarding.people import values
from onboarding.people.recipe import USER_NAME, Made, Recipe, Rule, text_of

log = logging.getLogger(__name__)
MOST = 20  # questions of one reading
KEPT = 60  # judgements, the newest
MARK_LENGTH = 16  # hex digits
Judge = Callable[[Sequence[ExpressionTest]], Sequence[ParsedExpression | GraphError]]
Judgement = Mapping[str, Any]
"""``{}`` where Microsoft makes the same or does not tell; else ``codes``: what is odd about the value that Microsoft
makes, and ``differs``: whether we had made another one.
"""


@dataclass(frozen=True)
class Question:
    """What an expression comes to for one person, who has these `attributes`."""

    mark: str
    source_id: str
    rule: Rule
    test: ExpressionTest
    ours: str | None = field(repr=False)
    """None where it could not be worked out here."""
    attributes: Mapping[str, Any] = field(repr=False)

    @property
    def same_as(self) -> str:
        """Equal for all questions to which the answer has to be the same."""
        return json.dumps([self.test.expression, sorted(self.test.subject.items())])


class Judging:
    """The judge of one reading. `known`: judgements by mark, as they are kept with the onboarding."""

    def __init__(self, judge: Judge, known: dict[str, Any]) -> None:
        self.known, self._judge = known, judge
        self._chosen: dict[tuple[str, str], Question] = {}

    def hear(self, row: Person, recipe: Recipe, attributes: Mapping[str, Any], made: Made) -> None:
        """Take somebody into account whom the mappings make this of; have the row say what is known of it already."""
        for question in _questions(row, recipe, attributes, made):
            for shape in ("", *row.shapes.split(",")):
                before = self._chosen.setdefault((question.rule.target, shape), question)
                if question.mark < before.mark:
                    self._chosen[question.rule.target, shape] = question
            follow(row, question.rule, self.known.get(question.mark, {}))

    def ask(self, recipe: Recipe, now: datetime) -> dict[str, list[tuple[Rule, Judgement]]]:
        """What follows for whom, by id, from the answers that were not known yet. Asks at most once in a reading."""
        asked, self._chosen = self._not_known(), {}
        answers = self._judge([each.test for each in asked]) if asked else ()
        found: dict[str, list[tuple[Rule, Judgement]]] = {}
        for question, answer in zip(asked, answers, strict=True):
            if isinstance(answer, GraphError):
                log.info("what Microsoft makes of %s is not told: %s", question.rule.source, answer)
                continue
            judgement = _judgement(question, answer, recipe, now)
            self._keep(question.mark, judgement)
            if judgement:
                found.setdefault(question.source_id, []).append((question.rule, judgement))
        return found

    def _not_known(self) -> list[Question]:
        """What could not be worked out here first; of those with the same answer one."""
        by_mark = sorted(self._chosen.values(), key=lambda each: (each.ours is not None, each.mark))
        once: dict[str, Question] = {}
        for each in by_mark:
            once.setdefault(each.same_as, each)
        return [each for each in list(once.values())[:MOST] if each.mark not in self.known]

    def _keep(self, mark: str, judgement: Judgement) -> None:
        self.known[mark] = dict(judgement)
        for old in list(self.known)[:-KEPT]:
            del self.known[old]


def follow(row: Person, rule: Rule, judgement: Judgement) -> None:
    """Have the row say of this attribute what Microsoft's value comes to, and nothing of ours."""
    if not judgement:
        return
    codes = [*judgement["codes"], *([Code.JUDGED_OTHERWISE] if judgement["differs"] else [])]
    others = [each for each in row.findings if each.get("target") != rule.target]
    row.findings = [*others, *({"code": str(code), "target": rule.target, "source": rule.source} for code in codes)]
    told = {each["code"] for each in row.findings}
    row.certain_to_fail = None if Code.NOT_EVALUATED in told and not told & CERTAIN else bool(told & CERTAIN)
    row.made_name = "" if rule.key == USER_NAME else row.made_name
    values.forget(row, rule.target)


def _questions(row: Person, recipe: Recipe, attributes: Mapping[str, Any], made: Made) -> Iterator[Question]:
    for rule in recipe.rules:
        subject = _subject(rule, attributes) if _can_be_asked(rule) else None
        if subject is not None:
            mark = _mark(row, recipe, rule, subject)
            test = ExpressionTest(rule.source, subject)
            yield Question(mark, row.source_id, rule, test, text_of(made.values[rule.target]), attributes)


def _can_be_asked(rule: Rule) -> bool:
    """A bare attribute is what it is; what depends on the moment or on chance is another thing each time."""
    return isinstance(rule.expression, Call) and not functions_of(rule.expression) & AT_MOMENTS_OF_ITS_OWN


def _subject(rule: Rule, attributes: Mapping[str, Any]) -> dict[str, str | None] | None:
    """The attributes that the expression names, as text; None where one was not read or is no single text."""
    assert rule.expression is not None
    named = sorted(names_of(rule.expression))
    if any(name not in attributes or not isinstance(attributes[name], str | bool | int | None) for name in named):
        return None
    return {name: None if attributes[name] is None else str(attributes[name]) for name in named}


def _mark(row: Person, recipe: Recipe, rule: Rule, subject: Mapping[str, Any]) -> str:
    told = json.dumps([row.onboarding_id, row.source_id, recipe.fingerprint, rule.target, sorted(subject.items())])
    key = hmac.digest(settings.ENCRYPTION_KEYS[0].encode(), b"marks of judged values", hashlib.sha256)
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]


def _judgement(question: Question, answer: ParsedExpression, recipe: Recipe, now: datetime) -> Judgement:
    rule = question.rule
    if not answer.evaluated or (question.ours is not None and _is_ours(question.ours, answer, rule)):
        return {}
    if question.ours is not None:
        log.warning("Microsoft makes something else of %s for %s than we do", rule.source, rule.target)
    theirs = " ".join(answer.result) if answer.result else rule.default
    made = recipe.made_of(question.attributes, now, told={rule.target: theirs})
    codes = [str(each.code) for each in made.findings if each.target == rule.target]
    return {"codes": codes, "differs": question.ours is not None}


def _is_ours(ours: str, answer: ParsedExpression, rule: Rule) -> bool:
    """Whether both are the same. An empty answer is null or what is left out, so that a default may take its place."""
    return ours in ({" ".join(answer.result)} if answer.result else {"", rule.default})
