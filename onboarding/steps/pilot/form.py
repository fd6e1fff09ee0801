"""The question of the step: who is the test user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TidyField
from onboarding.steps.answer_form import PLAIN, AnswerForm


class PilotForm(AnswerForm):
    """Whose account is created first."""

    button = _("Create the test account")
    person = TidyField(
        label=_("Test user"),
        help_text=_("The user name in Entra, such as eva@contoso.com. The list offers some of the people in scope."),
        max_length=256,
        widget=forms.TextInput(attrs={**PLAIN, "list": "pilot_people"}),
        error_messages={"required": _("Enter the user name of one person in scope, or choose one from the list.")},
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self.people = offers.get("people", [])
