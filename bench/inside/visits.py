"""python -m bench.inside.visits --threads N --share I/P: visits to live customers, as a worker makes them.

Takes one order a line and answers each with one line of JSON: `copies N` makes customers, `ours N` and `bare N` take
the time of so many visits, or of as many bare batches of the same reads, by all threads; `cost N` says what one visit
takes, and `memory` what this process has held.
"""

from __future__ import annotations

import argparse
import json
import sys

import django


def main() -> None:
    """Until the orders end."""
    parser = argparse.ArgumentParser(prog="bench.inside.visits", description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--share", default="0/1", help="which part of the customers, of how many")
    given = parser.parse_args()
    django.setup()
    from bench.inside.share import Share  # its imports need the settings

    part, _, parts = given.share.partition("/")
    share = Share(given.threads, int(part), int(parts))
    for line in sys.stdin:
        order, _, number = line.strip().partition(" ")
        sys.stdout.write(json.dumps(share.take(order, int(number or 0))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
