"""python -m bench [--users N]: every ratio on a line; exit status 1 when one is over its limit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from bench import graphclient, size
from bench.measure import Ratio


def main() -> int:
    """Measure all, even when one is too slow."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--users", type=int, default=size.USERS, help="in the sandbox's large tenant")
    good = True
    for ratio in measured(parser.parse_args().users):
        good = good and ratio.good
        sys.stdout.write(f"{ratio}\n")
        sys.stdout.flush()
    return 0 if good else 1


def measured(users: int) -> Iterator[Ratio]:
    """One after the other."""
    for measure in graphclient.RATIOS:
        yield measure()
    yield from size.measured(users)


if __name__ == "__main__":
    sys.exit(main())
