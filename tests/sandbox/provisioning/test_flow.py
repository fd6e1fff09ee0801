"""What is sent: mappings, flow types, default values, references, matching."""

from __future__ import annotations

from typing import Any

import pytest

from .rig import Rig

# What is sent


def test_every_default_mapping_reaches_home(home: Rig) -> None:
    boss = home.add_user("boss")
    user = home.add_user(
        "eva",
        jobTitle="Chief",
        department="IT",
        employeeId="7",
        mailNickname="eva.b",
        preferredLanguage="fi",
        officeLocation="3B",
        streetAddress="Street 1",
        state="Uusimaa",
        postalCode="00100",
        businessPhone="1",
        mobilePhone="2",
        faxNumber="3",
        manager=boss.id,
    )
    home.start()
    arrived = home.arrived()[user.userPrincipalName]
    enterprise = arrived["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    assert enterprise == {"employeeNumber": "7", "department": "IT", "manager": {"value": home.memory.links[boss.id]}}
    assert arrived["name"] == {"givenName": "Eva", "familyName": "Berg", "formatted": "Eva Berg"}
    assert arrived["emails"] == [{"type": "work", "primary": True, "value": "eva@contoso.example"}]
    assert {each["type"]: each["value"] for each in arrived["phoneNumbers"]} == {"work": "1", "mobile": "2", "fax": "3"}
    assert arrived["addresses"] == [
        {
            "type": "work",
            "formatted": "3B",
            "streetAddress": "Street 1",
            "locality": "Helsinki",
            "region": "Uusimaa",
            "postalCode": "00100",
            "country": "Finland",
        }
    ]
    rest = ("displayName", "title", "preferredLanguage", "externalId", "active")
    assert [arrived[key] for key in rest] == ["Eva Berg", "Chief", "fi", "eva.b", True]


def test_an_empty_value_is_not_sent_and_clears_nothing(home: Rig) -> None:
    user = home.add_user("eva", jobTitle="Chief")
    home.start()
    home.change(user, jobTitle=None)
    home.next_cycle()
    assert home.codes(1) == ["other/skipped/RedundantExport"]
    assert home.arrived()[user.userPrincipalName]["title"] == "Chief"


def test_a_default_value_is_sent_at_creation_only(home: Rig) -> None:
    user = home.add_user("eva")
    home.map("title", "[jobTitle]", defaultValue="Colleague")
    home.start()
    assert home.arrived()[user.userPrincipalName]["title"] == "Colleague"
    home.scim("PATCH", f"/Users/{home.memory.links[user.id]}", _replace("title", "Local"))
    home.change(user, city="Turku")
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["title"] == "Local"


def test_a_constant_reaches_everybody(home: Rig) -> None:
    home.add_user("eva")
    home.map("userType", '"Employee"')
    home.start()
    assert home.arrived()["eva@contoso.example"]["userType"] == "Employee"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"flowType": "Always"}, "Entra"),
        ({"flowType": "ObjectAddOnly"}, "Local"),
        ({"flowType": "AttributeAddOnly"}, "Local"),
        ({"flowType": "ValueAddOnly"}, "Local"),
    ],
)
def test_the_flow_type_decides_about_updates(home: Rig, changed: dict[str, Any], expected: str) -> None:
    user = home.add_user("eva", jobTitle="Entra")
    home.map("title", "[jobTitle]", **changed)
    home.start()
    home.scim("PATCH", f"/Users/{home.memory.links[user.id]}", _replace("title", "Local"))
    home.change(user, city="Turku")
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["title"] == expected


def test_flow_always_writes_what_is_the_same_too(home: Rig) -> None:
    user = home.add_user("eva", jobTitle="Chief")
    home.map("title", "[jobTitle]", flowBehavior="FlowAlways")
    home.start()
    home.change(user)
    home.next_cycle()
    assert home.rows(1)[0]["modifiedProperties"] == [{"displayName": "title", "oldValue": "Chief", "newValue": "Chief"}]


def test_a_difference_in_case_is_none_unless_the_attribute_is_case_exact(home: Rig) -> None:
    user = home.add_user("eva", jobTitle="chief")
    home.start()
    home.change(user, jobTitle="CHIEF")
    home.next_cycle()
    assert home.codes(1) == ["other/skipped/RedundantExport"]
    for directory in home.job.schema["directories"]:
        for thing in directory["objects"]:
            for each in thing["attributes"]:
                each["caseExact"] = each["caseExact"] or each["name"] == "title"
    home.change(user)
    home.next_cycle()
    assert home.arrived()[user.userPrincipalName]["title"] == "CHIEF"


def test_a_redacted_value_arrives_and_is_not_shown_in_the_log(home: Rig) -> None:
    home.add_user("eva", jobTitle="Secret")
    home.map("title", "Redact([jobTitle])")
    home.start()
    assert home.arrived()["eva@contoso.example"]["title"] == "Secret"
    shown = {each["displayName"]: each["newValue"] for each in home.rows()[0]["modifiedProperties"]}
    assert shown["title"] == "[Redact]"


def test_a_manager_who_comes_later_is_written_at_the_end_of_the_initial_cycle(home: Rig) -> None:
    eva = home.add_user("eva")
    boss = home.add_user("boss")
    eva.manager = boss.id
    home.start()
    key = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert home.arrived()[eva.userPrincipalName][key]["manager"]["value"] == home.memory.links[boss.id]
    assert home.codes() == ["create/warning/UnableToResolveReferenceAttributeValue", "create/success", "update/success"]


def test_a_manager_who_comes_into_scope_later_waits_for_a_restart(home: Rig) -> None:
    boss = home.add_user("boss", assigned=False)
    eva = home.add_user("eva", manager=boss.id)
    home.start()
    home.assign(boss)
    home.next_cycle()
    key = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert "manager" not in home.arrived()[eva.userPrincipalName].get(key, {})
    home.restart("Watermark")
    assert home.arrived()[eva.userPrincipalName][key]["manager"]["value"] == home.memory.links[boss.id]


def _replace(path: str, value: Any) -> dict[str, Any]:
    operation = {"op": "replace", "path": path, "value": value}
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}


# Matching


def test_an_account_that_is_there_already_is_matched_and_updated(rig: Rig) -> None:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "EVA@contoso.example"}
    identity = rig.scim("POST", "/Users", body).json()["id"]
    user = rig.add_user("eva")
    rig.start()
    assert rig.memory.links == {user.id: identity}
    assert rig.codes() == ["update/success"]
    assert len(rig.arrived()) == 1


def test_matching_attributes_are_tried_in_order_of_priority(home: Rig) -> None:
    sent = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "old@x.example", "externalId": "E1"}
    identity = home.scim("POST", "/Users", sent).json()["id"]
    user = home.add_user("eva", mailNickname="E1")
    home.map("externalId", "[mailNickname]", matchingPriority=2)
    home.start()
    assert home.memory.links == {user.id: identity}


def test_a_mapping_without_matching_attribute_ends_in_quarantine(rig: Rig) -> None:
    for each in rig.mapping("User")["attributeMappings"]:
        each["matchingPriority"] = 0
    assert "no matching attribute" in rig.start()["quarantine"]["error"]["message"]


def test_a_target_attribute_that_is_not_defined_ends_in_quarantine(rig: Rig) -> None:
    rig.map("shoeSize", "[jobTitle]")
    assert "'shoeSize' is not defined" in rig.start()["quarantine"]["error"]["message"]
