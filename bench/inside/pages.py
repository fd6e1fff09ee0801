"""python -m bench.inside.pages SIZE …: the pages about people of a customer of each size; a line of JSON."""

from __future__ import annotations

import json
import logging
import sys

import django


def main() -> None:
    """Each page at each size: milliseconds and statements."""
    django.setup()
    from django.conf import settings

    from bench.inside import page_times  # its imports need the settings

    settings.DEBUG = False  # only with it a sandbox may be named; but it also keeps a copy of each statement
    logging.getLogger("onboarding").setLevel(logging.ERROR)
    sys.stdout.write(json.dumps(page_times.taken([int(each) for each in sys.argv[1:]])) + "\n")


if __name__ == "__main__":
    main()
