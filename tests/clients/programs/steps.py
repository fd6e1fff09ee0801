"""A client's journey told as JSON: the result of each step under its name, or what the client raised there."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

Step = Callable[[], Awaitable[Any]]


async def walk(steps: list[Step]) -> dict[str, Any]:
    """Every step is tried, in order, whatever became of the one before; the tests judge."""
    told: dict[str, Any] = {}
    for step in steps:
        try:
            told[step.__name__] = await step()
        except Exception:  # noqa: BLE001 - whatever a client raises is what the tests want to see
            told[step.__name__] = {"raised": traceback.format_exc()}
    return told


def wishes() -> dict[str, Any]:
    """What the test hands over on standard input."""
    return dict(json.load(sys.stdin))


def tell(told: Any) -> None:
    """To the test, on standard output."""
    sys.stdout.write(json.dumps(told))


def run(journey: Callable[[dict[str, Any]], Awaitable[list[Step]]]) -> None:
    """Read the wishes, walk, tell."""

    async def main() -> dict[str, Any]:
        return await walk(await journey(wishes()))

    tell(asyncio.run(main()))
