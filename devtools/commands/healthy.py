"""A container's health: ``python -m devtools.commands.healthy web | worker | beat``; exit status 0 when well."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

STALE = 600.0  # seconds; beat writes its schedule every three minutes


def web() -> bool:
    """Whether pages are answered under the public host name."""
    headers = {"Host": urlsplit(os.environ.get("PUBLIC_URL", "http://localhost:8000")).netloc}
    return requests.get("http://127.0.0.1:8000/healthz", headers=headers, timeout=4).status_code == 200


def worker() -> bool:
    """Whether this container's worker answers through the broker."""
    from config.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=10))


def beat() -> bool:
    """Whether the schedule was written lately."""
    written = [path.stat().st_mtime for path in Path("/tmp").glob("beat-schedule*")]  # noqa: S108 - a tmpfs of its own
    return bool(written) and time.time() - max(written) < STALE


def main() -> int:
    """1 when unwell, also when asking fails."""
    checks = {"web": web, "worker": worker, "beat": beat}
    if len(sys.argv) != 2 or sys.argv[1] not in checks:
        print(__doc__)
        return 2
    try:
        return 0 if checks[sys.argv[1]]() else 1
    except OSError as error:  # nobody answers; whatever else goes wrong ends with a traceback and 1 as well
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
