"""Provision on demand: one object, two shapes of answer, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import provisioning
from sandbox.provisioning import BadParameters, validate_credentials
from sandbox.provisioning.schema import RULE_ID

from .rig import Rig


def _result(answer: tuple[str, str]) -> tuple[str, str, dict[str, Any]]:
    key, value = json.loads(answer[0]), json.loads(answer[1])
    return key["result"], key["details"]["errorCode"], value


def test_an_assigned_user_arrives_before_the_job_was_started(rig: Rig) -> None:
    user = rig.add_user("eva")
    result, code, value = _result(rig.on_demand(user))
    assert (result, code, value["action"]) == ("Success", "", "Create")
    assert [each["type"] for each in value["provisioningSteps"]] == ["Import", "Scoping", "Matching", "Export"]
    assert {each["status"] for each in value["provisioningSteps"]} == {"Success"}
    assert {"displayName": "userName", "oldValue": None, "newValue": user.userPrincipalName} in value[
        "modifiedProperties"
    ]
    assert set(rig.arrived()) == {user.userPrincipalName}
    assert rig.codes() == ["create/success"]


def test_the_cycle_afterwards_finds_nothing_to_do(rig: Rig) -> None:
    rig.on_demand(rig.add_user("eva"))
    rig.start()
    assert rig.codes()[1:] == ["other/skipped/RedundantExport"]


def test_a_second_time_is_redundant(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.on_demand(user)
    assert _result(rig.on_demand(user))[:2] == ("Skipped", "RedundantExport")


def test_whoever_is_not_assigned_is_skipped_in_the_scoping_step(rig: Rig) -> None:
    result, code, value = _result(rig.on_demand(rig.add_user("eva", assigned=False)))
    assert (result, code) == ("Skipped", "NotEffectivelyEntitled")
    assert [step["status"] for step in value["provisioningSteps"] if step["type"] == "Scoping"] == ["Skipped"]
    assert rig.arrived() == {}


def test_a_refusal_of_haiilo_is_a_failure_with_its_text(rig: Rig) -> None:
    result, code, value = _result(rig.on_demand(rig.add_user("eva", country="finland")))
    assert (result, code) == ("Failure", "SystemForCrossDomainIdentityManagementBadRequest")
    assert "Group does not exist" in value["statusInfo"]["reason"]


def test_wrong_credentials_are_a_failure(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.save_secrets(SecretToken="wrong")
    result, code, _value = _result(rig.on_demand(user))
    assert (result, code) == (
        "Failure",
        "SystemForCrossDomainIdentityManagementCredentialValidationFailure",
    )


def test_a_disabled_user_that_is_linked_is_disabled(home: Rig) -> None:
    user = home.add_user("eva")
    home.on_demand(user)
    home.change(user, accountEnabled=False)
    assert _result(home.on_demand(user))[2]["action"] == "Disable"
    assert home.arrived()[user.userPrincipalName]["active"] is False


def test_the_second_shape_is_a_type_name_and_an_array(rig: Rig) -> None:
    rig.switch(on_demand_array=True)
    key, value = rig.on_demand(rig.add_user("eva"))
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(key)
    assert json.loads(value)[0]["action"] == "Create"


def test_a_group_is_provisioned_with_the_named_members(home: Rig) -> None:
    users = [home.add_user(f"u{number}") for number in range(2)]
    group = home.add_group("Staff", [*users])
    for user in users:
        home.on_demand(user)
    answer = home.on_demand(group, links={"members": [{"objectId": users[0].id, "objectTypeName": "User"}]})
    assert _result(answer)[0] == "Success"
    written = next(iter(home.platform.scim_groups.values())).data["members"]
    assert [each["value"] for each in written] == [home.memory.links[users[0].id]]


def test_a_group_on_demand_leaves_the_members_alone_that_were_not_named(home: Rig) -> None:
    users = [home.add_user(f"u{number}") for number in range(3)]
    group = home.add_group("Staff", [*users[:2]])
    home.start()
    group.members[users[2].id] = "user"
    del group.members[users[0].id]
    home.on_demand(group, links={"members": [{"objectId": users[2].id, "objectTypeName": "User"}]})
    written = next(iter(home.platform.scim_groups.values())).data["members"]
    assert {each["value"] for each in written} == {home.memory.links[user.id] for user in users}


def test_the_strict_flag_does_not_count_on_demand(home: Rig) -> None:
    home.switch(F21=True)
    home.save_secrets(BaseAddress=f"https://{home.host}/api/scim/v2?aadOptscim062020")
    user = home.add_user("eva")
    home.start()
    home.change(user, accountEnabled=False)
    home.on_demand(user)
    assert home.arrived()[user.userPrincipalName]["active"] is True, 'the string "False" was sent, and is ignored'
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["active"] is False, "the cycle sends a Boolean"


SUBJECT = {"objectId": "x", "objectTypeName": "User"}


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ([], "Exactly one"),
        ([{"ruleId": "", "subjects": [SUBJECT]}], "not a rule"),
        ([{"ruleId": "other", "subjects": [SUBJECT]}], "'other' is not a rule"),
        ([{"ruleId": RULE_ID, "subjects": []}], "one subject"),
        ([{"ruleId": RULE_ID, "subjects": [SUBJECT, SUBJECT]}], "one subject"),
        ([{"ruleId": RULE_ID, "subjects": [{**SUBJECT, "objectTypeName": "user"}]}], "neither User nor Group"),
        ([{"ruleId": RULE_ID, "subjects": [SUBJECT]}], "no user with the object id 'x'"),
        (
            [
                {
                    "ruleId": RULE_ID,
                    "subjects": [
                        {"objectId": "x", "objectTypeName": "Group", "links": {"members": [{"objectId": "m"}] * 6}}
                    ],
                }
            ],
            "At most 5",
        ),
    ],
)
def test_wrong_parameters_are_refused(rig: Rig, parameters: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(BadParameters, match=says):
        provisioning.on_demand(rig.world, rig.tenant, rig.sp, rig.job, parameters)


# validateCredentials


def test_right_credentials_are_accepted(rig: Rig) -> None:
    address = f"https://{rig.host}/api/scim/v2"
    assert validate_credentials(rig.world, rig.tenant, address, rig.token, rig.job.schema) is None
    assert validate_credentials(rig.world, rig.tenant, address + "/", rig.token, None) is None


@pytest.mark.parametrize("token", ["wrong", "", " {token}", "{token}x"])
def test_a_wrong_or_padded_token_is_refused(rig: Rig, token: str) -> None:
    refusal = validate_credentials(
        rig.world, rig.tenant, f"https://{rig.host}/api/scim/v2", token.format(token=rig.token), None
    )
    assert refusal is not None
    assert refusal.code == "CredentialValidationUnavailable"
    assert refusal.inner_code == "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
    assert "Unauthorized" in refusal.message
    assert rig.token not in refusal.message


def test_a_token_that_no_header_can_carry_is_refused(rig: Rig) -> None:
    refusal = validate_credentials(rig.world, rig.tenant, f"https://{rig.host}/api/scim/v2", f"{rig.token}\n", None)
    assert refusal is not None
    assert "header cannot carry" in refusal.message


@pytest.mark.parametrize(
    ("address", "inner"),
    [
        ("https://{host}", "CredentialValidationUnavailable"),
        ("https://{host}/haiilo-static/haiilo.css?", "CredentialValidationUnavailable"),
        ("https://nobody.example/api/scim/v2", "CredentialValidationUnavailable"),
        ("{host}/api/scim/v2", "InvalidCredentials"),
        ("http://{host}/api/scim/v2", "InvalidCredentials"),
        ("https://user@{host}/api/scim/v2", "InvalidCredentials"),
    ],
)
def test_a_wrong_address_is_refused_by_what_is_wrong_with_it(rig: Rig, address: str, inner: str) -> None:
    refusal = validate_credentials(rig.world, rig.tenant, address.format(host=rig.host), rig.token, None)
    assert refusal is not None
    assert refusal.inner_code == f"SystemForCrossDomainIdentityManagement{inner}"


def test_every_matching_attribute_is_asked_for(home: Rig) -> None:
    home.map("title", "[jobTitle]", matchingPriority=2)
    before = home.platform.calls
    address = f"https://{home.host}/api/scim/v2"
    assert validate_credentials(home.world, home.tenant, address, home.token, home.job.schema) is None
    assert home.platform.calls == before + 3  # two for users, one for groups
