"""A contact at the customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from onboarding.causes.base import ContactRole
from onboarding.domain.input_fields import TidyField
from onboarding.models import Contact

FIELDS = ("name", "email", "role", "language", "note")


class ContactForm(forms.Form):
    """Who it is, what they are to us, and in which language they get letters."""

    use_required_attribute = False
    name = TidyField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the person's name.")})
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is no e-mail address. Write one such as eva@contoso.com."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ContactRole.choices,
        help_text=_(
            "The approval is asked of the approver or the IT admin; the sponsor is told when that does not help."
        ),
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    note = TidyField(label=_("Note"), required=False, max_length=500, help_text=_("Only for us."))

    def __init__(self, data: Any = None, *, contact: Contact | None = None) -> None:
        super().__init__(data, initial={name: getattr(contact, name) for name in FIELDS} if contact else None)
