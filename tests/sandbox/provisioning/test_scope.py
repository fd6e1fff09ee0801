"""Who is provisioned: assignments, groups, guests, scoping filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .rig import Rig


def test_direct_users_and_direct_members_of_groups_arrive_and_nobody_else(rig: Rig) -> None:
    direct = rig.add_user("direct")
    member, nested, stranger = (rig.add_user(name, assigned=False) for name in ("member", "nested", "stranger"))
    inner = rig.add_group("Inner", [nested], assigned=False)
    rig.add_group("Outer", [member, inner])
    rig.start()
    assert set(rig.arrived()) == {direct.userPrincipalName, member.userPrincipalName}
    assert stranger.id not in rig.memory.links


def test_whoever_is_assigned_twice_arrives_once(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.add_group("Staff", [user])
    rig.start()
    assert rig.codes() == ["create/success"]


def test_disabled_users_are_not_created(rig: Rig) -> None:
    rig.add_user("eva", accountEnabled=False)
    rig.start()
    assert rig.codes() == ["other/skipped/NotEffectivelyEntitled"]
    step = next(each for each in rig.rows()[0]["provisioningSteps"] if each["provisioningStepType"] == "scoping")
    assert (step["provisioningStepType"], step["status"]) == ("scoping", "skipped")


def test_a_guest_arrives_under_its_address_at_home(rig: Rig) -> None:
    rig.add_user("guest", userPrincipalName="eva_berg_partner.example#EXT#@contoso.onmicrosoft.example")
    rig.start()
    assert set(rig.arrived()) == {"eva_berg@partner.example"}


def test_an_assignment_is_seen_only_when_it_is_effective(rig: Rig) -> None:
    user = rig.add_user("eva", assigned=False)
    rig.assign(user, effective_at=rig.world.clock.now() + timedelta(minutes=10))
    rig.start()
    assert rig.arrived() == {}
    rig.next_cycle()
    assert set(rig.arrived()) == {user.userPrincipalName}


def test_sync_all_takes_everybody_after_a_restart(rig: Rig) -> None:
    rig.add_user("assigned")
    rig.add_user("stranger", assigned=False)
    rig.start()
    rig.save_secrets(SyncAll="true")
    rig.next_cycle()
    assert len(rig.arrived()) == 1
    rig.restart()
    assert len(rig.arrived()) == 2


def _scope(*clauses: tuple[str, str, list[str]]) -> dict[str, Any]:
    made = [
        {"sourceOperandName": name, "operatorName": operator, "targetOperand": {"values": values}}
        for name, operator, values in clauses
    ]
    return {"groups": [{"name": "g", "clauses": made}], "inputFilterGroups": [], "categoryFilterGroups": []}


OPERATORS: list[tuple[str, str, list[str], bool]] = [
    ("department", "EQUALS", ["Sales"], True),
    ("department", "EQUALS", ["sales"], False),
    ("department", "NOT EQUALS", ["IT"], True),
    ("department", "NOT EQUALS", ["Sales"], False),
    ("accountEnabled", "IS TRUE", [], True),
    ("accountEnabled", "IS FALSE", [], False),
    ("jobTitle", "IS NULL", [], True),
    ("department", "IS NULL", [], False),
    ("department", "IS NOT NULL", [], True),
    ("userPrincipalName", "REGEX MATCH", [r".*\@contoso\.example"], True),
    ("userPrincipalName", "REGEX MATCH", ["contoso"], False),
    ("userPrincipalName", "NOT REGEX MATCH", [".*x.example"], True),
    ("jobTitle", "NOT REGEX MATCH", ["x"], False),
    ("employeeId", "Greater_Than", ["41"], True),
    ("employeeId", "Greater_Than", ["42"], False),
    ("employeeId", "Greater_Than_OR_EQUALS", ["42"], True),
    ("department", "Greater_Than", ["1"], False),
    ("department", "Includes", ["ale"], True),
    ("department", "Includes", ["ALE"], False),
    ("department", "ENDS_WITH", ["les"], True),
    ("department", "&", ["Sales and more"], True),
    ("department", "!&", ["IT"], True),
    ("jobTitle", "EQUALS", [""], False),
]


@pytest.mark.parametrize(("name", "operator", "values", "passes"), OPERATORS)
def test_a_scoping_filter_lets_through_whoever_passes(
    rig: Rig, name: str, operator: str, values: list[str], passes: bool
) -> None:
    rig.mapping("User")["scope"] = _scope((name, operator, values))
    rig.add_user("eva", department="Sales", employeeId="42")
    rig.start()
    assert rig.codes() == ["create/success" if passes else "other/skipped/NotEffectivelyEntitled"]


def test_clauses_of_a_filter_are_joined_by_and_its_groups_by_or(rig: Rig) -> None:
    first = _scope(("department", "EQUALS", ["Sales"]), ("city", "EQUALS", ["Turku"]))
    second = _scope(("department", "EQUALS", ["IT"]))
    rig.mapping("User")["scope"] = {"groups": first["groups"] + second["groups"]}
    rig.add_user("eva", department="Sales", city="Turku")
    rig.add_user("bo", department="Sales", city="Oulu")
    rig.add_user("pia", department="IT", city="Oulu")
    rig.start()
    assert {name.partition("@")[0] for name in rig.arrived()} == {"eva", "pia"}


@pytest.mark.parametrize(
    ("name", "operator", "values"),
    [("department", "ALMOST", ["x"]), ("manager", "EQUALS", ["x"]), ("city", "EQUALS", [])],
)
def test_a_wrong_scoping_filter_ends_in_quarantine(rig: Rig, name: str, operator: str, values: list[str]) -> None:
    rig.mapping("User")["scope"] = _scope((name, operator, values))
    status = rig.start()
    assert status["code"] == "Quarantine"
    assert "scoping filter" in status["quarantine"]["error"]["message"]
