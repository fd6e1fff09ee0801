"""Make a member of customer success, or change the password of one."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from onboarding.customers import name_access
from onboarding.models import Portfolio


class Command(BaseCommand):
    """``add_staff --user-name NAME --password-file FILE --portfolio NAME``; what exists already is kept.

    Somebody new sees the names of people, unless made ``--without-names``.
    """

    help = "Make a member of customer success who sees the customers of a portfolio."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user-name", required=True)
        parser.add_argument("--password-file", required=True, type=Path, help="its first line is the password")
        parser.add_argument("--portfolio", required=True)
        names = parser.add_mutually_exclusive_group()
        names.add_argument("--with-names", dest="names", action="store_true", default=None, help="may see names")
        names.add_argument(
            "--without-names", dest="names", action="store_false", default=None, help="sees numbers and causes only"
        )

    @transaction.atomic
    def handle(
        self, *, user_name: str, password_file: Path, portfolio: str, names: bool | None = None, **_options: Any
    ) -> None:
        password = _first_line(password_file)
        user, made = User.objects.get_or_create(username=user_name)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
        team, _made = Portfolio.objects.get_or_create(name=portfolio)
        team.members.add(user)
        if made or names is not None:
            name_access.permit(user, allowed=names is not False)
        self.stdout.write(f"{user_name} {'was made' if made else 'has a new password'} and is of “{portfolio}”.")


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise CommandError(f"The password file cannot be read: {error}") from error
    if not lines or not lines[0].strip():
        raise CommandError("The first line of the password file is empty.")
    return lines[0].strip()
