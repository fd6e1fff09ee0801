"""A request of the provisioning service and its answer, as the sender knows them and the faults in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Unreachable(Exception):
    """No answer: the name is unknown, nobody listens, or the connection broke."""


class TooSlow(Unreachable):
    """No answer in time."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Send(Protocol):
    """Sends one request. Raises Unreachable."""

    def __call__(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeout: float = 30.0
    ) -> Answer: ...
