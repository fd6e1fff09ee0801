"""python -m bench.inside.ingestion: the provisioning log into the roster, and COPY of the same rows; a line of JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import django
from django.db import connection

PAGES, SIZE = 12, 500
"""More pages than one look reads."""
ROUNDS = 5
TARGET = "copied"
COLUMNS = ("onboarding_id", "source_id", "target_id", "name", "user_name", "action", "result", "at", "event_id")
OF_ALL = {"standing": "arrived", "seen": '{"last": "created"}'}
"""What a creation makes of everybody besides; all other columns as they are by default."""


def main() -> None:
    """Rows a second of CPU, ours and the database's, of both; asked by turns."""
    django.setup()
    from django.conf import settings

    from bench.inside import provisioning_log
    from bench.measure import by_turns

    settings.DEBUG = False  # only with it a sandbox may be named; but it also keeps a copy of each statement
    logging.getLogger("onboarding").setLevel(logging.ERROR)  # that no broker listens
    bodies = provisioning_log.pages(PAGES, SIZE)
    make_table()
    ingested(bodies), copied(bodies)  # what is made at the first use is made
    ours, limit = by_turns(lambda: ingested(bodies), lambda: copied(bodies), rounds=ROUNDS)
    rows = PAGES * SIZE
    sys.stdout.write(json.dumps({"ours": rows / ours, "copy": rows / limit}) + "\n")


def spent(work: Callable[[], object]) -> float:
    """Seconds of CPU, of this process and of the one of the database that serves it."""
    from bench.measure import cpu_of

    connection.ensure_connection()
    server: int = connection.connection.info.backend_pid
    began = time.process_time() + cpu_of(server)
    work()
    return time.process_time() + cpu_of(server) - began


def ingested(bodies: Sequence[bytes]) -> float:
    """Seconds until a new customer's log is in the roster. Raises RuntimeError where it is not."""
    from bench.inside import customers, provisioning_log
    from onboarding.models import Onboarding
    from onboarding.people import ingest

    made = customers.make(f"log-{Onboarding.objects.count()}")
    lease = Onboarding.objects.claim(made.pk)
    assert lease is not None
    row, graph = Onboarding.objects.get(pk=made.pk), provisioning_log.graph_with(bodies)

    def read() -> None:
        rows = 0
        while rows < PAGES * SIZE:
            rows += ingest.ingest(lease, graph, provisioning_log.JOB, row, made_at=provisioning_log.BEGAN)

    seconds = spent(read)
    found = Onboarding.objects.get(pk=made.pk)
    if found.people_counts != {"created": PAGES * SIZE} or found.people.count() != PAGES * SIZE:
        raise RuntimeError(f"{found.people_counts} of {PAGES * SIZE} rows were kept")
    return seconds


def make_table() -> None:
    """One like that of the people, with its keys and indexes."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TARGET} (LIKE onboarding_person INCLUDING ALL)")


def copied(bodies: Sequence[bytes]) -> float:
    """Seconds to parse the same pages and COPY what is kept of them, a transaction a page, by hand."""
    others = rest()
    names = ", ".join((*COLUMNS, *others))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TARGET}")
        raw: Any = cursor.cursor

        def copy() -> None:
            for body in bodies:
                with raw.copy(f"COPY {TARGET} ({names}) FROM STDIN") as told:
                    for row in kept(json.loads(body)["value"]):
                        told.write_row((*row, *others.values()))

        return spent(copy)


def rest() -> dict[str, Any]:
    """The columns that are alike for all, with their values as COPY takes them."""
    from onboarding.models import Person

    found: dict[str, Any] = {}
    for field in Person._meta.concrete_fields:
        if not field.primary_key and field.attname not in COLUMNS:
            value = field.get_default()
            found[field.attname] = json.dumps(value) if isinstance(value, list | dict) else value
    return found | OF_ALL


def kept(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """What is kept of each row of a page."""
    for row in rows:
        source, target = row["sourceIdentity"], row["targetIdentity"]
        name, user_name = source["displayName"], source["details"]["UserPrincipalName"]
        action, at = row["provisioningAction"], row["activityDateTime"]
        yield 1, source["id"], target["id"], name, user_name, action, "created", at, row["id"]


if __name__ == "__main__":
    main()
