"""Make a member of customer success, or change the password or what customers are told of one."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from graphclient.names import NotAName, mail_address
from onboarding.customers import name_access
from onboarding.domain.input_fields import check_mail_address
from onboarding.models import Portfolio, StaffContact

PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,38}")


class Command(BaseCommand):
    """``add_staff --user-name NAME --password-file FILE --portfolio NAME``; what exists already is kept.

    ``--name``, ``--email`` and ``--phone`` are what customers are told: who asks them, and how to reach that person.
    Somebody new sees the names of people, unless made ``--without-names``.
    """

    help = "Make a member of customer success who sees the customers of a portfolio."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user-name", required=True)
        parser.add_argument("--password-file", required=True, type=Path, help="its first line is the password")
        parser.add_argument("--portfolio", required=True)
        parser.add_argument("--name", type=_name, help="the full name, as customers read it")
        parser.add_argument("--email", type=_email, help="where answers to the letters go")
        parser.add_argument("--phone", type=_phone, help="as customers read it, e.g. +49 40 123456")
        names = parser.add_mutually_exclusive_group()
        names.add_argument("--with-names", dest="names", action="store_true", default=None, help="may see names")
        names.add_argument(
            "--without-names", dest="names", action="store_false", default=None, help="sees numbers and causes only"
        )

    @transaction.atomic
    def handle(
        self, *, user_name: str, password_file: Path, portfolio: str, names: bool | None = None, **options: Any
    ) -> None:
        password = _first_line(password_file)
        user, made = User.objects.get_or_create(username=user_name)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save(update_fields=["password"])
        _tell_customers(user, options.get("name"), options.get("email"), options.get("phone"))
        team, _made = Portfolio.objects.get_or_create(name=portfolio)
        team.members.add(user)
        if made or names is not None:
            name_access.permit(user, allowed=names is not False)
        self.stdout.write(f"{user_name} {'was made' if made else 'has a new password'} and is of “{portfolio}”.")


def _tell_customers(user: User, name: str | None, email: str | None, phone: str | None) -> None:
    """Keep what is given; what is not given stays as it was."""
    if name is not None:
        user.first_name, _space, user.last_name = name.partition(" ")
    if email is not None:
        user.email = email
    user.save(update_fields=["first_name", "last_name", "email"])
    if phone is not None:
        StaffContact.objects.update_or_create(user=user, defaults={"phone": phone})


def _name(given: str) -> str:
    name = " ".join(given.split())
    first, _space, last = name.partition(" ")
    if not name.isprintable() or not first or len(first) > 150 or len(last) > 150:
        raise ArgumentTypeError("a full name is needed")
    return name


def _email(given: str) -> str:
    try:
        address = mail_address(given)
        check_mail_address(address)
    except NotAName as error:
        raise ArgumentTypeError("an e-mail address is needed") from error
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from error
    return address


def _phone(given: str) -> str:
    if PHONE.fullmatch(given.strip()) is None:
        raise ArgumentTypeError("a telephone number has digits, spaces, and + ( ) / . - between them")
    return given.strip()


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise CommandError(f"The password file cannot be read: {error}") from error
    if not lines or not lines[0].strip():
        raise CommandError("The first line of the password file is empty.")
    return lines[0].strip()
