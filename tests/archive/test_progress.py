"""What was read counts as read only once all before it was, in any order and with any fault (public cases 03, 04)."""

from __future__ import annotations

import itertools
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphclient import GraphError, ProvisioningEvent
from onboarding.models import Onboarding, Person
from onboarding.people import ingest
from tests import builders
from tests.archive.conftest import Look
from tests.archive.log_server import JOB, NOON, LogServer, Row, row
from tests.graphclient.graph_stub import Asked, Reply

pytestmark = pytest.mark.django_db
UNAVAILABLE = Reply(500, {"error": {"code": "InternalServerError", "message": "try later"}})
BAD_TOKEN = Reply(400, {"error": {"code": "", "message": "Invalid Skip Token"}})
UNKNOWN = Reply(400, {"error": {"code": "UnknownError", "message": "Invalid Skip Token, skip token is null"}})


def people(made: Onboarding) -> dict[str, str]:
    return dict(Person.objects.filter(onboarding=made).values_list("source_id", "result"))


class FailsAt:
    """A fault that the requests with these numbers meet, counted from 1."""

    def __init__(self, reply: Reply, *numbers: int, only_links: bool = False) -> None:
        self.reply, self.numbers, self.only_links, self.count = reply, numbers, only_links, 0

    def __call__(self, asked: Asked) -> Reply | None:
        if self.only_links and "$skiptoken" not in asked.query:
            return None
        self.count += 1
        return self.reply if self.count in self.numbers else None


def always(reply: Reply) -> FailsAt:
    return FailsAt(reply, *range(1, 1000), only_links=True)


@pytest.mark.parametrize("reply", [UNAVAILABLE, BAD_TOKEN, UNKNOWN, Reply(410), Reply(404), Reply(200, {"error": {}})])
def test_reads_what_was_behind_a_page_that_failed(look: Look, reply: Reply) -> None:
    """Public case 03: page 1 is minute 59, page 2, which fails once, is minute 1."""
    log = LogServer([row(1, "old"), row(59, "new")], size=1, fault=FailsAt(reply, 2))
    made = look(log)
    assert (people(made), made.log_watermark) == ({"new": "created"}, None)
    made = look(log)
    assert people(made) == {"new": "created", "old": "created"}
    assert made.log_watermark == NOON.replace(minute=59)
    assert not made.log_reading.get("since")


def test_goes_on_at_the_page_that_failed(look: Look) -> None:
    log = LogServer([row(minute, f"p{minute}") for minute in range(6)], size=1, fault=FailsAt(UNAVAILABLE, 4))
    look(log)
    look(log)
    assert [query.get("$skiptoken") for query in log.asked] == [None, "0-1", "0-2", "0-3", "0-3", "0-4", "0-5"]


