"""The failure modes that live in the provisioning service and at Haiilo: each switch, and what is seen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox import faults, haiilo
from sandbox.provisioning import Sender, validate_credentials
from sandbox.provisioning.target import EntryFailed, Target

from .rig import Rig


def _with(rig: Rig, key: str, value: Any = True, *, users: int = 3, **attributes: Any) -> Rig:
    rig.add_users(users, **attributes)
    rig.switch(**{key: value})
    return rig


def test_every_switch_says_what_will_be_seen() -> None:
    known = faults.known()
    assert all(text.endswith(".") and len(text) > 20 for text in known.values())
    wanted = {8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 33}
    elsewhere = {1, 2, 3, 4, 5, 6, 7, 10, 32, 35}
    assert {key for key in known if key.startswith("F")} >= {f"F{number}" for number in wanted | elsewhere}


def test_f8_another_environment_takes_the_token_and_the_data(rig: Rig) -> None:
    _with(rig, "F8")
    staging = "contoso-staging.smarpshare.com"
    address = f"https://{staging}/api/scim/v2"
    assert validate_credentials(rig.world, rig.tenant, address, rig.token, None) is None
    rig.save_secrets(BaseAddress=address)
    rig.start()
    assert rig.arrived() == {}
    assert len(haiilo.users(rig.world, staging)) == 3


def test_f8_without_the_switch_there_is_no_other_environment(rig: Rig) -> None:
    address = "https://contoso-staging.smarpshare.com/api/scim/v2"
    assert validate_credentials(rig.world, rig.tenant, address, rig.token, None) is not None


def test_f9_an_expired_token_fails_the_test_and_the_job(rig: Rig) -> None:
    _with(rig, "F9")
    refusal = validate_credentials(rig.world, rig.tenant, f"https://{rig.host}/api/scim/v2", rig.token, None)
    assert refusal is not None
    assert refusal.inner_code.endswith("CredentialValidationFailure")
    assert rig.start()["quarantine"]["reason"] == "EncounteredQuarantineException"


def test_f11_an_assigned_user_is_skipped(rig: Rig) -> None:
    _with(rig, "F11").start()
    assert rig.codes() == ["other/skipped/NotEffectivelyEntitled", "create/success", "create/success"]


def test_f12_the_cycle_ends_with_nobody(rig: Rig) -> None:
    status = _with(rig, "F12").start()
    assert (status["code"], status["lastExecution"]["countEntitled"]) == ("Active", 0)
    assert rig.arrived() == {}


def test_f12_the_same_happens_by_nature_with_a_nested_group_only(rig: Rig) -> None:
    inner = rig.add_group("Inner", [rig.add_user("eva", assigned=False)], assigned=False)
    rig.add_group("Outer", [inner])
    rig.start()
    assert rig.arrived() == {}


def test_f13_an_empty_matching_attribute_is_import_skipped(rig: Rig) -> None:
    _with(rig, "F13").start()
    assert rig.codes()[0] == "other/skipped/ImportSkipped"
    assert len(rig.arrived()) == 2


def test_f14_a_missing_required_attribute_is_named(rig: Rig) -> None:
    _with(rig, "F14").start()
    assert rig.codes()[0] == "create/failure/MandatoryFieldsMissing"
    reason = rig.rows()[0]["provisioningStatusInfo"]["errorInformation"]["reason"]
    assert "Required property missing: name.familyName" in reason


def test_f14_who_lacks_a_required_target_attribute_is_skipped_before_haiilo_is_asked(home: Rig) -> None:
    home.add_user("eva", jobTitle="x")
    home.map("userName", "[companyName]")
    home.map("title", "[jobTitle]", matchingPriority=1)
    home.start()
    assert home.codes() == ["create/skipped/AttributeValidationFailed"]


def test_f15_special_characters_break_the_search(rig: Rig) -> None:
    _with(rig, "F15").start()
    assert rig.codes()[0] == "create/failure/SystemForCrossDomainIdentityManagementBadRequest"
    assert "invalidFilter" in rig.rows()[0]["provisioningStatusInfo"]["errorInformation"]["reason"]


def test_f15_without_the_switch_special_characters_do_no_harm(home: Rig) -> None:
    home.add_user("eva", userPrincipalName='o\'hara+"ø"\\@contoso.example')
    home.start()
    home.restart("Full")
    assert home.codes() == ["create/success", "other/skipped/RedundantExport"]


def test_f16_a_renamed_user_gets_a_second_account(home: Rig) -> None:
    user = home.add_user("eva")
    home.start()
    home.switch(F16=True)
    assert (user.userPrincipalName, user.mail) == ("new.eva@contoso.example", "new.eva@contoso.example")
    home.next_cycle()
    assert set(home.arrived()) == {"eva@contoso.example", "new.eva@contoso.example"}
    home.next_cycle()
    assert len(home.arrived()) == 2


def test_f17_a_hidden_account_collides(rig: Rig) -> None:
    _with(rig, "F17").start()
    assert rig.codes()[0] == "create/failure/EntryConflict"
    assert len(rig.arrived()) == 2


def test_f17_ends_when_the_other_account_is_gone(rig: Rig) -> None:
    _with(rig, "F17").start()
    rig.switch(F17=False)
    rig.next_cycle()
    assert len(rig.arrived()) == 3


def test_f18_ends_with_one_account_for_each_person(rig: Rig) -> None:
    _with(rig, "F18").start()
    rig.switch(F18=False)
    rig.next_cycle()
    assert set(rig.arrived()) == {f"user{number}@contoso.example" for number in range(3)}


def test_f18_duplicates_on_either_side(rig: Rig) -> None:
    _with(rig, "F18").start()
    assert rig.codes() == [
        "create/failure/DuplicateTargetEntries",
        "create/success",
        "create/failure/DuplicateSourceEntries",
    ]


def test_f19_an_account_deleted_by_hand(rig: Rig) -> None:
    rig.add_users(2)
    rig.start()
    rig.switch(F19=True)
    rig.next_cycle()
    assert rig.codes(2) == ["update/failure/InvalidAnchor"]


def test_f19_ends_when_haiilo_restores_the_account_and_can_come_again(rig: Rig) -> None:
    rig.add_users(2)
    rig.start()
    rig.switch(F19=True)
    assert len(rig.arrived()) == 1, "gone at once, whoever looks"
    rig.next_cycle()
    rig.switch(F19=False)
    rig.next_cycle()
    assert rig.codes(2) == ["update/failure/InvalidAnchor", "other/skipped/RedundantExport"]
    rig.switch(F19=True)
    assert len(rig.arrived()) == 1


def test_f19_waits_for_somebody_who_is_linked(rig: Rig) -> None:
    _with(rig, "F19").start()
    assert len(rig.arrived()) == 3
    rig.next_cycle()
    assert rig.codes(3) == ["update/failure/InvalidAnchor"]


def test_f21_the_string_false_deactivates_nobody(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.start()
    rig.switch(F21=True)
    rig.unassign(user)
    rig.next_cycle()
    assert rig.codes(1) == ["disable/success"]
    assert len(rig.arrived()) == 1


def test_f21_otherwise_a_sign_in_block_deletes_the_person_at_advocacy(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.start()
    rig.change(user, accountEnabled=False)
    rig.next_cycle()
    assert rig.arrived() == {}
    rig.change(user, accountEnabled=True)
    rig.next_cycle()
    assert rig.codes(2) == ["update/failure/InvalidAnchor"]


def test_f22_on_demand_sees_whom_the_cycle_does_not(rig: Rig) -> None:
    _with(rig, "F22")
    newest = list(rig.tenant.users.values())[-1]
    rig.start()
    assert newest.userPrincipalName not in rig.arrived()
    assert json.loads(rig.on_demand(newest)[0])["result"] == "Success"


def test_f23_the_first_cycle_looks_dead_for_two_hours(rig: Rig) -> None:
    status = _with(rig, "F23").start()
    assert (status["code"], status["lastExecution"]["state"]) == ("NotRun", "Failed")
    rig.world.clock.jump(timedelta(minutes=119))
    assert rig.run()["code"] == "NotRun"
    rig.world.clock.jump(timedelta(minutes=2))
    assert rig.run()["code"] == "Active"
    assert len(rig.arrived()) == 3


def test_f24_a_write_of_the_mappings_is_followed_by_two_hours_of_evaluation(rig: Rig) -> None:
    _with(rig, "F24").start()
    before = rig.job.status
    rig.map("name.familyName", "[department]", defaultValue="x")
    status = rig.next_cycle()
    assert (status["code"], status["progress"][0]["completedUnits"]) == ("Active", 0)
    assert status["lastExecution"] == before["lastExecution"]
    rig.world.clock.jump(timedelta(minutes=119))
    assert rig.run() == status
    assert len(rig.rows()) == 3
    rig.world.clock.jump(timedelta(minutes=2))
    progress = rig.run()["progress"][0]
    assert progress["completedUnits"] == progress["totalUnits"]
    assert len(rig.rows()) == 6


def test_f24_without_the_switch_everybody_is_evaluated_in_the_next_cycle(rig: Rig) -> None:
    _with(rig, "F24", False).start()
    rig.map("name.familyName", "[department]", defaultValue="x")
    rig.next_cycle()
    assert len(rig.rows()) == 6


def test_f25_a_changed_scope_does_nothing_without_a_restart(rig: Rig) -> None:
    _with(rig, "F25", department="Sales").start()
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": {"values": ["IT"]}}
    rig.mapping("User")["scope"] = {"groups": [{"name": "g", "clauses": [clause]}]}
    rig.next_cycle()
    assert len(rig.arrived()) == 3
    rig.restart()
    assert rig.arrived() == {}


def test_f26_the_job_is_in_quarantine_for_28_days(rig: Rig) -> None:
    assert _with(rig, "F26").start()["code"] == "Quarantine"
    rig.world.clock.jump(timedelta(days=28))
    rig.run()
    assert rig.job.schedule["state"] == "Disabled"


def test_f26_every_test_of_the_connection_fails_too(rig: Rig) -> None:
    address = f"https://{rig.host}/api/scim/v2"
    _with(rig, "F26")
    assert validate_credentials(rig.world, rig.tenant, address, rig.token, None) is None, "no job runs yet"
    status = rig.start()
    refusal = validate_credentials(rig.world, rig.tenant, address, rig.token, None)
    assert refusal is not None
    assert refusal.inner_code == status["quarantine"]["error"]["code"]
    answer = json.loads(rig.on_demand(next(iter(rig.tenant.users.values())))[0])
    assert (answer["result"], answer["details"]["errorCode"]) == ("Failure", "InsufficientRights")
    rig.switch(F26=False)
    assert rig.restart()["code"] == "Active"


def test_f27_everything_fails_without_quarantine(rig: Rig) -> None:
    status = _with(rig, "F27").start()
    assert rig.codes() == ["create/failure/InternalServerError"] * 3
    assert (status["code"], status["lastExecution"]["state"]) == ("Active", "EntryLevelErrors")


def test_f28_quarantine_with_nothing_but_success_in_the_log(rig: Rig) -> None:
    status = _with(rig, "F28").start()
    assert set(rig.codes()) == {"create/success"}
    assert (status["code"], status["quarantine"]["reason"]) == ("Quarantine", "Unknown")
    assert status["quarantine"]["error"]["message"]


@pytest.mark.parametrize(("enabled", "left"), [(True, 3), (False, 0)])
def test_f29_mass_unassignment_is_held_back_only_by_the_guard(rig: Rig, enabled: bool, left: int) -> None:
    rig.add_users(3)
    options = {"DeleteThresholdEnabled": enabled, "DeleteThresholdValue": 2}
    rig.save_secrets(SyncNotificationSettings=json.dumps(options))
    rig.start()
    rig.switch(F29=True)
    status = rig.next_cycle()
    assert len(rig.arrived()) == left
    assert (status["code"] == "Quarantine") is enabled
    assert ("stagedDelete/skipped/TooManyDeletes" in rig.codes()) is enabled


def test_f30_whoever_was_unassigned_first_is_never_deleted(home: Rig) -> None:
    users = home.add_users(2)
    home.start()
    home.switch(F30=[users[0].userPrincipalName])
    assert [each.principalId for each in home.tenant.assignments_of(home.sp.id)] == [users[1].id]
    home.next_cycle()
    del home.tenant.users[users[0].id]
    home.next_cycle()
    assert home.codes(2) == ["disable/success"]
    assert len(home.arrived()) == 2


def test_f31_a_guest_has_another_user_name(rig: Rig) -> None:
    _with(rig, "F31").start()
    assert "user0@contoso.example" in rig.arrived()


def test_f33_a_receiver_that_throttles_is_named(rig: Rig) -> None:
    _with(rig, "F33", users=20).start()
    assert {"WebExceptionProtocolError", "Timeout"} <= {code.rpartition("/")[2] for code in rig.codes()}
    rig.switch(F33=False)
    rig.restart()
    assert len(rig.arrived()) == 20


def test_f33_a_receiver_that_always_throttles_is_too_many_requests(rig: Rig) -> None:
    _with(rig, "F33", {"throttle": True}, users=1).start()
    assert rig.codes() == ["create/failure/TooManyRequests"]


def test_f33_a_receiver_that_is_too_slow_is_a_timeout(rig: Rig) -> None:
    rig.switch(F33={"seconds": 0.5})
    target = Target(f"https://{rig.host}/api/scim/v2", rig.token, Sender(rig.world), timeout=0.1)
    with pytest.raises(EntryFailed) as failed:
        target.get("/Users", "any")
    assert failed.value.code == "Timeout"


def test_switches_can_name_the_users_they_concern(rig: Rig) -> None:
    _with(rig, "F13", ["user2@contoso.example"]).start()
    assert rig.codes() == ["create/success", "create/success", "other/skipped/ImportSkipped"]


def test_a_switch_taken_off_brings_the_truth_back(rig: Rig) -> None:
    _with(rig, "F13", 2).start()
    rig.switch(F13=False)
    rig.next_cycle()
    assert len(rig.arrived()) == 3
