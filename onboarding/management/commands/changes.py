"""Stop all changes in all customers' tenants, or allow them again."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.customers import stopping
from onboarding.models import Stop


class Command(BaseCommand):
    """``changes stop --reason TEXT``, ``changes allow``, or ``changes`` alone to see how it stands; ``--by NAME``."""

    help = "Stop all changes in all customers' tenants, or allow them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", nargs="?", choices=("stop", "allow"))
        parser.add_argument("--reason", default="", help="what everybody of staff reads on each page")
        parser.add_argument("--by", default=os.environ.get("USER", ""), help="who does so; else the name in USER")

    def handle(self, *, act: str | None, reason: str, by: str, **_options: Any) -> None:
        by = by.strip() or "the command line"
        if act == "stop":
            if not reason.strip():
                raise CommandError("Say why: --reason TEXT.")
            stopping.stop(by=by[:150], reason=reason.strip()[:500])
        elif act == "allow" and not stopping.allow(by=by[:150]):
            raise CommandError("Changes are not stopped.")
        self._tell()

    def _tell(self) -> None:
        found = Stop.objects.in_force()
        if found is None:
            self.stdout.write("Changes are allowed.")
        else:
            since = found.at.isoformat(timespec="seconds")
            self.stdout.write(f"All changes are stopped since {since} by {found.by}: {found.reason}")
