"""What the product is known to tell wrong whatever fails, and what it takes to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable

AWAITED: dict[str, str] = {}
"""A pattern of what is untrue → what the product still lacks. Walks list it all the same; the suite lets it pass."""


def unexpected(untrue: Iterable[str]) -> list[str]:
    """Those that nobody awaits."""
    return [each for each in untrue if not any(re.search(pattern, each) for pattern in AWAITED)]
