"""A contact at the customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from onboarding.causes.base import ContactRole
from onboarding.domain.input_fields import TidyEmailField, TidyField
from onboarding.domain.spelling import SpellingForm
from onboarding.models import Contact

FIELDS = ("name", "email", "role", "language", "note")


class ContactForm(SpellingForm):
    """Who it is, what they are to us, and in which language they get letters."""

    use_required_attribute = False
    name = TidyField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the person's name.")})
    email = TidyEmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is not an e-mail address. Enter one such as eva@contoso.com."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ContactRole.choices,
        help_text=_(
            "We ask the approver or the IT admin for the approval; if that does not help, we inform the project "
            "sponsor."
        ),
    )
    language = forms.ChoiceField(label=_("Language of e-mails"), choices=settings.LANGUAGES)
    note = TidyField(label=_("Note"), required=False, max_length=500, help_text=_("Only Haiilo sees this."))

    def __init__(self, data: Any = None, *, contact: Contact | None = None) -> None:
        super().__init__(data, initial={name: getattr(contact, name) for name in FIELDS} if contact else None)

    def contact(self) -> dict[str, Any]:
        """The cleaned fields of the contact, ready for the services."""
        return {name: self.cleaned_data[name] for name in FIELDS}
