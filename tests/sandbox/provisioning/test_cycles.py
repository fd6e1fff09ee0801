"""Cycles: who is provisioned, what is sent, what status and log say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.clock import NEVER
from sandbox.provisioning import engine as engines
from sandbox.provisioning import parse_expression

from .rig import Rig

PARSED = parse_expression({"expression": "[mail]"}, {})["parsedExpression"]


# Who


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
    step = rig.rows()[0]["provisioningSteps"][-1]
    assert (step["provisioningStepType"], step["status"]) == ("scoping", "skipped")


def test_a_guest_loses_ext_in_its_user_name(rig: Rig) -> None:
    rig.add_user("guest", userPrincipalName="eva_partner.example#EXT#@contoso.onmicrosoft.example")
    rig.start()
    assert set(rig.arrived()) == {"eva_partner.example@contoso.onmicrosoft.example"}


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
    assert rig.codes() == ["create/success" if passes else "other/skipped/EntrySynchronizationSkipped"]


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
    assert home.codes(1) == ["update/skipped/RedundantExport"]
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
    assert home.codes(1) == ["update/skipped/RedundantExport"]
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


# When


def test_a_job_that_was_just_started_looks_failed_and_is_not(rig: Rig) -> None:
    rig.add_user("eva")
    rig.engine.on_start(rig.tenant, rig.job)
    status = rig.job.status
    assert status["code"] == "NotRun"
    assert (status["lastExecution"]["state"], status["lastExecution"]["error"]["code"]) == ("Failed", "None")
    assert status["lastExecution"]["timeBegan"] == NEVER
    assert rig.job.schedule == {"expiration": None, "interval": "PT40M", "state": "Active"}


def test_the_initial_cycle_leaves_counts_and_steady_state(rig: Rig) -> None:
    rig.add_users(3)
    status = rig.start()
    assert status["code"] == "Active"
    assert status["steadyStateFirstAchievedTime"] > NEVER
    assert status["synchronizedEntryCountByType"] == [{"key": "User", "value": 3}]
    execution = status["lastExecution"]
    assert execution["state"] == "Succeeded"
    assert [execution[key] for key in ("countEntitled", "countExported", "countExports", "countEscrowed")] == [
        3,
        3,
        3,
        0,
    ]
    assert status["lastSuccessfulExecutionWithExports"] == execution
    assert status["progress"][0]["units"] == "pages"


def test_nothing_runs_before_forty_minutes_are_over(rig: Rig) -> None:
    rig.start()
    user = rig.add_user("eva")
    rig.world.clock.jump(timedelta(minutes=20))
    rig.run()
    assert rig.arrived() == {}
    rig.world.clock.jump(timedelta(minutes=20))
    rig.run()
    assert set(rig.arrived()) == {user.userPrincipalName}


def test_an_incremental_cycle_looks_at_what_changed_only(rig: Rig) -> None:
    users = rig.add_users(3)
    rig.start()
    since = len(rig.tenant.log)
    rig.change(users[1], city="Turku")
    status = rig.next_cycle()
    assert rig.codes(since) == ["update/success"]
    assert rig.rows(since)[0]["modifiedProperties"][0]["oldValue"] == "Helsinki"
    assert status["lastExecution"]["countImported"] == 1


def test_a_pause_stops_what_comes_next(rig: Rig) -> None:
    rig.start()
    rig.engine.on_pause(rig.tenant, rig.job)
    rig.add_user("eva")
    assert rig.next_cycle()["code"] == "Paused"
    assert rig.arrived() == {}
    rig.engine.on_start(rig.tenant, rig.job)
    rig.run()
    assert len(rig.arrived()) == 1


def test_a_changed_mapping_is_followed_by_a_new_initial_cycle(rig: Rig) -> None:
    rig.add_users(2)
    rig.start()
    since = len(rig.tenant.log)
    rig.map("name.familyName", "ToUpper([surname])")
    rig.next_cycle()
    assert rig.codes(since) == ["update/skipped/RedundantExport"] * 2


def test_a_restart_with_full_breaks_the_links_and_matches_again(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.start()
    before = dict(rig.memory.links)
    rig.memory.links[user.id] = "stale"
    rig.restart("Full")
    assert rig.memory.links == before


def test_a_deleted_job_does_nothing(rig: Rig) -> None:
    rig.add_user("eva")
    rig.engine.on_start(rig.tenant, rig.job)
    rig.job.deleted = True
    rig.run()
    assert rig.arrived() == {}


def test_the_engines_own_thread_runs_what_is_due(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TICK", 0.01)
    done = rig.engine.when_idle
    rig.add_users(3)
    rig.engine.on_start(rig.tenant, rig.job)
    rig.engine.start()
    assert done(10.0)
    rig.engine.stop()
    assert len(rig.arrived()) == 3


# What the log says


def test_a_log_row_tells_the_whole_story(rig: Rig) -> None:
    user = rig.add_user("eva")
    rig.start()
    row = rig.rows()[0]
    assert row["jobId"] == rig.job.id
    assert row["tenantId"] == rig.tenant.id
    assert row["servicePrincipal"] == {"id": rig.sp.id, "displayName": "Haiilo SSO"}
    assert row["sourceIdentity"]["details"]["UserPrincipalName"] == user.userPrincipalName
    assert row["targetIdentity"]["id"] == rig.memory.links[user.id]
    assert [each["provisioningStepType"] for each in row["provisioningSteps"]] == [
        "import",
        "scoping",
        "matching",
        "export",
    ]
    assert {"displayName": "userName", "oldValue": None, "newValue": user.userPrincipalName} in row[
        "modifiedProperties"
    ]


def test_rows_of_one_cycle_share_its_id_and_rows_of_two_do_not(rig: Rig) -> None:
    users = rig.add_users(2)
    rig.start()
    rig.change(users[0], city="Turku")
    rig.next_cycle()
    first, second, third = (row["cycleId"] for row in rig.rows())
    assert first == second != third


def test_a_refusal_of_haiilo_stands_in_the_log_with_its_own_code(rig: Rig) -> None:
    rig.add_user("eva", country="finland")
    status = rig.start()
    info = rig.rows()[0]["provisioningStatusInfo"]["errorInformation"]
    assert info["errorCode"] == "WebExceptionProtocolError"
    assert "400.76" in info["reason"]
    assert status["lastExecution"]["state"] == "EntryLevelErrors"
    assert status["lastExecution"]["countEscrowed"] == 1


def test_a_failed_user_is_tried_again_with_growing_pauses(rig: Rig) -> None:
    user = rig.add_user("eva", country="finland")
    rig.start()
    rig.next_cycle()
    rig.next_cycle()
    assert rig.memory.escrows[user.id].attempts == 2
    assert len(rig.rows()) == 2
    rig.platform.groups.append("finland")
    rig.next_cycle()
    assert rig.codes()[2:] == ["create/success"]
    assert rig.memory.escrows == {}


def test_a_restart_of_escrows_tries_them_at_once(rig: Rig) -> None:
    rig.add_user("eva", country="finland")
    rig.start()
    rig.platform.groups.append("finland")
    rig.restart()
    assert rig.codes()[1:] == ["create/success"]
