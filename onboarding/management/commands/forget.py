"""Erase names: those that are old enough, or one person's for good."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from onboarding.models import Onboarding, clock
from onboarding.privacy import retention


class Command(BaseCommand):
    """``forget [--person OBJECT-ID [--customer PK]] [--dry-run]``; prints numbers only."""

    help = "Erase the names that are older than RETENTION_DAYS, or all that names one person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", default="", help="object id in Entra of the person to erase for good")
        parser.add_argument("--customer", type=int, help="only at this customer: the number in its page's address")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *, person: str, customer: int | None, dry_run: bool, **_options: Any) -> None:
        if customer is not None and not Onboarding.objects.filter(pk=customer).exists():
            raise CommandError(f"There is no onboarding {customer}.")
        if person.strip():
            self._forget_person(person.strip().lower(), customer, dry_run=dry_run)
        elif customer is not None:
            raise CommandError("--customer goes with --person.")
        else:
            self._forget_old(dry_run=dry_run)

    def _forget_person(self, person: str, customer: int | None, *, dry_run: bool) -> None:
        found = retention.concerned(person, onboarding_id=customer)
        for pk in found if not dry_run else ():
            retention.erase_person(pk, person, now=clock.now())
        self.stdout.write(f"{'Would be erased' if dry_run else 'Erased'} at {len(found)} customers.")

    def _forget_old(self, *, dry_run: bool) -> None:
        if settings.RETENTION_DAYS <= 0:
            self.stdout.write("RETENTION_DAYS is 0: nothing is erased by itself.")
            return
        now = clock.now()
        counted = retention.due(now) if dry_run else retention.erase_old(now)
        told = ", ".join(f"{name.replace('_', '-')} {count}" for name, count in asdict(counted).items())
        self.stdout.write(f"{'Would be erased' if dry_run else 'Erased'}: {told}.")
