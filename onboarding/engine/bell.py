"""How a wake-up reaches the broker: soon or not at all, and never more than the workers can take up.

A message carries no expiry: a worker whose clock is ahead would throw it away unread. Instead nothing more is sent
while `MAX_WAITING` messages wait. A broker that does not answer is left alone for a moment, so that no click waits for
it; the sweep and each worker find what nobody was woken for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from kombu import Producer, pools
from kombu.exceptions import ChannelError, LimitExceeded, OperationalError

QUEUE = "celery"
MAX_WAITING = 500
ANSWER_WITHIN = 0.25  # seconds; a broker beside us takes a thousandth of it
LEFT_ALONE_FOR = 5.0  # seconds after it did not answer
OPTIONS = {"socket_timeout": ANSWER_WITHIN, "socket_connect_timeout": ANSWER_WITHIN, "max_retries": 0}


class _Patience:
    """Until when the broker is left alone, on this process's own clock."""

    until = 0.0


def ring(task: str, *arguments: int) -> None:
    """Send one wake-up. Raises `OperationalError` where the broker does not answer, or did not a moment ago."""
    ring_each(task, [arguments])


def ring_each(task: str, each: list[tuple[int, ...]]) -> None:
    """Send a wake-up with each of these arguments. Raises `OperationalError` as `ring` does."""
    with _producer() as producer:
        for arguments in each:
            current_app.send_task(task, arguments, producer=producer, retry=False)


def ring_if_room(task: str) -> None:
    """Send one wake-up unless the queue is full. Raises `OperationalError` as `ring` does."""
    if room():
        ring(task)


def room() -> int:
    """How many more messages may wait. Raises `OperationalError` as `ring` does."""
    return max(0, MAX_WAITING - waiting())


def waiting() -> int:
    """How many messages wait for a worker. Raises `OperationalError` as `ring` does."""
    with _producer() as producer:
        return _waiting(producer)


def is_left_alone() -> bool:
    """Whether the broker did not answer a moment ago."""
    return time.monotonic() < _Patience.until


@contextmanager
def _producer() -> Iterator[Producer]:
    if is_left_alone():
        raise OperationalError("the broker did not answer a moment ago")
    connection = current_app.connection_for_write(transport_options=OPTIONS)
    lost: tuple[type[BaseException], ...] = (*connection.connection_errors, *connection.channel_errors)
    lost = (*lost, LimitExceeded, OperationalError)
    try:
        with pools.producers[connection].acquire(block=True, timeout=ANSWER_WITHIN) as producer:
            yield producer
    except lost as problem:
        _Patience.until = time.monotonic() + LEFT_ALONE_FOR
        raise OperationalError(f"the broker does not answer: {type(problem).__name__}") from problem


def _waiting(producer: Producer) -> int:
    """A list that is empty does not exist, which kombu calls an error of the channel."""
    channel: Any = producer.channel
    try:
        return int(channel.queue_declare(QUEUE, passive=True).message_count)
    except ChannelError:
        return 0
