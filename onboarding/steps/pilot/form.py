"""The question of the step: who are the test users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TidyField
from onboarding.steps.answer_form import PLAIN, AnswerForm
from onboarding.steps.pilot.naming import MOST, PEOPLE, split

NOBODY = _("Choose at least one person, or enter the user name of one person in scope.")
TOO_MANY = _("Choose five people at most.")
TOO_LONG = _("That is too long for a user name.")
LONGEST = 256


class PilotForm(AnswerForm):
    """Whose accounts are created first: of those who are suggested, and others."""

    button = _("Create the test accounts")
    suggested = forms.MultipleChoiceField(
        label=_("Test users"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("This person is no longer suggested. Choose again.")},
    )
    others = TidyField(
        label=_("Other test users"),
        help_text=_("User names, e-mail addresses or object IDs as in Entra, with commas between several."),
        required=False,
        max_length=(LONGEST + 2) * MOST,
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        self.people = [each for each in offers.get("people", []) if each.get("id")]
        before = [str(each) for each in offers.get("named", [])]
        keys = [str(each["id"]) for each in self.people]
        chosen = [each["id"] for each in self.people if {each["id"], each.get("user_name")} & set(before)]
        known = {text for each in self.people for text in (each["id"], each.get("user_name"))}
        initial = {"suggested": chosen if before else keys, "others": ", ".join(t for t in before if t not in known)}
        super().__init__(data, initial=initial, **named)
        field = self.fields["suggested"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each["id"], each.get("name") or each.get("user_name") or each["id"]) for each in self.people]
        if not self.people:
            del self.fields["suggested"]
            self.fields["others"].label = _("Test users")

    def clean_others(self) -> list[str]:
        """The names one by one. Raises `ValidationError`."""
        names = split(self.cleaned_data["others"])
        if any(len(name) > LONGEST for name in names):
            raise ValidationError(TOO_LONG)
        return names

    def clean(self) -> dict[str, Any]:
        """Somebody, and not too many. Raises `ValidationError` beside the field."""
        if "others" in self.errors or "suggested" in self.errors:
            return self.cleaned_data
        people = list(dict.fromkeys([*self.cleaned_data.get("suggested", []), *self.cleaned_data["others"]]))
        if not people:
            self.add_error("others", ValidationError(NOBODY))
        elif len(people) > MOST:
            self.add_error("others", ValidationError(TOO_MANY))
        return {PEOPLE: people}

    def answer(self) -> dict[str, Any]:
        """All of them, those who were suggested by their object id."""
        return {PEOPLE: list(self.cleaned_data[PEOPLE])}
