"""What the customer's admin sees the steps as: six stages, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Stage:
    """One line of the admin's progress page. `under_way` says what happens while a step of this stage waits."""

    key: str
    title: str | Promise
    under_way: str | Promise


APPROVAL = Stage(
    "approval",
    _("Your approval"),
    _("We check that your approval has arrived at Microsoft. This can take up to 15 minutes."),
)
APPLICATION = Stage(
    "application",
    _("Your Haiilo application"),
    _("We look for the application that your people sign in to Haiilo with."),
)
CONNECTION = Stage(
    "connection", _("The connection to Haiilo"), _("We connect your application with Haiilo and test it.")
)
CONTENT = Stage(
    "content",
    _("What is sent, and for whom"),
    _("We set which attributes are sent, and count the people who are assigned."),
)
TRIAL = Stage("trial", _("A test user"), _("We first create one test user in Haiilo and check the account."))
EVERYBODY = Stage(
    "everybody",
    _("Everybody else"),
    _("Microsoft creates accounts in Haiilo for everybody who is assigned, one after the other."),
)

STAGES = (APPROVAL, APPLICATION, CONNECTION, CONTENT, TRIAL, EVERYBODY)
