"""Groups and members in the cycle, in both dialects of PATCH."""

from __future__ import annotations

import pytest

from sandbox.world import Group, User

from .rig import Rig


def _members(home: Rig, name: str) -> set[str]:
    group = next(each for each in home.platform.scim_groups.values() if each.data["displayName"] == name)
    return {each["value"] for each in group.data.get("members", [])}


def _strict(home: Rig) -> None:
    home.save_secrets(BaseAddress=f"https://{home.host}/api/scim/v2?aadOptscim062020")


@pytest.mark.parametrize("strict", [False, True])
def test_a_group_is_created_filled_renamed_thinned_and_deleted(home: Rig, strict: bool) -> None:
    if strict:
        _strict(home)
    users = [home.add_user(f"u{number}", assigned=False) for number in range(3)]
    group = home.add_group("Staff", [*users])
    home.start()
    ids = [home.memory.links[user.id] for user in users]
    assert _members(home, "Staff") == set(ids)
    del group.members[users[0].id]
    group.displayName = "Crew"
    home.tenant.change(group)
    home.next_cycle()
    assert _members(home, "Crew") == set(ids[1:])
    home.unassign(group)
    home.next_cycle()
    assert home.platform.scim_groups == {}


def test_only_provisioned_users_become_members(home: Rig) -> None:
    shown, hidden = (
        home.add_user("shown", assigned=False),
        home.add_user("hidden", assigned=False, accountEnabled=False),
    )
    home.add_group("Staff", [shown, hidden])
    home.start()
    assert _members(home, "Staff") == {home.memory.links[shown.id]}


def test_a_group_of_that_name_is_matched(home: Rig) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "staff"}
    identity = home.scim("POST", "/Groups", body).json()["id"]
    group = home.add_group("Staff", [])
    home.start()
    assert home.memory.groups == {group.id: identity}


def test_groups_switched_off_are_left_alone(home: Rig) -> None:
    home.mapping("Group")["enabled"] = False
    home.add_group("Staff", [home.add_user("eva", assigned=False)])
    home.start()
    assert len(home.arrived()) == 1
    assert home.platform.scim_groups == {}


def test_the_group_mapping_left_on_fails_at_advocacy(rig: Rig) -> None:
    rig.mapping("Group")["enabled"] = True
    rig.add_group("Staff", [rig.add_user("eva", assigned=False)])
    rig.start()
    assert rig.codes() == ["create/success", "create/failure/WebExceptionProtocolError"]


def test_f20_removing_one_member_the_old_way_empties_a_group_that_takes_it_to_the_letter(home: Rig) -> None:
    home.switch(F20=True)
    users = [home.add_user(f"u{number}", assigned=False) for number in range(3)]
    group = home.add_group("Staff", [*users])
    home.start()
    del group.members[users[0].id]
    home.tenant.change(group)
    home.next_cycle()
    assert _members(home, "Staff") == set()


def test_f20_the_strict_flag_removes_one_member_only(home: Rig) -> None:
    home.switch(F20=True)
    _strict(home)
    users = [home.add_user(f"u{number}", assigned=False) for number in range(3)]
    group = home.add_group("Staff", [*users])
    home.start()
    del group.members[users[0].id]
    home.tenant.change(group)
    home.next_cycle()
    assert len(_members(home, "Staff")) == 2


def _staff(home: Rig, *names: str) -> tuple[list[User], Group]:
    users = [home.add_user(name) for name in names]
    group = home.add_group("Staff", [*users])
    home.start()
    return users, group


def test_a_soft_deleted_user_leaves_its_groups_and_a_restored_one_returns(home: Rig) -> None:
    (stays, goes), _group = _staff(home, "stays", "goes")
    ids = {user.id: home.memory.links[user.id] for user in (stays, goes)}
    home.change(goes, deleted_at=home.world.clock.now())
    home.next_cycle()
    assert _members(home, "Staff") == {ids[stays.id]}
    assert home.arrived()[goes.userPrincipalName]["active"] is False
    home.change(goes, deleted_at=None)
    home.next_cycle()
    assert _members(home, "Staff") == set(ids.values())


def test_whoever_falls_out_of_the_filter_leaves_its_groups(home: Rig) -> None:
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["Sales"]}}
    home.mapping("User")["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}
    stays, goes = home.add_user("stays", department="Sales"), home.add_user("goes", department="Sales")
    home.add_group("Staff", [stays, goes])
    home.start()
    home.change(goes, department="IT")
    home.next_cycle()
    assert _members(home, "Staff") == {home.memory.links[stays.id]}


def test_skip_out_of_scope_deletions_keeps_the_membership_too(home: Rig) -> None:
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["Sales"]}}
    home.mapping("User")["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}
    home.save_secrets(SkipOutOfScopeDeletions="True")
    user = home.add_user("goes", department="Sales")
    home.add_group("Staff", [user])
    home.start()
    home.change(user, department="IT")
    home.next_cycle()
    assert _members(home, "Staff") == {home.memory.links[user.id]}


def test_whoever_may_not_sign_in_is_still_a_member_as_in_the_directory(home: Rig) -> None:
    (blocked,), _group = _staff(home, "blocked")
    home.change(blocked, accountEnabled=False)
    home.next_cycle()
    assert home.arrived()[blocked.userPrincipalName]["active"] is False
    assert _members(home, "Staff") == {home.memory.links[blocked.id]}


def test_whoever_got_another_account_is_a_member_with_that_one_alone(home: Rig) -> None:
    (user,), _group = _staff(home, "eva")
    before = home.memory.links[user.id]
    home.switch(F16=True)
    home.next_cycle()
    after = home.memory.links[user.id]
    assert (before != after, _members(home, "Staff")) == (True, {after})
