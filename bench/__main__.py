"""python -m bench [--users N] [--docs] [PART …]: each measure a line of JSON; exit status 1 when one misses its bar.

`--docs` writes them to docs/benchmarks.md, with machine and date, and draws them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator

from bench import document, graphclient, ingestion, pages, product, scope, size
from bench.measure import Measure

PARTS: dict[str, Callable[[], Iterable[Measure]]] = {
    "client": graphclient.measured,
    "product": product.measured,
    "log": ingestion.measured,
    "people": pages.measured,
    "scope": scope.measured,
    "sandbox": size.measured,
}


def main() -> int:
    """Measure all, even when one is too slow."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--users", type=int, default=size.USERS, help="in the sandbox's large tenant")
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md and its picture")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them where none is named")
    given = parser.parse_args()
    taken = []
    for measure in measured(given.parts or list(PARTS), given.users):
        taken.append(measure)
        sys.stdout.write(f"{measure.line()}\n")
        sys.stdout.flush()
    if given.docs:
        document.write(taken)
    return 0 if all(measure.good for measure in taken) else 1


def measured(parts: Iterable[str], users: int) -> Iterator[Measure]:
    """One after the other."""
    for part in parts:
        yield from size.measured(users) if part == "sandbox" else PARTS[part]()


if __name__ == "__main__":
    sys.exit(main())
