"""Wake-ups: a real broker, also one that stands still."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from devtools.stack.processes import Child
from onboarding.engine import bell, queue
from tests import builders
from tests.fixtures.processes import broker_of_its_own, frozen

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Child]]:
    with broker_of_its_own(tmp_path_factory.mktemp("broker")) as made:
        yield made


@pytest.fixture
def line(own_broker: tuple[str, Child], monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """What stands at the broker; our wake-ups go there."""
    url, _child = own_broker
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", url)
    monkeypatch.setattr(bell._Patience, "until", 0.0)
    with redis.Redis.from_url(url) as made:
        made.delete(bell.QUEUE)
        yield made


def test_sends_what_no_clock_can_throw_away(line):
    bell.ring(queue.RECONCILE, 7)
    [message] = _waiting(line)
    assert (message["headers"]["task"], message["headers"]["argsrepr"]) == (queue.RECONCILE, "(7,)")
    assert (message["headers"]["expires"], message["headers"]["eta"]) == (None, None)


@pytest.mark.django_db
def test_sends_no_more_than_the_queue_has_room_for(line, monkeypatch):
    for _number in range(5):
        builders.onboarding()
    monkeypatch.setattr(bell, "MAX_WAITING", 3)
    queue.enqueue_due()
    queue.enqueue_due()
    assert line.llen(bell.QUEUE) == bell.waiting() == 3
    line.rpop(bell.QUEUE)
    queue.enqueue_due()
    assert line.llen(bell.QUEUE) == 3


@pytest.mark.django_db(transaction=True)
def test_lets_nobody_wait_for_a_broker_that_stands_still(line, own_broker, monkeypatch):
    """Measured before: ten seconds a click."""
    alice, made = Client(), builders.onboarding()
    alice.force_login(builders.owner_of(made))
    click = reverse("step_recheck", args=[made.pk, "customer"])
    line.delete(bell.QUEUE)
    assert alice.post(click).status_code == 302
    assert line.llen(bell.QUEUE) == 1
    with frozen(own_broker[1]):
        started = time.monotonic()
        assert alice.post(click).status_code == 302
        assert time.monotonic() - started < settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] / 2
        with pytest.raises(OperationalError, match="a moment ago"):
            bell.ring(queue.RECONCILE, made.pk)
    monkeypatch.setattr(bell._Patience, "until", 0.0)
    bell.ring(queue.RECONCILE, later := made.pk + 1)
    # The click's own message may lie here too: a broker that goes on reads what was written to it while it stood still.
    assert [text["headers"]["argsrepr"] for text in _waiting(line)].count(f"({later},)") == 1


def _waiting(line: redis.Redis) -> list[dict[str, Any]]:
    return [json.loads(text) for text in line.lrange(bell.QUEUE, 0, -1)]
