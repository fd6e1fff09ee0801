"""The broker dies, forgets, fills up, freezes or is fed with nonsense (K9, K10); nothing may depend on it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator

import celery
import redis

from devtools.faults.results import Row
from devtools.faults.rig import QUEUE, Rig
from devtools.faults.trial import fetch, trial
from devtools.stack.processes import wait_until

GOES_ON = "customers go on without it"
CLICK = 1.0  # seconds that a click may take
NONSENSE = (
    b"not json at all",
    b"{}",
    json.dumps({"body": "!!", "headers": {}, "properties": {}}).encode(),
    json.dumps(
        {
            "body": "W10=",
            "content-type": "application/x-python-serialize",
            "content-encoding": "binary",
            "headers": {"task": "onboarding.tasks.reconcile", "id": "1"},
            "properties": {"delivery_tag": "1", "delivery_info": {"exchange": "", "routing_key": QUEUE}},
        }
    ).encode(),
    json.dumps(
        {
            "body": "W1siYSIsICJiIl0sIHt9LCB7fV0=",
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"lang": "py", "task": "onboarding.tasks.reconcile", "id": "2"},
            "properties": {
                "correlation_id": "2",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": QUEUE},
                "body_encoding": "base64",
                "delivery_tag": "2",
            },
        }
    ).encode(),
)


def kills(rig: Rig) -> Iterator[Row]:
    """K10: away for a while, and away again and again."""
    row = Row("Valkey killed, 2 x 12 s down (K10)", GOES_ON)
    with trial(rig, row) as run:
        run.invite(2)
        for _time in range(2):
            rig.kill("broker")
            run.act_for(12)
            rig.again("broker")
            run.act_for(2)
        run.recover()
    yield row
    row = Row("Valkey killed 4 times in 3 s (K10)", "every worker listens again, or ends and is started anew")
    with trial(rig, row) as run:
        run.invite(2)
        rig.restarted.clear()
        for _time in range(4):
            rig.kill("broker")
            rig.again("broker")
            run.act_for(0.5)
        run.recover()
        run.party.go_on(0)
        run.must(wait_until(lambda: _listens(rig), 60), "messages stay in the queue")
        row.seen = f"{len(rig.restarted)} ended by itself to be started anew" if rig.restarted else ""
    yield row


def losses(rig: Rig) -> Iterator[Row]:
    """K9: it forgets everything; it has no memory left."""
    row = Row("FLUSHALL each second for 25 s (K9)", "no slower than 30 s")
    with trial(rig, row) as run:
        run.invite(2)
        end = time.monotonic() + 25
        while time.monotonic() < end:
            with contextlib.closing(rig.broker()) as broker:
                broker.flushall()
            run.act_for(1)
        run.recover(within=30)
    yield row
    row = Row("Valkey out of memory for 15 s", GOES_ON)
    with trial(rig, row) as run:
        run.invite(2)
        _memory(rig, 1)
        run.act_for(15)
        _memory(rig, 0)
        run.recover()
    yield row


def _memory(rig: Rig, limit: int) -> None:
    with contextlib.closing(rig.broker()) as broker:
        broker.config_set("maxmemory", limit)


def lines(rig: Rig) -> Iterator[Row]:
    """The line to it is cut or frozen."""
    for name, fail in (("cut", "cut"), ("frozen", "freeze")):
        row = Row(f"the line to Valkey {name} until all are live", f"{GOES_ON}; a click takes less than {CLICK:g} s")
        with trial(rig, row) as run:
            run.invite(2)
            run.until_at("consent")
            for wire in rig.wires("broker"):
                getattr(wire, fail)()
            clicks = [
                _click(run.party.staff.browser.open, f"/customers/{each.account.pk}/") for each in run.party.customers
            ]
            pressed = [_press(rig, each.account.pk) for each in run.party.customers for _time in range(2)]
            live = run.party.go_on(run.soon)
            health = fetch(rig, "/healthz")
            for wire in rig.wires("broker"):
                wire.mend()
            run.must(live, f"without broker nobody got on: {run.party.where()}")
            run.must(max(pressed) < CLICK, f"a click took {max(pressed):.1f} s")
            run.must(
                health.status == 200 and health.seconds < CLICK, f"/healthz: {health.status}, {health.seconds:.1f} s"
            )
            row.seen = f"the slowest click {max(pressed):.2f} s, the slowest page {max(clicks):.2f} s"
            run.recover()
        yield row


def _click(act: Callable[[str], object], path: str) -> float:
    began = time.monotonic()
    act(path)
    return time.monotonic() - began


def _press(rig: Rig, pk: int) -> float:
    """Press “look again” of a step, which wakes a worker."""
    staff = rig.staff["bob"]
    page = staff.browser.open(f"/customers/{pk}/steps/consent/")
    form = page.form(action="/recheck/")
    began = time.monotonic()
    staff.browser.send(form)
    return time.monotonic() - began


def nonsense(rig: Rig) -> Iterator[Row]:
    """The broker has no authority: what it delivers ends nothing."""
    row = Row("malformed messages in the queue", "dropped with a line in the log; the worker lives and listens")
    with trial(rig, row) as run:
        run.invite(2)
        rig.restarted.clear()
        for message in NONSENSE:
            with contextlib.closing(rig.broker()) as broker:
                broker.rpush(QUEUE, message)
            run.act_for(1.5)
        ended = [*rig.stack.fallen(), *rig.restarted]
        run.must(not ended, f"ended: {', '.join(ended)}")
        run.must(wait_until(lambda: _listens(rig), 30), "messages stay in the queue")
        run.recover()
    yield row
    row = Row("broadcasts: shutdown, rate limit, revoke, pool restart", "nobody obeys")
    with trial(rig, row) as run:
        run.invite(2)
        before = rig.stack.pid("worker")
        _broadcast(rig)
        run.act_for(5)
        run.must(not rig.stack.fallen() and rig.stack.pid("worker") == before, "the worker obeyed a broadcast")
        run.recover()
    yield row


def _broadcast(rig: Rig) -> None:
    with celery.Celery(broker=rig.stack.redis_url, set_as_current=False) as app:
        app.control.rate_limit("onboarding.tasks.reconcile", "1/h")
        app.control.broadcast("pool_shrink", arguments={"n": 100})
        app.control.cancel_consumer(QUEUE)
        app.control.shutdown()


def _listens(rig: Rig) -> bool:
    """Whether somebody takes what is put into the queue."""
    with contextlib.suppress(redis.RedisError), contextlib.closing(rig.broker()) as broker:
        return int(broker.llen(QUEUE)) == 0
    return False
