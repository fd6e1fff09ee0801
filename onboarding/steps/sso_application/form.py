"""The questions of the step: which application, and what becomes of a job that it has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.steps.answer_form import AnswerForm


class ApplicationForm(AnswerForm):
    """One of the applications that were found."""

    button = _("Use this application")
    service_principal_id = forms.ChoiceField(
        label=_("SSO application"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the applications."),
            "invalid_choice": _("This application can no longer be chosen. Choose one of these."),
        },
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        field = self.fields["service_principal_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (each["service_principal_id"], each["name"])
            for each in offers.get("candidates", [])
            if each["can_provision"]
        ]


class ExistingJobForm(AnswerForm):
    """What becomes of a job that somebody else made."""

    button = _("Continue")
    existing_job = forms.ChoiceField(
        label=_("The existing job"),
        choices=[("adopt", _("Adopt it")), ("replace", _("Replace it"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether to adopt the job or to replace it."),
            "invalid_choice": _("Choose whether to adopt the job or to replace it."),
        },
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
