"""The broker's transport: kombu's for Redis, except that a message nobody can read is dropped and ends nothing.

Whoever can write to the broker may put anything there. With kombu's own transport one line that is no JSON ends the
worker ("Unrecoverable error"). A wake-up that is lost so costs a sweep (ADR 0002).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from kombu.transport import redis
from kombu.transport.virtual import Empty
from redis.exceptions import DataError

log = logging.getLogger(__name__)

OF_A_MESSAGE = (KeyError, DataError)  # kombu counts them among its errors of the line
ANSWERS: tuple[type[BaseException], ...] = tuple(
    kind
    for kind in (*redis.Transport.connection_errors, *redis.Transport.channel_errors, Empty)
    if kind not in OF_A_MESSAGE
)


class Channel(redis.Channel):
    """Reads each message with care; what a message holds never reaches the log."""

    def _brpop_read(self, **options: Any) -> Any:
        """Read what the broker has sent. True where a message came, also when it was dropped."""
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # not in the stubs
        except ANSWERS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a damaged message makes of kombu's reading
            log.error("dropped a message that cannot be read: %s", type(error).__name__)
            return True

    def basic_consume(
        self, queue: str, no_ack: bool, callback: Callable[..., Any] | None, consumer_tag: str | None, **kwargs: Any
    ) -> Any:
        """Consume; a message that Celery fails on is acknowledged, so that it does not come back."""

        def careful(message: Any) -> Any:
            try:
                return callback(message) if callback else None
            except ANSWERS:
                raise
            except Exception as error:  # noqa: BLE001 - whatever headers of the wrong kind make of Celery's reading
                log.error("dropped a message that Celery cannot take: %s", type(error).__name__)
                message.channel.basic_ack(message.delivery_tag)
                return None

        return super().basic_consume(queue, no_ack, careful, consumer_tag, **kwargs)


class Transport(redis.Transport):
    """Kombu's, with our channel."""

    Channel = Channel
