"""Staff signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password, in our words."""

    error_messages = {
        "invalid_login": _("Wrong user name or password. Try again; capital letters matter."),
        "inactive": _("This account is closed. Ask your team lead."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **named: Any) -> None:
        super().__init__(request, *args, **named)
        self.fields["username"].label = _("User name")
        self.fields["username"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password.")
