"""A container's health, for docker-compose.yml: exit status 0 when well."""

from __future__ import annotations

import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

PAGES = "http://127.0.0.1:8000/healthz"
SCHEDULES = Path("/tmp")  # noqa: S108 - a tmpfs of the container's own
STALE_AFTER = 600.0  # seconds; beat writes its schedule every three minutes


def web() -> bool:
    """Whether pages are answered under the public host name."""
    headers = {"Host": urlsplit(settings.PUBLIC_URL).netloc}
    return requests.get(PAGES, headers=headers, timeout=4).status_code == 200


def worker() -> bool:
    """Whether this container's worker answers through the broker."""
    return bool(current_app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=10))


def beat() -> bool:
    """Whether beat wrote its schedule lately."""
    written = [path.stat().st_mtime for path in SCHEDULES.glob("beat-schedule*")]
    return bool(written) and time.time() - max(written) < STALE_AFTER


CHECKS: dict[str, Callable[[], bool]] = {"web": web, "worker": worker, "beat": beat}


class Command(BaseCommand):
    """``healthy web | worker | beat``: exit status 1 when unwell, also when nobody answers."""

    help = "Say whether this container's web, worker or beat is well."
    requires_system_checks = ()  # asked every few seconds

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=CHECKS)

    def handle(self, *, process: str, **_options: Any) -> None:
        try:
            well = CHECKS[process]()
        except (OSError, OperationalError) as error:
            raise CommandError(str(error)) from error
        if not well:
            raise CommandError(f"{process} is unwell")
