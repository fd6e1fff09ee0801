"""A customer's own mapping that was accepted is no trouble until somebody changes it again."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.domain.products import ADVOCACY, WORK, Mapped
from onboarding.domain.verdicts import Done, Todo
from onboarding.steps.mappings.causes import Code
from onboarding.steps.mappings.evidence import MappingsEvidence, VariantLine
from onboarding.steps.mappings.variant import answer_for, none_accepted, varied
from tests.narrow import instance
from tests.steps.facts import NOW, people_of

from .test_mappings import add, changed, look, ours


def theirs(document: dict[str, Any]) -> None:
    """Without the region, with a job title, and another first name."""
    people_of(document)["attributeMappings"].pop()
    people_of(document)["attributeMappings"][2]["source"] = {"type": "Attribute", "name": "displayName"}
    add("title", "[jobTitle]")(document)


def accepted(**other: str) -> dict[str, Any]:
    """The answer that accepts it."""
    plan = instance(Todo, look(changed(theirs), evidence=ours()))
    answer = answer_for(plan.changes[-1].payload, "", by="Alice Berg", at=NOW.isoformat())
    answer["variant"].update(other)
    return {"mappings": answer}


def test_is_done_with_what_was_accepted_and_by_whom():
    done = instance(Done, look(changed(theirs), evidence=ours(), answers=accepted()))
    assert str(done.note) == (
        "7 attributes are sent, as this customer has them: Alice Berg accepted that on 2026-11-24 09:00 UTC."
    )
    seen = instance(MappingsEvidence, done.evidence)
    assert set(seen.variant) == {
        VariantLine(f"{WORK}.region", ""),
        VariantLine("name.givenName", "[displayName]"),
        VariantLine("title", "[jobTitle]"),
    }
    assert "title" in seen.mapped
    assert f"{WORK}.region" not in seen.mapped


def test_asks_again_once_somebody_changes_it_again():
    done = instance(Done, look(changed(theirs), evidence=ours(), answers=accepted()))
    document = changed(theirs)
    people_of(document)["attributeMappings"].pop(3)
    again = instance(Todo, look(document, evidence={"mappings": done.evidence.to_json()}, answers=accepted()))
    assert again.code == Code.MAPPING_CHANGED
    assert "last name" in str(again.why)


@pytest.mark.parametrize("other", ["digest", "wanted", "job_id", "job_made_at"])
def test_accepts_nothing_but_what_was_shown(other):
    assert isinstance(look(changed(theirs), evidence=ours(), answers=accepted(**{other: "another"})), Todo)


def test_makes_people_of_it_as_it_stands():
    lines = (VariantLine("NAME.givenName", "[displayName]"), VariantLine(f"{WORK}.region"), VariantLine("title", "[a]"))
    made = {each.target: each.expression for each in varied(ADVOCACY, lines).mappings}
    assert made["name.givenName"] == "[displayName]"
    assert f"{WORK}.region" not in made
    assert made["title"] == "[a]"
    assert varied(ADVOCACY, ()) == ADVOCACY
    needed = varied(ADVOCACY, (VariantLine(f"{WORK}.country"),)).mappings
    assert Mapped(f"{WORK}.country", "", required=True) in needed


def test_plans_our_mapping_again_as_drift_once_it_is_taken_back():
    before = ours(seen_at="2026-11-20T08:00:00+00:00")
    done = instance(Done, look(changed(theirs), evidence=before, answers=accepted()))
    later = instance(Done, look(changed(theirs), evidence={"mappings": done.evidence.to_json()}, answers=accepted()))
    assert later.evidence == done.evidence
    back = {"mappings": none_accepted()}
    again = instance(Todo, look(changed(theirs), evidence={"mappings": later.evidence.to_json()}, answers=back))
    drift = instance(Todo, look(changed(theirs), evidence=before))
    assert again == drift
    assert again.code == Code.MAPPING_CHANGED
    assert "after 2026-11-20 08:00 UTC" in str(again.why)


def test_plans_it_as_drift_where_only_actions_were_changed():
    def no_deletes(document: dict[str, Any]) -> None:
        people_of(document)["flowTypes"] = "Add,Update"

    plan = instance(Todo, look(changed(no_deletes), evidence=ours()))
    answers = {"mappings": answer_for(plan.changes[-1].payload, "", by="Alice Berg", at=NOW.isoformat())}
    done = instance(Done, look(changed(no_deletes), evidence=ours(), answers=answers))
    assert instance(MappingsEvidence, done.evidence).variant == ()
    again = instance(Todo, look(changed(no_deletes), evidence={"mappings": done.evidence.to_json()}))
    assert again.code == Code.MAPPING_CHANGED


def test_blames_nobody_where_a_release_wants_another_mapping():
    done = instance(Done, look(changed(theirs), evidence=ours(), answers=accepted()))
    seen = {"mappings": done.evidence.to_json() | {"wanted": "another"}}
    assert instance(Todo, look(changed(theirs), evidence=seen)).code == ""


def test_says_nothing_of_a_time_that_an_earlier_release_did_not_note():
    done = instance(Done, look(changed(theirs), evidence=ours(), answers=accepted()))
    seen = {"mappings": {**done.evidence.to_json(), "ours_at": None}}
    why = str(instance(Todo, look(changed(theirs), evidence=seen)).why)
    assert why.startswith("Somebody changed the attribute mapping in the customer's tenant: first name, region")
    assert "?" not in why
