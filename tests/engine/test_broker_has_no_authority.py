"""Whoever can write to the broker ends nothing, learns nothing, and starts nothing that was not due anyway."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery

from devtools.stack import broker as stack_broker
from devtools.stack import ports
from devtools.stack.processes import Child, wait_until
from tests.fixtures.processes import running, worker_program
from tests.house.test_layout import ROOT

pytestmark = pytest.mark.broker
QUEUE = "celery"
PROPERTIES: dict[str, Any] = {
    "correlation_id": "a",
    "delivery_mode": 2,
    "delivery_info": {"exchange": "", "routing_key": QUEUE},
    "body_encoding": "base64",
    "delivery_tag": "b",
}
HEADERS: dict[str, Any] = {"lang": "py", "task": "onboarding.tasks.reconcile", "id": "a", "root_id": "a"}
GOOD: dict[str, Any] = {
    "body": "W1sxXSwge30sIHt9XQ==",
    "content-encoding": "utf-8",
    "content-type": "application/json",
    "headers": HEADERS,
    "properties": PROPERTIES,
}


def with_headers(**changed: Any) -> dict[str, Any]:
    return {**GOOD, "headers": {**HEADERS, **changed}}


def with_properties(**changed: Any) -> dict[str, Any]:
    return {**GOOD, "properties": {**PROPERTIES, **changed}}


DAMAGED: list[Any] = [
    [],
    "text",
    {},
    {"properties": {}},
    {**GOOD, "properties": None},
    {**GOOD, "headers": None},
    {**GOOD, "headers": ["task"]},
    {**GOOD, "body": "no base64"},
    {**GOOD, "body": ["x"]},
    {**GOOD, "content-type": "application/x-python-serialize"},
    {**GOOD, "content-type": ["x"]},
    {**GOOD, "content-encoding": {"x": 1}},
    with_properties(body_encoding="unknown"),
    with_properties(body_encoding=["x"]),
    with_properties(delivery_tag=["x"]),
    with_properties(delivery_tag={"x": 1}),
    with_properties(delivery_info="x"),
    with_headers(task=["x"]),
    with_headers(task={"x": 1}),
    with_headers(task="os.system"),
    with_headers(task=None),
    with_headers(id=["x"]),
    with_headers(eta="tomorrow"),
    with_headers(eta=[1]),
    with_headers(expires={"x": 1}),
    with_headers(timelimit="x"),
    with_headers(timelimit=[["x"], "y"]),
    with_headers(retries="x"),
    with_headers(compression="unknown"),
    with_headers(compression=["x"]),
    with_headers(argsrepr=["x"], kwargsrepr=1),
    with_headers(reply_to={"x": 1}),
    with_headers(stamped_headers="x", stamps=1),
    with_headers(replaced_task_nesting="x"),
]
LINES = ["{", "[" * 100_000, "\ufffe", "null", "1", "", *(json.dumps(each) for each in DAMAGED)]


def users_of_the_example(password: str) -> str:
    """Who may do what at the broker, as .env.example has it."""
    lines = re.findall(r"(?m)^#   (user .+)$", (ROOT / ".env.example").read_text())
    assert len(lines) == 2
    return "".join(f"{line}\n" for line in lines).replace("PASSWORD", password)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """The address of a broker that has the users of production."""
    users, port = tmp_path / "users", ports.free()
    users.write_text(users_of_the_example("right"))
    plain = stack_broker.program(port, tmp_path, os.environ)
    with running(replace(plain, command=[*plain.command, "--aclfile", str(users)]), tmp_path):
        yield f"redis://onboarding:right@{ports.HOST}:{port}/0"


@pytest.fixture(scope="module")
def worker(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """A worker as production runs it; nothing that is sent here reaches a database."""
    folder = tmp_path_factory.mktemp("worker")
    with running(worker_program(broker, f"sqlite:///{folder / 'none.sqlite3'}"), folder) as child:
        yield child


def test_outlives_every_damaged_message_and_every_order(worker: Child, broker: str) -> None:
    with redis.Redis.from_url(broker) as line, Celery(broker=broker) as stranger:
        for number, text in enumerate(LINES):
            line.lpush(QUEUE, text)
            line.lpush(QUEUE, json.dumps(with_headers(id=f"good-{number}")))
        assert stranger.control.broadcast("shutdown") is None
        assert stranger.control.inspect(timeout=0.2).conf() is None
        last = f"[good-{len(LINES) - 1}] received"
        assert wait_until(lambda: last in worker.written() or not worker.running, 30)
    written = worker.written()
    assert worker.running
    assert [number for number in range(len(LINES)) if f"[good-{number}] received" not in written] == []
    assert "dropped a message that cannot be read: JSONDecodeError" in written
    assert "Traceback" not in written.partition("dropped a message")[0]


def test_comes_back_where_somebody_puts_something_else_in_the_place_of_the_queue(worker: Child, broker: str) -> None:
    with redis.Redis.from_url(broker) as line:
        line.delete(QUEUE)
        line.set(QUEUE, "no list")
        assert wait_until(lambda: "(server:ResponseError)" in worker.written() or not worker.running, 30)
        line.delete(QUEUE)
        line.lpush(QUEUE, json.dumps(with_headers(id="after")))
        assert wait_until(lambda: "[after] received" in worker.written() or not worker.running, 30)
    assert worker.running


def test_lets_nobody_in_without_the_password_and_nobody_rule(guarded: str, tmp_path: Path) -> None:
    program = worker_program(guarded, f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with running(program, tmp_path / "let-in") as worker, Celery(broker=guarded) as ours:
        ours.send_task("onboarding.tasks.reconcile", (1,), task_id="with-password")
        assert wait_until(lambda: "[with-password] received" in worker.written(), 30)
    with redis.Redis.from_url(guarded.replace("onboarding:right@", "")) as stranger:
        assert stranger.ping()
        with pytest.raises(redis.exceptions.NoPermissionError):
            stranger.lpush(QUEUE, "{")
    with redis.Redis.from_url(guarded) as ours, pytest.raises(redis.exceptions.NoPermissionError):
        ours.flushall()
