"""The support bundle of one customer, as the customer's page gives it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.customers.support_bundle import take_by_command
from onboarding.management.finding import find


class Command(BaseCommand):
    """``support_bundle CUSTOMER [--folder FOLDER] [--with-ids] [--by NAME]``; the timeline says who made it."""

    help = "Write a file for Microsoft's support and our engineers: ids, times, codes, states; no names, no secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", help="the customer's name, or the number in its page's address")
        parser.add_argument("--folder", default=".", help="where the file is written; here unless said otherwise")
        parser.add_argument("--with-ids", action="store_true", help="with object ids of some people, by cause")
        parser.add_argument("--by", default=os.environ.get("USER", ""), help="who does so; else the name in USER")

    def handle(self, *, customer: str, folder: str, with_ids: bool, by: str, **_options: Any) -> None:
        if not Path(folder).is_dir():
            raise CommandError(f"{folder} is no folder.")
        made = take_by_command(find(customer), by=(by.strip() or "the command line")[:150], with_ids=with_ids)
        path = Path(folder) / made.name
        path.write_bytes(made.content)
        self.stdout.write(str(path))
