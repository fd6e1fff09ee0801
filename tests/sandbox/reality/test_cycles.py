"""How a job may tell of its cycles."""

from __future__ import annotations

import pytest

from sandbox.clock import NEVER

from ..provisioning.rig import Rig
from ..provisioning.test_requests import watch

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def test_says_not_run_until_the_first_run_has_ended_also_after_a_pilot(rig: Rig) -> None:
    rig.answer_as(not_run="until_first_end")
    user = rig.add_user("eva")
    rig.on_demand(user)
    rig.engine.on_start(rig.tenant, rig.job)
    assert rig.job.status["code"] == "NotRun"
    assert rig.job.status["lastExecution"]["error"]["code"] == "None"
    assert rig.run()["code"] == "Active"


def test_says_active_at_once_after_a_pilot_otherwise(rig: Rig) -> None:
    rig.answer_as(not_run="until_picked_up")
    rig.on_demand(rig.add_user("eva"))
    rig.engine.on_start(rig.tenant, rig.job)
    assert rig.job.status["code"] == "Active"


def test_shows_no_progress(rig: Rig) -> None:
    rig.answer_as(progress="none")
    rig.add_users(3)
    assert rig.start()["progress"] == []
    rig.answer_as(progress="pages")
    assert rig.next_cycle()["progress"] != []


def test_reaches_the_steady_state_only_with_a_cycle_without_work(rig: Rig) -> None:
    rig.answer_as(steady_state="cycle_without_work")
    rig.add_users(3)
    assert rig.start()["steadyStateFirstAchievedTime"] == NEVER
    assert rig.next_cycle()["steadyStateFirstAchievedTime"] != NEVER
    rig.answer_as(steady_state="initial_cycle")


def test_begins_the_last_success_in_year_one(rig: Rig) -> None:
    rig.answer_as(last_success="year_one")
    rig.add_user("eva")
    status = rig.start()
    success, last = status["lastSuccessfulExecution"], status["lastExecution"]
    assert (success["timeBegan"], success["activityIdentifier"]) == (NEVER, None)
    assert success["timeEnded"] == last["timeEnded"] != NEVER
    rig.answer_as(last_success="whole")
    assert rig.next_cycle()["lastSuccessfulExecution"]["timeBegan"] != NEVER


def test_succeeds_although_people_failed_before(rig: Rig) -> None:
    rig.add_users(2)
    rig.switch(F27=True)
    rig.answer_as(escrows="succeeded")
    assert rig.start()["lastExecution"]["state"] == "EntryLevelErrors"
    rig.next_cycle()
    execution = rig.next_cycle()["lastExecution"]  # nobody is tried again in it
    assert (execution["state"], execution["countEscrowed"]) == ("Succeeded", 2)
    rig.restart("Watermark")
    rig.answer_as(escrows="entry_errors")
    rig.next_cycle()
    assert rig.next_cycle()["lastExecution"]["state"] == "EntryLevelErrors"


@pytest.mark.parametrize(("written", "is_object"), [("bare", False), ("object", True)])
def test_writes_a_manager_with_the_flag_as_it_is_set(home: Rig, written: str, is_object: bool) -> None:
    home.answer_as(manager_with_flag=written)
    home.save_secrets(BaseAddress=f"https://{home.host}/api/scim/v2?aadOptscim062020")
    boss = home.add_user("boss")
    eva = home.add_user("eva", manager=boss.id)
    seen = watch(home)
    home.start()
    linked = home.memory.links[boss.id]
    [patched] = [body for method, _path, body in seen if method == "PATCH"]
    assert patched["Operations"][0]["op"] == "add"
    assert patched["Operations"][0]["value"] == ({"value": linked} if is_object else linked)
    assert home.arrived()[eva.userPrincipalName][ENTERPRISE]["manager"] == {"value": linked}
