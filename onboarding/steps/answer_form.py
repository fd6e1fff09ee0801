"""What the forms of all steps have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.sentences import Sentence

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class AnswerForm(forms.Form):
    """A question of a step. `button` is named by what it does."""

    button = _("Save the answer")
    use_required_attribute = False

    def answer(self) -> dict[str, Any]:
        """What is kept with the step."""
        return dict(self.cleaned_data)

    def secrets(self) -> dict[str, str]:
        """What is sealed, by the kind of the secret."""
        return {}

    def meant_for(self) -> str | None:
        """The host that the person was shown as the one secrets go to; None where there are none."""
        return None

    def note(self) -> Sentence | None:
        """What was changed in what was typed, for the person to know."""
        return None
