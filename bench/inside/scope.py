"""python -m bench.inside.scope TENANT APPLICATION: reads once who is in scope; a line of JSON says what that cost."""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    """The reading of a customer who was just made."""
    django.setup()
    from bench.inside.scope_reading import take  # its imports need the settings

    tenant_id, application = sys.argv[1:]
    sys.stdout.write(json.dumps(take(tenant_id, application)) + "\n")


if __name__ == "__main__":
    main()
