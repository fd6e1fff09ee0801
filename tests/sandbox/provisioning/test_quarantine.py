"""Quarantine: what leads into it, how it is tried again, what leads out, and the end after 28 days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox.provisioning import Limits
from sandbox.provisioning.quarantines import verdict

from .rig import Rig

VALIDATION = "SystemForCrossDomainIdentityManagementCredentialValidation"


def _hours_to_next(rig: Rig) -> float:
    memory = rig.memory
    assert memory.quarantine is not None
    return round((memory.quarantine.next_at - rig.world.clock.now()) / timedelta(hours=1), 1)


def _hours_after_the_first(rig: Rig) -> float:
    memory = rig.memory
    assert memory.quarantine is not None
    return (memory.quarantine.next_at - memory.quarantine.series_began) / timedelta(hours=1)


def test_a_wrong_token_leads_into_quarantine_at_once(rig: Rig) -> None:
    rig.add_user("eva")
    rig.save_secrets(SecretToken="wrong")
    status = rig.start()
    quarantine = status["quarantine"]
    assert status["code"] == "Quarantine"
    assert quarantine["reason"] == "EncounteredQuarantineException"
    assert quarantine["seriesCount"] == 1
    assert quarantine["error"]["code"] == f"{VALIDATION}Failure"
    assert quarantine["error"]["tenantActionable"] is True
    assert (status["lastExecution"]["state"], status["countSuccessiveCompleteFailures"]) == ("Failed", 1)
    assert rig.rows() == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://nobody.example/api/scim/v2", f"{VALIDATION}Unavailable"),
        ("https://contoso.smarpshare.com/somewhere", f"{VALIDATION}Unavailable"),
        ("http://contoso.smarpshare.com/api/scim/v2", "SystemForCrossDomainIdentityManagementInvalidCredentials"),
        ("", "SystemForCrossDomainIdentityManagementInvalidCredentials"),
    ],
)
def test_a_wrong_address_leads_into_quarantine_at_once(rig: Rig, address: str, code: str) -> None:
    rig.save_secrets(BaseAddress=address)
    assert rig.start()["quarantine"]["error"]["code"] == code


def test_retries_are_counted_from_the_first_failure(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    after = [_hours_after_the_first(rig)]
    for _attempt in range(3):
        assert rig.memory.quarantine is not None
        rig.world.clock.jump(rig.memory.quarantine.next_at - rig.world.clock.now())
        rig.run()
        after.append(_hours_after_the_first(rig))
    assert after == [6.0, 12.0, 24.0, 48.0]
    assert rig.job.status["quarantine"]["seriesCount"] == 4


def test_the_audit_log_tells_once_that_it_began(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.world.clock.jump(timedelta(hours=7))
    rig.run()
    assert [row["activityDisplayName"] for row in rig.tenant.audits] == ["Quarantine"]


def test_nothing_runs_between_two_retries(rig: Rig) -> None:
    rig.add_user("eva")
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.save_secrets()
    rig.next_cycle()
    assert rig.arrived() == {}


def test_after_28_days_the_job_is_disabled(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    began = rig.job.status["quarantine"]["seriesBegan"]
    for _day in range(27):
        rig.world.clock.jump(timedelta(days=1))
        rig.run()
    assert rig.job.schedule["state"] == "Active"
    rig.world.clock.jump(timedelta(days=1))
    status = rig.run()
    assert rig.job.schedule["state"] == "Disabled"
    assert (status["code"], status["quarantine"]["seriesBegan"]) == ("Quarantine", began)
    rig.save_secrets()
    rig.world.clock.jump(timedelta(days=2))
    assert rig.run()["code"] == "Quarantine"
    assert rig.start()["code"] == "Active"


def test_one_jump_over_28_days_disables_the_job_too(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.world.clock.jump(timedelta(days=28))
    rig.run()
    assert rig.job.schedule["state"] == "Disabled"


def test_a_successful_attempt_leads_out(rig: Rig) -> None:
    rig.add_user("eva")
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.save_secrets()
    rig.world.clock.jump(timedelta(hours=6, minutes=1))
    status = rig.run()
    assert (status["code"], status["quarantine"], status["countSuccessiveCompleteFailures"]) == ("Active", None, 0)
    assert len(rig.arrived()) == 1


@pytest.mark.parametrize("way", ["start", "QuarantineState", "", "Full"])
def test_start_and_restart_lead_out_at_once(rig: Rig, way: str) -> None:
    rig.add_user("eva")
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.save_secrets()
    status = rig.start() if way == "start" else rig.restart(way)
    assert status["code"] == "Active"
    assert len(rig.arrived()) == 1


def test_a_restart_that_does_not_name_it_leaves_the_quarantine_alone(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    rig.start()
    rig.engine.on_restart(rig.tenant, rig.job, "Escrows")
    assert rig.job.status["code"] == "Quarantine"


def test_a_token_that_expires_later_stops_a_running_job(rig: Rig) -> None:
    rig.add_user("eva")
    rig.start()
    rig.platform.tokens.clear()
    status = rig.next_cycle()
    assert status["code"] == "Quarantine"
    assert status["steadyStateFirstAchievedTime"] > "0002"


def test_links_survive_a_cycle_that_broke_off(rig: Rig) -> None:
    rig.add_users(3)
    rig.start()
    rig.save_secrets(SecretToken="wrong")
    rig.next_cycle()
    rig.save_secrets()
    rig.restart("QuarantineState, Watermark, Escrows")
    assert len(rig.arrived()) == 3
    assert rig.codes()[3:] == ["other/skipped/RedundantExport"] * 3


# Thresholds


@pytest.mark.parametrize(
    ("failures", "operations", "references", "reason"),
    [
        (4_999, 4_999, 0, None),
        (5_000, 12_500, 0, None),
        (5_001, 12_500, 0, "EncounteredEscrowProportionThreshold"),
        (40_000, 1_000_000, 0, "EncounteredBaseEscrowThreshold"),
        (39_999, 1_000_000, 20_000, None),
        (39_999, 1_000_000, 20_001, "EncounteredTotalEscrowThreshold"),
    ],
)
def test_the_thresholds_are_the_published_ones(
    failures: int, operations: int, references: int, reason: str | None
) -> None:
    assert verdict(Limits(), failures, operations, references) == reason


SMALL = Limits(judged_from=5, base=40, total=60)


def test_too_many_failures_of_an_incremental_cycle_lead_into_quarantine(make_rig: Any) -> None:
    rig = make_rig(limits=SMALL)
    users = rig.add_users(8)
    rig.start()
    for user in users[:6]:
        rig.change(user, country="nowhere")
    status = rig.next_cycle()
    assert status["quarantine"]["reason"] == "EncounteredEscrowProportionThreshold"
    assert "5 of 5 objects failed" in status["quarantine"]["error"]["message"]


def test_too_many_failures_of_the_initial_cycle_are_pruned_and_the_job_pauses(make_rig: Any) -> None:
    rig = make_rig(limits=SMALL)
    rig.add_users(6, country="nowhere")
    rig.add_user("eva")
    status = rig.start()
    assert (status["code"], status["escrowsPruned"], status["quarantine"]) == ("Paused", True, None)
    assert rig.job.schedule["state"] == "Disabled"
    assert len(rig.arrived()) == 1
    rig.platform.groups.append("nowhere")
    status = rig.restart()
    assert (status["code"], status["escrowsPruned"]) == ("Active", False)
    assert len(rig.arrived()) == 7


def test_everything_may_fail_below_the_threshold_without_quarantine(rig: Rig) -> None:
    rig.add_users(20, country="nowhere")
    status = rig.start()
    assert (status["code"], status["quarantine"]) == ("Active", None)
    assert status["lastExecution"]["state"] == "EntryLevelErrors"
    assert status["lastExecution"]["countEscrowed"] == 20


def test_times_are_shown_on_the_wall_clock(rig: Rig) -> None:
    rig.save_secrets(SecretToken="wrong")
    quarantine = rig.start()["quarantine"]
    shown = datetime.fromisoformat(quarantine["seriesBegan"].replace("Z", "+00:00"))
    assert abs(shown - rig.world.clock.stamp()) < timedelta(seconds=5)
