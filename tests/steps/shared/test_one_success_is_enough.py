"""Microsoft's test of what is stored is no gate at each look: one success is enough for a while.

Whether the service throttles the test is unconfirmed (docs/graph-facts.md, "Connection test and secrets").
"""

from __future__ import annotations

from typing import Any

import pytest

from graphclient import ConsentMissing, Throttled, TryLater
from onboarding.domain.verdicts import Asking, Done
from onboarding.steps.connection.step import Connection
from onboarding.steps.enable.step import Enable
from onboarding.steps.shared import credentials, stored
from onboarding.steps.shared.credentials import BELIEVED_FOR, TEST_AGAIN_AFTER
from tests.graphclient.graph_stub import GraphStub, Reply
from tests.narrow import instance
from tests.steps.facts import APP, CONNECTED, JOB, ago, at_step, with_token

from .test_unseen_settings import (
    MADE,
    PUT,
    REFUSAL,
    ROOT,
    SAVED,
    SHOWN,
    connection,
    microsoft,
    plan_of_start,
    rows,
)


def proved(minutes: float) -> dict[str, Any]:
    return {"connection": CONNECTED | {"tested_at": ago(minutes=minutes).isoformat()}}


LONG_AGO = {
    "connection": {**MADE, "save_credentials": PUT | {"at": ago(days=9).isoformat(), "put_at": ago(days=9).isoformat()}}
}
BUSY = Reply(429, {"error": {"code": "TooManyRequests", "message": "busy"}}, headers={"Retry-After": "60"})


@pytest.fixture
def shown(far: GraphStub) -> GraphStub:
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN))
    return microsoft(far)


def test_asks_for_no_second_test_within_some_minutes(tenant, shown):
    before = TEST_AGAIN_AFTER.total_seconds() / 60 - 1
    done = connection(tenant, at_step("connection", applied=LONG_AGO, evidence=proved(before)))
    assert instance(Done, done).evidence.to_json()["tested_at"] == ago(minutes=before).isoformat()
    assert shown.seen("POST", f"{ROOT}/jobs/{JOB}/validateCredentials") == []


UNREACHED = {
    "error": {
        "code": "CredentialValidationUnavailable",
        "message": "timeout",
        "innerError": {"code": "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"},
    }
}


@pytest.mark.parametrize("answer", [BUSY, Reply(500, {}), Reply(400, UNREACHED)])
def test_stays_done_though_one_test_ends_in_nothing(tenant, shown, answer):
    shown.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", answer)
    assert isinstance(connection(tenant, at_step("connection", applied=LONG_AGO, evidence=proved(60))), Done)


def test_outlives_a_busy_test_at_the_next_look_of_the_step():
    """A live customer is looked at after `fresh_for`, when the last success is that old."""
    assert Connection.fresh_for < BELIEVED_FOR


def test_waits_where_a_test_is_throttled_and_none_has_succeeded_yet(tenant, shown):
    shown.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", BUSY)
    for evidence in ({}, proved(BELIEVED_FOR.total_seconds() / 60)):
        desired = at_step("connection", applied=LONG_AGO, evidence=evidence)
        with pytest.raises(Throttled):
            Connection().read(tenant, desired)


def test_says_at_once_that_haiilo_refuses_the_token(tenant, shown):
    shown.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", Reply(400, REFUSAL))
    assert isinstance(connection(tenant, at_step("connection", applied=LONG_AGO, evidence=proved(60))), Asking)


def test_believes_no_success_of_before_the_last_put():
    desired = at_step("connection", applied=SAVED, evidence=proved(90))
    assert stored.last_success(desired) is None
    assert stored.last_success(at_step("connection", applied=SAVED, evidence=proved(30))) == ago(minutes=30)


def test_does_not_lose_what_it_saved_to_a_throttled_test(tenant, shown):
    shown.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", BUSY)
    desired = at_step("enable", applied=SAVED, **with_token())
    result = Enable().apply(tenant, desired, plan_of_start(desired))
    assert (result["started"], bool(result["kept"])) == (False, True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(Reply(503, {}), TryLater), (Reply(401, {"error": {"code": "Authorization_IdentityNotFound"}}), ConsentMissing)],
)
def test_still_stops_where_an_error_says_more(tenant, far, answer, error):
    far.on("GET", f"{ROOT}/secrets", answer)
    with pytest.raises(error):
        credentials.stored_at(tenant.graph, at_step("connection"), APP)


def test_goes_on_without_a_list_that_cannot_be_had_at_this_moment(tenant, far):
    far.on("GET", f"{ROOT}/secrets", Reply(503, {}))
    microsoft(far)
    desired = at_step("connection", applied=SAVED, evidence=proved(30))
    assert isinstance(connection(tenant, desired), Done)
