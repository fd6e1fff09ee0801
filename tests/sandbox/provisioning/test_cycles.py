"""When cycles run, what status and log say of them."""

from __future__ import annotations

from datetime import timedelta

from sandbox.clock import NEVER
from sandbox.provisioning.attributes import ENTERPRISE

from .rig import Rig

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
    assert status["synchronizedEntryCountByType"] == [{"key": f"User to {ENTERPRISE}", "value": 3}]
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
    assert rig.codes(since) == ["other/skipped/RedundantExport"] * 2


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


def test_the_engines_own_thread_runs_what_is_due(rig: Rig) -> None:
    rig.add_users(3)
    rig.engine.on_start(rig.tenant, rig.job)
    rig.engine.start()
    assert rig.engine.when_idle(10.0)
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
    assert info["errorCode"] == "SystemForCrossDomainIdentityManagementBadRequest"
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
