"""Microsoft is asked as the judge of our own evaluation, for a few people; what it makes counts for them alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from graphclient import ExpressionTest, GraphError, ParsedExpression, Throttled
from onboarding.causes.forecast import Code
from onboarding.domain.products import ACTIVE, ADVOCACY, Mapped, Profile
from onboarding.models import Person
from onboarding.people.judging import Judging, follow
from onboarding.people.prospects import Prospects
from onboarding.people.recipe import Recipe, recipe_of
from onboarding.people.scope_rows import Account

NOW = datetime(2026, 3, 2, tzinfo=UTC)
UPN = "userPrincipalName"
SPLIT = 'Item(Split([jobTitle], ","), 1)'
NOT_OURS = 'Append([jobTitle], "!")'  # of nothing: the reference does not say


class Microsoft:
    """Evaluates as it is told to, and remembers what it was asked."""

    def __init__(self, **answers: str | GraphError | None) -> None:
        self.answers, self.asked = answers, list[ExpressionTest]()

    def __call__(self, tests: Sequence[ExpressionTest]) -> list[ParsedExpression | GraphError]:
        self.asked.extend(tests)
        return [self._answer(test.expression.partition("(")[0]) for test in tests]

    def _answer(self, function: str) -> ParsedExpression | GraphError:
        told = self.answers.get(function, GraphError("not told"))
        if isinstance(told, GraphError):
            return told
        return ParsedExpression(True, result=() if told is None else (told,), evaluated=True)


def recipe(**mapped: str) -> Recipe:
    wanted = tuple(Mapped(target, text, matching_priority=int(target == "userName")) for target, text in mapped.items())
    return recipe_of(Profile("p", "P", "", wanted, groups=False, deactivation_deletes=False, same_app_as_sso=True))


def read(
    by: Recipe, judge: Microsoft, people: dict[str, dict[str, Any]], known: dict[str, Any] | None = None
) -> dict[str, Person]:
    """As a reading does that has met these people."""
    judging = Judging(judge, {} if known is None else known)
    prospects, rows = Prospects(by, [], NOW, judging), {}
    for source_id, told in people.items():
        rows[source_id] = Person(onboarding_id=1, source_id=source_id)
        prospects.tell(rows[source_id], Account(told={UPN: f"{source_id}@x.example", "jobTitle": None} | told))
    for source_id, followed in prospects.judge().items():
        for rule, judgement in followed:
            follow(rows[source_id], rule, judgement)
    assert prospects.judge() == {}, "nobody is asked twice in a reading"
    return rows


def codes(person: Person) -> list[str]:
    return sorted(each["code"] for each in person.findings)


def test_changes_nothing_where_microsoft_makes_the_same():
    microsoft = Microsoft(Switch="True")
    rows = read(recipe_of(ADVOCACY), microsoft, {"eva": {"accountEnabled": True, "country": "Suomi"}})
    assert codes(rows["eva"]) == [Code.NOT_EVALUATED] * 4, "the names were not read"
    assert [(each.expression, each.subject) for each in microsoft.asked] == [(ACTIVE, {"IsSoftDeleted": "False"})]


def test_believes_microsoft_where_it_makes_something_else():
    rows = read(recipe(userName=SPLIT), Microsoft(Item=" other "), {"eva": {"jobTitle": "chief,cook"}})
    eva = rows["eva"]
    assert codes(eva) == [Code.BLANKS_AROUND, Code.JUDGED_OTHERWISE]
    assert (eva.made_name, eva.made_marks, eva.certain_to_fail) == ("", {}, False)


def test_says_who_fails_by_what_microsoft_makes():
    rows = read(recipe(userName=SPLIT), Microsoft(Item=None), {"eva": {"jobTitle": "chief,cook"}})
    assert codes(rows["eva"]) == [Code.JUDGED_OTHERWISE, Code.MATCHING_VALUE_EMPTY]
    assert rows["eva"].certain_to_fail is True


def test_uses_the_answer_for_the_one_who_was_asked_for_and_for_nobody_else():
    people: dict[str, dict[str, Any]] = {f"u{number}": {} for number in range(9)}
    microsoft = Microsoft(Append="!")
    rows = read(recipe(title=NOT_OURS, userName=f"[{UPN}]"), microsoft, people)
    assert len(microsoft.asked) == 1
    assert [codes(row) for row in rows.values()].count([]) == 1
    assert [codes(row) for row in rows.values()].count([Code.NOT_EVALUATED]) == 8
    assert sorted({str(row.certain_to_fail) for row in rows.values()}) == ["False", "None"]


def test_asks_for_somebody_of_each_rare_shape():
    people = {"plain": {"surname": "Berg"}, "odd": {"surname": "O'Neil"}, "none": {"surname": ""}}
    microsoft = Microsoft(ToUpper="x")
    read(recipe(name='ToUpper([surname], "")'), microsoft, people)
    assert {each.subject["surname"] for each in microsoft.asked} >= {"O'Neil", ""}


@pytest.mark.parametrize("answer", [GraphError("refused"), Throttled("busy")])
def test_changes_nothing_where_microsoft_does_not_tell_and_asks_again(answer):
    known: dict[str, Any] = {}
    microsoft = Microsoft(Append=answer)
    for _reading in range(2):
        assert codes(read(recipe(title=NOT_OURS), microsoft, {"eva": {}}, known)["eva"]) == [Code.NOT_EVALUATED]
    assert (known, len(microsoft.asked)) == ({}, 2)


def test_asks_again_only_once_mapping_or_sample_have_changed():
    known: dict[str, Any] = {}
    microsoft, people = Microsoft(Append="!", Item="other"), {"eva": {}, "ida": {"jobTitle": "a,b"}}
    by = recipe(title=NOT_OURS, userName=SPLIT)
    first = read(by, microsoft, people, known)
    asked = len(microsoft.asked)
    turned = read(by, microsoft, dict(reversed(people.items())), json.loads(json.dumps(known)))
    assert len(microsoft.asked) == asked
    assert {each: codes(row) for each, row in turned.items()} == {each: codes(row) for each, row in first.items()}
    assert "ida" in {each for each, row in turned.items() if Code.JUDGED_OTHERWISE in codes(row)}
    read(by, microsoft, people | {"ida": {"jobTitle": "a,c"}}, known)
    assert len(microsoft.asked) > asked
    asked = len(microsoft.asked)
    read(recipe(title=NOT_OURS, userName=SPLIT, nick="[jobTitle]"), microsoft, people, known)
    assert len(microsoft.asked) > asked


def test_keeps_no_value_of_anybody():
    known: dict[str, Any] = {}
    rows = read(recipe(userName=SPLIT), Microsoft(Item="secretary"), {"eva": {"jobTitle": "chief,cook"}}, known)
    kept = json.dumps([known, rows["eva"].findings])
    assert known
    assert not any(word in kept for word in ("secretary", "chief", "cook", "eva"))


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "[jobTitle]",
            '"constant"',
            "Now()",
            'DateDiff("d", Now(), Now())',
            "Guid()",
            'ToUpper([proxyAddresses], "")',
        ),
        *('ToUpper([notRead], "")', 'SelectUniqueValue([jobTitle], "x")', "no expression("),
    ],
)
def test_does_not_ask_what_needs_no_judge_or_has_none(expression):
    microsoft = Microsoft()
    read(recipe(title=expression), microsoft, {"eva": {"proxyAddresses": ["SMTP:a", "smtp:b"]}})
    assert microsoft.asked == []


def test_asks_what_only_microsoft_knows_of_the_tenant():
    microsoft = Microsoft(DefaultDomain="x.example")
    assert codes(read(recipe(title="DefaultDomain()"), microsoft, {"eva": {}})["eva"]) == []


def test_asks_twenty_at_most():
    targets = {f"t{number}": f'ToUpper([jobTitle], "{number}")' for number in range(50)}
    microsoft = Microsoft(ToUpper="x")
    read(recipe(**targets), microsoft, {"eva": {"jobTitle": "x"}})
    assert len(microsoft.asked) == 20


def test_lets_a_default_take_the_place_of_nothing():
    mapped = Mapped("title", "Coalesce([jobTitle])", matching_priority=0)
    profile = Profile("p", "P", "", (mapped,), groups=False, deactivation_deletes=False, same_app_as_sso=True)
    by = recipe_of(profile, defaults={"title": "Staff"})
    assert codes(read(by, Microsoft(Coalesce=None), {"eva": {}})["eva"]) == []