@pytest.mark.parametrize("size", [200, 500])
def test_keeps_everybody_of_5400_who_come_newest_first(look: Look, size: int) -> None:
    """Public case 03, without any fault."""
    log = LogServer([row(number / 60, f"p{number}") for number in range(5400)], size=size)
    looks = next(number for number in itertools.count(1) if not look(log).log_reading.get("since"))
    assert Person.objects.count() == 5400
    assert looks == -(-5400 // (size * ingest.MAX_PAGES))
    assert len(log.asked) == -(-5400 // size)


def test_begins_a_smaller_window_where_links_are_never_taken(look: Look) -> None:
    """Public case 04, for good: paging does not work at all."""
    log = LogServer([row(number, f"p{number}") for number in range(40)], size=7, fault=always(BAD_TOKEN))
    made = next(made for _look in range(60) if not (made := look(log)).log_reading.get("since"))
    assert len(people(made)) == 40
    assert made.log_watermark == NOON.replace(minute=39)


def test_moves_on_with_rows_of_groups_and_of_other_jobs(look: Look) -> None:
    no_job = Reply(400, {"error": {"code": "Request_UnsupportedQuery", "message": "jobId"}})
    log = LogServer([row(1, "eva"), row(30, "sales", kind="Group")])
    assert look(log).log_watermark == NOON.replace(minute=30)
    log.rows.append(row(50, "ann", job="another job"))
    log.fault = lambda asked: no_job if "jobId" in asked.query.get("$filter", "") else None
    made = look(log)
    assert made.log_watermark == NOON.replace(minute=50)
    assert people(made) == {"eva": "created"}


def test_finds_a_row_that_comes_minutes_after_its_time(look: Look) -> None:
    log = LogServer([row(30, "eva")])
    look(log)
    log.rows.append(row(21, "jan"))
    assert people(look(log)) == {"eva": "created", "jan": "created"}


def test_reads_the_last_hour_once_more_for_rows_that_come_later_still(look: Look) -> None:
    log = LogServer([row(30, "eva")])
    made = look(log)
    log.rows.append(row(-20, "jan"))
    assert people(look(log)) == {"eva": "created"}
    made.log_reading |= {"again_at": NOON.isoformat()}
    Onboarding.objects.filter(pk=made.pk).update(log_reading=made.log_reading)
    assert people(look(log)) == {"eva": "created", "jan": "created"}


def test_remembers_which_way_of_asking_works(look: Look) -> None:
    refused = Reply(400, {"error": {"code": "Request_UnsupportedQuery", "message": "no $orderby"}})
    log = LogServer([row(1, "eva")], fault=lambda asked: refused if "$orderby" in asked.query else None)
    made = look(log)
    look(log)
    assert ["$orderby" in query for query in log.asked] == [True, False, False]
    made.log_reading |= {"way_at": NOON.replace(year=2025).isoformat()}
    Onboarding.objects.filter(pk=made.pk).update(log_reading=made.log_reading)
    look(log)
    assert ["$orderby" in query for query in log.asked[3:]] == [True, False]


def test_begins_anew_for_another_job(look: Look) -> None:
    log = LogServer([row(30, "eva")])
    made = look(log)
    made.log_reading |= {"job": "the former job"}
    Onboarding.objects.filter(pk=made.pk).update(log_reading=made.log_reading)
    log.rows.append(row(-600, "jan"))
    assert people(look(log)) == {"eva": "created", "jan": "created"}


def test_ends_a_circle_of_links(look: Look) -> None:
    log = LogServer([row(1, "eva"), row(2, "jan")], size=1)
    circle = log.order(log.rows)
    again = Reply(200, {"value": circle[:1], "@odata.nextLink": "https://graph.microsoft.com/v1.0/x"})
    log.fault = lambda _asked: again
    look(log)
    assert len(log.asked) <= ingest.MAX_PAGES


STORY = [
    *[("create", "success", ""), ("update", "success", ""), ("disable", "success", ""), ("update", "failure", "")],
    *[("other", "skipped", reason) for reason in ("RedundantExport", "NotEffectivelyEntitled", "RedundantSoftDelete")],
    *[("create", "skipped", "AttributeValidationFailed"), ("other", "skipped", "")],
]
ROWS = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from(["eva", "jan", "ann"]), st.sampled_from(STORY)),
    max_size=14,
    unique_by=lambda each: each[:2],
)


def in_time_order(rows: list[Row]) -> dict[str, str]:
    """What comes of these rows, one after the other."""
    lease = builders.claimed(builders.onboarding().pk)
    for each in sorted(rows, key=lambda each: str(each["activityDateTime"])):
        ingest.keep(lease, [ProvisioningEvent.from_json(each)])
    return dict(Person.objects.filter(onboarding=lease.onboarding_id).values_list("source_id", "result"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=ROWS, size=st.integers(1, 5), seed=st.integers(0, 1000), faults=st.sets(st.integers(1, 12)))
def test_comes_to_what_the_rows_say_in_time_order(
    far: Any, graph: Any, told: list[Any], size: int, seed: int, faults: set[int]
) -> None:
    """Whatever the order of the pages is, and whatever fails between them."""
    rows = [row(minute, person, act, status, skip=skip) for minute, person, (act, status, skip) in told]
    shuffled = random.Random(seed)
    log = LogServer(rows, size=size, fault=FailsAt(shuffled.choice([UNAVAILABLE, BAD_TOKEN]), *faults))
    log.order = lambda found: shuffled.sample(found, len(found))
    lease = builders.claimed(builders.onboarding().pk)
    far.on("GET", "/v1.0/auditLogs/provisioning", log)
    for _look in range(40):
        made = Onboarding.objects.get(pk=lease.onboarding_id)
        with suppress(GraphError):
            ingest.ingest(lease, graph, JOB, made)
        if not made.log_reading.get("since"):
            break
    assert people(made) == in_time_order(rows)
    assert sum(made.people_counts.values()) == len(people(made))
