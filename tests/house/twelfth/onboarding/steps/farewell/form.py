"""The question of the step: to whom farewell is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.steps.answer_form import AnswerForm


class FarewellForm(AnswerForm):
    """To whom farewell is said."""

    button = _("Say farewell")
    to = forms.CharField(label=_("Farewell to"), max_length=80)

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
