"""A log that cannot be read holds up nothing, is told once, and is caught up with (public cases 04, 06)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graphclient import GraphClient
from onboarding.domain.log_trouble import LogTrouble
from onboarding.engine import log_reading
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Event, Onboarding, clock
from onboarding.models.onboarding import Lease
from onboarding.people.follow import GOES_ON_AFTER, RETRY_AFTER, goes_on_in
from tests import builders
from tests.archive.log_server import JOB, PATH, LogServer, row
from tests.graphclient.graph_stub import Asked, GraphStub, Reply
from tests.narrow import present

pytestmark = pytest.mark.django_db
SP = "e7e9d06f-0000-4000-8000-000000000001"


def refusal(status: int, code: str, message: str, **headers: str) -> Reply:
    return Reply(
        status,
        {"error": {"code": code, "message": message, "innerError": {"request-id": "7d1c0b5e"}}},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


NAMES_A_PERMISSION = refusal(
    403,
    "Authentication_MSGraphPermissionMissing",
    "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
)
BAD_TOKEN = refusal(400, "", "Invalid Skip Token")


@pytest.fixture
def run(far: GraphStub, graph: GraphClient, lease: Lease) -> Any:
    """One run that comes to the log; it knows what the database holds, and writes back what it found."""
    made = Onboarding.objects.get(pk=lease.onboarding_id)
    builders.done(
        made,
        sso_application={"service_principal_id": SP},
        connection={"job_id": JOB, "service_principal_id": SP},
        enable={},
    )

    def once(answer: Any) -> Onboarding:
        far.on("GET", PATH, answer)
        copy = WorkingCopy(Lease(lease.onboarding_id, lease.token, lease.next_run_at))
        log_reading.read(copy, graph, copy.rows.desired(), "live")
        copy.write_back()
        Onboarding.objects.filter(pk=made.pk).update(**copy.row_columns)
        return Onboarding.objects.get(pk=made.pk)

    return once


def lines(made: Onboarding) -> list[str]:
    return [str(event.sentence) for event in Event.objects.filter(onboarding=made, kind="log").order_by("id")]


def trouble_of(made: Onboarding) -> LogTrouble:
    return present(LogTrouble.from_json(made.log_trouble))


def test_names_what_microsoft_named_and_only_once(run: Any) -> None:
    """Public case 06: a permission that no link of ours contains."""
    for _run in range(3):
        made = run(NAMES_A_PERMISSION)
    [line] = lines(made)
    for told in ("AuditLog.Read.All", "Authentication_MSGraphPermissionMissing", "7d1c0b5e"):
        assert told in line
    assert "link" not in line
    assert trouble_of(made).lasts(clock.now())


def test_catches_up_when_the_log_can_be_read_again(run: Any) -> None:
    run(NAMES_A_PERMISSION)
    made = run(LogServer([row(1, "eva")]))
    assert (made.people_counts, made.log_trouble) == ({"created": 1}, {})
    assert lines(made)[1:] == ["The provisioning log can be read again; the list of people catches up."]


@pytest.mark.parametrize(
    ("answer", "lasts"),
    [
        (NAMES_A_PERMISSION, True),
        (refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "no licence"), True),
        (refusal(403, "Forbidden", ""), True),
        (refusal(401, "Unknown", "no"), True),
        (refusal(400, "BadRequest", "no such query"), True),
        (refusal(404, "UnknownError", "there is no such log"), True),
        (refusal(500, "InternalServerError", "later"), False),
        (Reply(200, body=b"<html>"), False),
        (Reply(200, {"error": {"code": "UnknownError"}}), False),
    ],
)
def test_tells_a_refusal_from_an_interruption(run: Any, answer: Reply, lasts: bool) -> None:
    made = run(answer)
    assert trouble_of(made).lasts(clock.now()) is lasts
    assert len(lines(made)) == lasts
    assert goes_on_in(made, clock.now()) == (None if lasts else RETRY_AFTER)


def test_takes_an_interruption_for_more_when_it_lasts(run: Any) -> None:
    made = run(refusal(500, "InternalServerError", "later"))
    early = clock.now() - timedelta(minutes=16)
    made.log_trouble |= {"since": early.isoformat()}
    Onboarding.objects.filter(pk=made.pk).update(log_trouble=made.log_trouble)
    made = run(refusal(500, "InternalServerError", "later"))
    assert trouble_of(made).since == early
    assert ["cannot be read at present" in line for line in lines(made)] == [True]
    assert goes_on_in(made, clock.now()) is None


def test_goes_on_soon_where_a_link_was_refused_and_says_nothing(run: Any) -> None:
    """Public case 04."""
    log = LogServer([row(1, "jan"), row(2, "eva")], size=1)

    def broken(asked: Asked) -> Reply | None:
        return BAD_TOKEN if "$skiptoken" in asked.query else None

    log.fault = broken
    made = run(log)
    assert (made.people_counts, lines(made)) == ({"created": 1}, [])
    assert goes_on_in(made, clock.now()) == RETRY_AFTER
    log.fault = lambda _asked: None
    assert run(log).people_counts == {"created": 2}


def test_goes_on_soon_where_a_look_ended_at_its_limit(run: Any) -> None:
    log = LogServer([row(number / 60, f"p{number}") for number in range(30)], size=2)
    made = run(log)
    assert goes_on_in(made, clock.now()) == GOES_ON_AFTER
    made = run(log)
    assert (made.people_counts, goes_on_in(made, clock.now())) == ({"created": 30}, None)


def test_waits_as_long_as_microsoft_says(run: Any) -> None:
    made = run(refusal(429, "TooManyRequests", "slow down", Retry_After="120"))
    assert present(goes_on_in(made, clock.now())) > timedelta(seconds=100)


def test_reads_no_row_from_before_the_job_was_made(run: Any, lease: Lease) -> None:
    """A job that is made again has the id of the former one (docs/graph-facts.md, "Jobs")."""
    state = builders.state(Onboarding.objects.get(pk=lease.onboarding_id), "connection")
    state.evidence = {**state.evidence, "made_at": clock.now().isoformat()}
    state.save()
    assert run(LogServer([row(1, "eva")])).people_counts == {}


def test_keeps_no_number_that_nobody_tells_any_more(lease: Lease) -> None:
    copy = WorkingCopy(Lease(lease.onboarding_id, lease.token, lease.next_run_at))
    log_reading.keep_number(copy, 5)
    assert (copy.rows.onboarding.in_haiilo, copy.row_columns["in_haiilo"]) == (5, 5)
    log_reading.keep_number(copy, None)
    assert (copy.rows.onboarding.in_haiilo, copy.row_columns["in_haiilo"]) == (None, None)


def test_keeps_which_sync_left_people_out_until_the_next_look(lease: Lease) -> None:
    copy, sync = WorkingCopy(Lease(lease.onboarding_id, lease.token, lease.next_run_at)), clock.now()
    log_reading.keep_number(copy, 5, sync)
    assert copy.rows.onboarding.left_out_by == copy.row_columns["left_out_by"] == sync
    log_reading.keep_number(copy, 5)
    assert copy.row_columns["left_out_by"] is None


def test_keeps_when_it_was_counted_also_where_the_number_is_the_same(lease: Lease) -> None:
    copy = WorkingCopy(Lease(lease.onboarding_id, lease.token, lease.next_run_at))
    log_reading.keep_number(copy, 5)
    first = copy.row_columns["in_haiilo_at"]
    log_reading.keep_number(copy, 5)
    assert first < copy.row_columns["in_haiilo_at"] == copy.rows.onboarding.in_haiilo_at
