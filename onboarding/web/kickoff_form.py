"""The questions of the kick-off, for staff and for the customer alike. Nothing is required: who knows, answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import GUID, TidyEmailField, TidyField
from onboarding.domain.spelling import SPELLING, SpellingForm
from onboarding.models import Questionnaire

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ApplicationIdField(TidyField):
    """An application ID: a GUID, braces and capitals forgiven."""

    def clean(self, value: Any) -> str:
        """The GUID in lower case. Raises `ValidationError`."""
        text = str(super().clean(value)).strip("{}").lower()
        if text and not GUID.fullmatch(text):
            raise forms.ValidationError(
                _("This is not an application ID. It has 32 hex digits in five groups."), code="invalid"
            )
        return text


class QuestionnaireForm(SpellingForm):
    """What is good to know before the first click in the tenant."""

    has_p1 = forms.ChoiceField(
        label=_("Does your organisation have Microsoft Entra ID P1 or P2?"),
        help_text=_("With P1, groups can be assigned; without it, people have to be assigned one by one."),
        choices=[("", "—"), *Questionnaire.Licence.choices],
        required=False,
    )
    admin_name = TidyField(
        label=_("Who is Global Administrator or Privileged Role Administrator?"), max_length=200, required=False
    )
    admin_email = TidyEmailField(
        label=_("E-mail of that person"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("This is not an e-mail address. Enter one such as eva@contoso.com.")},
    )
    existing_users = forms.IntegerField(
        label=_("How many people already have a Haiilo account?"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        error_messages={"invalid": _("Enter a number."), "min_value": _("Enter the number of people, 0 or more.")},
    )
    app_id = ApplicationIdField(
        label=_("Application ID of the application that people sign in to Haiilo with"),
        help_text=_("In the Microsoft Entra admin center: Entra ID > Enterprise apps > your application > Properties."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )
    pilot_person = TidyField(
        label=_("Who can be the test user?"),
        help_text=_("The user name (user principal name) of one person who knows about it."),
        max_length=256,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )
    pilot_group = TidyField(label=_("Is there a test group? Its name in Entra"), max_length=256, required=False)
    remark = forms.CharField(
        label=_("Anything else we should know?"),
        help_text=_("Please no passwords or tokens."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, known: Questionnaire | None = None) -> None:
        names = [name for name in self.base_fields if name != SPELLING]
        super().__init__(data, initial={name: getattr(known, name) for name in names} if known else None)
