"""A draft that is read and changed before it goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TidyField
from onboarding.mail.compose import LINK
from onboarding.models import Letter


class LetterForm(forms.Form):
    """Subject and text; the markers say where the personal link and the questions go."""

    use_required_attribute = False
    subject = TidyField(label=_("Subject"), max_length=200, error_messages={"required": _("Enter a subject.")})
    text = forms.CharField(
        label=_("Text"),
        max_length=10000,
        help_text=_("[link] stands for the personal link, which is created when the e-mail is sent."),
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": _("Enter a text.")},
    )

    def __init__(self, data: Any = None, *, letter: Letter) -> None:
        super().__init__(data, initial={"subject": letter.subject, "text": letter.text})
        if LINK not in letter.text:
            self.fields["text"].help_text = ""
