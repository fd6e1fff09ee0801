"""A container's health, for docker-compose.yml: exit status 0 when well."""

from __future__ import annotations

import socket
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from onboarding.models import Heartbeat, clock

PAGES = "http://127.0.0.1:8000/healthz"
SILENT_AFTER = timedelta(seconds=60)


def web() -> bool:
    """Whether pages are answered under the public host name."""
    headers = {"Host": urlsplit(settings.PUBLIC_URL).netloc}
    return requests.get(PAGES, headers=headers, timeout=4).status_code == 200


def _lives(kind: Heartbeat.Kind) -> bool:
    """Whether this container's process of that kind gave a sign of life lately."""
    own = Heartbeat.objects.filter(kind=kind, name__startswith=f"{kind}:{socket.gethostname()}:")
    return own.filter(at__gte=clock.after(-SILENT_AFTER)).exists()


def worker() -> bool:
    """Whether this container's worker gave a sign of life lately."""
    return _lives(Heartbeat.Kind.WORKER)


def beat() -> bool:
    """Whether this container's beat did."""
    return _lives(Heartbeat.Kind.BEAT)


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
        except (OSError, Error) as error:
            raise CommandError(str(error)) from error
        if not well:
            raise CommandError(f"{process} is unwell")
