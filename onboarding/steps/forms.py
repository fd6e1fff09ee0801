"""The forms of the steps: what a person may say, as the step's question offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.input_fields import TidyField
from onboarding.domain.sentences import Sentence
from onboarding.domain.token_cleaning import clean_token
from onboarding.domain.verdicts import Kind
from onboarding.steps import by_key, cause_of
from onboarding.steps.answer_form import PLAIN, AnswerForm


class TokenForm(AnswerForm):
    """The SCIM access token. It is never shown again, not even in this form."""

    button = _("Save and test the token")
    token = forms.CharField(
        label=_("Access token"),
        help_text=_("Sealed at once and never shown again. Blanks, quotes and “Bearer” are taken off."),
        max_length=20_000,
        strip=False,
        widget=forms.PasswordInput(render_value=False, attrs=PLAIN),
        error_messages={
            "required": _("Paste the access token that you created in Haiilo."),
            "max_length": _("This is too long for a token. Copy only the access token from Haiilo."),
        },
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self._note: Sentence | None = None

    def clean_token(self) -> str:
        """The bare token. Raises `ValidationError` where it cannot be one."""
        cleaned = clean_token(self.cleaned_data["token"])
        if cleaned.refused:
            raise forms.ValidationError(str(cleaned.refused), code="refused")
        self._note = cleaned.note
        return cleaned.value

    def answer(self) -> dict[str, Any]:
        """That there is one; the token itself goes another way."""
        return {"token_saved": True}

    def secrets(self) -> dict[str, str]:
        """The token, to be sealed."""
        return {SCIM_TOKEN: self.cleaned_data["token"]}

    def note(self) -> Sentence | None:
        """What was taken off."""
        return self._note


class PilotForm(AnswerForm):
    """Who goes first."""

    button = _("Run the pilot with this person")
    person = TidyField(
        label=_("Pilot person"),
        help_text=_("The user name in Entra, such as eva@contoso.com. The list offers some of those in scope."),
        max_length=256,
        widget=forms.TextInput(attrs={**PLAIN, "list": "pilot_people"}),
        error_messages={"required": _("Enter the user name of one person in scope, or choose one of the list.")},
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self.people = offers.get("people", [])


# May be answered at any time: a new token for a connection that works, another pilot person.
ALWAYS: dict[str, Callable[..., AnswerForm]] = {"connection": TokenForm, "pilot": PilotForm}
WITHOUT_ANSWER = ("foreign_job",)  # somebody has to act elsewhere


def form_for(
    key: str, *, kind: str, code: str, offers: Mapping[str, Any], data: Any = None, anyway: bool = False
) -> AnswerForm | None:
    """The form of step `key` in this state, or None where there is nothing to say.

    `anyway`: the person has opened this step on purpose, so that what may be answered at any time is asked.
    """
    step, cause = by_key(key), cause_of(key, code)
    made: Callable[..., AnswerForm] | None = None
    if kind == Kind.ASKING and code not in WITHOUT_ANSWER and not (cause and cause.elsewhere):
        made = step.forms.get(code) or step.always or ALWAYS.get(key)
    elif anyway or kind == Kind.BROKEN:
        made = step.always or ALWAYS.get(key)
    return made(data, offers=offers, auto_id=f"{key}_%s") if made else None
