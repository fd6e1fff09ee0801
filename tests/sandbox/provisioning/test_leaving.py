"""People who leave: unassigned, disabled, soft-deleted, gone for good; and the guard against too many deletes."""

from __future__ import annotations

import json
from datetime import timedelta

from .rig import Rig


def _guard(rig: Rig, threshold: int, *, enabled: bool = True) -> None:
    options = {"Enabled": True, "DeleteThresholdEnabled": enabled, "DeleteThresholdValue": threshold}
    rig.save_secrets(SyncNotificationSettings=json.dumps(options))


def test_an_unassigned_user_is_disabled_and_no_longer_managed(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.unassign(user)
    home.next_cycle()
    assert home.codes(1) == ["disable/success"]
    assert home.arrived()[user.userPrincipalName]["active"] is False
    del home.tenant.users[user.id]
    home.next_cycle()
    assert len(home.rows()) == 2, "no DELETE is ever sent for somebody who was unassigned"


def test_an_unassigned_user_of_advocacy_is_gone(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.start()
    rig.unassign(user)
    rig.next_cycle()
    assert rig.arrived() == {}


def test_whoever_is_assigned_again_is_matched_and_active_again(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.unassign(user)
    home.next_cycle()
    home.assign(user)
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["active"] is True
    assert len(home.arrived()) == 1


def test_a_sign_in_block_disables_and_its_end_enables_again(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.change(user, accountEnabled=False)
    home.next_cycle()
    home.next_cycle()
    assert home.codes(1) == ["disable/success"], "and is not sent again in every cycle"
    home.change(user, accountEnabled=True)
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["active"] is True


def test_a_soft_deleted_user_is_disabled_and_after_thirty_days_deleted(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.change(user, deleted_at=home.world.clock.now())
    home.next_cycle()
    assert home.codes(1) == ["disable/success"]
    home.world.clock.jump(timedelta(days=30))
    home.run()
    assert home.codes(2) == ["delete/success"]
    assert home.arrived() == {}


def test_whoever_falls_out_of_the_scoping_filter_is_disabled(home: Rig) -> None:
    user = home.add_user("eva", department="Sales")
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["Sales"]}}
    home.mapping("User")["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}
    home.start()
    home.change(user, department="IT")
    home.next_cycle()
    assert home.codes(1) == ["disable/success"]


def test_skip_out_of_scope_deletions_keeps_leavers_but_not_the_disabled(home: Rig) -> None:
    leaver, blocked = home.add_user("eva"), home.add_user("bo")
    home.save_secrets(SkipOutOfScopeDeletions="True")
    home.start()
    home.unassign(leaver)
    home.change(blocked, accountEnabled=False)
    home.next_cycle()
    arrived = home.arrived()
    assert [arrived[each.userPrincipalName]["active"] for each in (leaver, blocked)] == [True, False]


def test_without_delete_in_the_flow_nobody_is_disabled(home: Rig) -> None:
    user = home.add_user("eva")
    home.mapping("User")["flowTypes"] = "Add,Update"
    home.start()
    home.unassign(user)
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["active"] is True


def test_without_add_in_the_flow_nobody_is_created(home: Rig) -> None:
    home.add_user("eva")
    home.mapping("User")["flowTypes"] = "Update, Delete"
    home.start()
    assert home.codes() == ["other/skipped/NotEffectivelyEntitled"]


def test_active_from_account_enabled_never_tells_that_somebody_was_unassigned(home: Rig) -> None:
    user = home.add_user("eva")
    home.map("active", "[accountEnabled]")
    home.start()
    home.unassign(user)
    home.next_cycle()
    assert home.codes(1) == ["other/skipped/RedundantSoftDelete"]
    assert home.arrived()[user.userPrincipalName]["active"] is True


def test_an_account_deleted_by_hand_is_an_invalid_anchor(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.scim("DELETE", f"/Users/{home.memory.links[user.id]}")
    home.change(user, city="Turku")
    home.next_cycle()
    assert home.codes(1) == ["update/failure/InvalidAnchor"]
    home.restart("Full")
    assert home.codes(2) == ["create/success"]


# The guard


def test_too_many_deletes_are_held_back(rig: Rig) -> None:
    users = rig.add_users(4)
    _guard(rig, 2)
    rig.start()
    rig.unassign(*users[:3])
    status = rig.next_cycle()
    assert rig.codes(4) == ["stagedDelete/skipped/TooManyDeletes"] * 3
    assert status["code"] == "Quarantine"
    assert status["quarantine"]["reason"] == "TooManyDeletes"
    assert len(rig.arrived()) == 4


def test_as_many_deletes_as_the_threshold_are_done(rig: Rig) -> None:
    users = rig.add_users(4)
    _guard(rig, 2)
    rig.start()
    rig.unassign(*users[:2])
    assert rig.next_cycle()["code"] == "Active"
    assert len(rig.arrived()) == 2


def test_force_deletes_lets_them_through_once(rig: Rig) -> None:
    users = rig.add_users(6)
    _guard(rig, 2)
    rig.start()
    rig.unassign(*users[:3])
    rig.next_cycle()
    assert rig.restart("ForceDeletes")["code"] == "Active"
    assert len(rig.arrived()) == 3
    rig.unassign(*users[3:])
    assert rig.next_cycle()["code"] == "Quarantine"


def test_undoing_the_cause_lets_everybody_stay(rig: Rig) -> None:
    users = rig.add_users(4)
    _guard(rig, 2)
    rig.start()
    rig.unassign(*users[:3])
    rig.next_cycle()
    for user in users[:3]:
        rig.assign(user)
    assert rig.restart()["code"] == "Active"
    assert len(rig.arrived()) == 4


def test_without_the_guard_everybody_is_gone(rig: Rig) -> None:
    users = rig.add_users(4)
    _guard(rig, 2, enabled=False)
    rig.start()
    rig.unassign(*users)
    assert rig.next_cycle()["code"] == "Active"
    assert rig.arrived() == {}


def test_the_threshold_is_500_when_nothing_is_said(rig: Rig) -> None:
    users = rig.add_users(501)
    rig.start()
    rig.unassign(*users)
    assert rig.next_cycle()["quarantine"]["reason"] == "TooManyDeletes"
