"""The questions of the step: the customer's SCIM token, and settings that Microsoft does not show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.input_fields import TidyEmailField
from onboarding.domain.sentences import Sentence
from onboarding.domain.spelling import SpellingForm
from onboarding.domain.token_cleaning import clean_token
from onboarding.domain.token_expiry import of_token
from onboarding.models import clock
from onboarding.steps.answer_form import PLAIN, AnswerForm
from onboarding.steps.shared import secrets


class TokenForm(AnswerForm):
    """The SCIM access token. It is never shown again, not even in this form."""

    button = _("Save and test the token")
    token = forms.CharField(
        label=_("Access token"),
        help_text=_("Encrypted at once and never shown again. Blanks, quotes and “Bearer” are removed."),
        max_length=20_000,
        strip=False,
        widget=forms.PasswordInput(render_value=False, attrs=PLAIN),
        error_messages={
            "required": _("Paste the access token that you created in Haiilo."),
            "max_length": _("This is too long for a token. Copy only the access token from Haiilo."),
        },
    )

    expires_on = forms.DateField(
        label=_("Expires on"),
        help_text=_("Where Haiilo shows a day. We say in time that a new token is needed."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter a day, or leave this empty.")},
    )
    host = forms.CharField(required=False, max_length=253, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self.fields["host"].initial = offers.get("host", "")
        self._note: Sentence | None = None

    def clean_token(self) -> str:
        """The bare token. Raises `ValidationError` where it cannot be one."""
        cleaned = clean_token(self.cleaned_data["token"])
        if cleaned.refused:
            raise forms.ValidationError(str(cleaned.refused), code="refused")
        self._note = cleaned.note
        return cleaned.value

    def clean_expires_on(self) -> date | None:
        """A day to come, or none. Raises `ValidationError` where it is past."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day <= clock.now().date():
            raise forms.ValidationError(_("This day is past. Create a token that is still valid."), code="past")
        return day

    def answer(self) -> dict[str, Any]:
        """That there is one, and when it expires where that is known; the token itself goes another way."""
        expires = of_token(self.cleaned_data["token"], self.cleaned_data.get("expires_on"))
        return {"token_saved": True, "token_expires": expires.to_json() if expires else {}}

    def secrets(self) -> dict[str, str]:
        """The token, to be encrypted."""
        return {SCIM_TOKEN: self.cleaned_data["token"]}

    def meant_for(self) -> str:
        """The host that stood beside the question when it was answered."""
        return str(self.cleaned_data["host"])

    def note(self) -> Sentence | None:
        """What was removed from what was typed."""
        return self._note


class SettingsForm(SpellingForm, AnswerForm):
    """The settings of a job as the customer reads them in the portal, because Microsoft does not show them to us."""

    button = _("Save with these settings")
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=[
            ("assigned", _("Sync only assigned users and groups")),
            ("all", _("Sync all users and groups")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the scope that Entra shows."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    recipients = TidyEmailField(
        label=_("Notification e-mail"),
        help_text=_("As in Entra under Provisioning > Settings. Empty where none is set."),
        required=False,
        max_length=254,
    )
    deletes = forms.IntegerField(
        label=_("Accidental deletion threshold"),
        help_text=_("Empty where “Prevent accidental deletion” is off; we switch it on with the start."),
        required=False,
        min_value=1,
        max_value=1_000_000,
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self._app = str(offers.get("app", ""))
        if "SyncAll" not in offers.get("settings", ["SyncAll"]):
            del self.fields["scope"]

    def answer(self) -> dict[str, Any]:
        """The settings by key, and for which application they were told."""
        typed = self.cleaned_data
        values = secrets.told(typed.get("scope", ""), typed["recipients"], typed["deletes"])
        return {"settings": {"app": self._app, "values": values}}
