"""Who can approve instead, as the holder of a link names them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TidyEmailField, TidyField


class ApproverForm(forms.Form):
    """A name and an address; nothing else is asked of somebody who only passes it on."""

    use_required_attribute = False
    name = TidyField(
        label=_("Name of the person who can"),
        max_length=200,
        error_messages={"required": _("Enter the person's name.")},
    )
    email = TidyEmailField(
        label=_("Their e-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is no e-mail address. Write one such as eva@contoso.com."),
        },
    )
