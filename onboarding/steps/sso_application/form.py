"""The questions of the step: which application, and what becomes of a job that it has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.steps.answer_form import AnswerForm
from onboarding.steps.sso_application.beside import KNOWN

GO_ON = "go_on"


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


class BesideForm(AnswerForm):
    """What becomes of the set-up while a job runs on another application of Haiilo's."""

    button = _("Continue")
    beside = forms.ChoiceField(
        label=_("The other application"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how to go on."),
            "invalid_choice": _("This can no longer be chosen. Choose one of these."),
        },
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self._jobs = [str(each["id"]) for each in offers.get("beside", [])]
        field = self.fields["beside"]
        assert isinstance(field, forms.ChoiceField)
        usable = {each["service_principal_id"] for each in offers.get("candidates", []) if each["can_provision"]}
        instead = {
            str(each["object_id"]): str(each["name"])
            for each in offers.get("beside", [])
            if each["object_id"] in usable
        }
        field.choices = [
            (GO_ON, _("Go on with “%(name)s”; the other job stays as it is") % {"name": offers.get("chosen", "")}),
            *((key, _("Set up provisioning on “%(name)s” instead") % {"name": name}) for key, name in instead.items()),
        ]

    def answer(self) -> dict[str, Any]:
        """Which jobs were seen and stay as they are, or the application that is chosen instead."""
        said = self.cleaned_data["beside"]
        return {KNOWN: self._jobs} if said == GO_ON else {"service_principal_id": said}


class ExistingJobForm(AnswerForm):
    """What becomes of jobs that somebody else made. Of several, the one to adopt is named."""

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
        self._jobs = [str(each["id"]) for each in offers.get("jobs", [])]
        if len(self._jobs) > 1:
            field = self.fields["existing_job"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*((f"adopt {job}", job) for job in self._jobs), ("replace", _("Replace them all"))]

    def answer(self) -> dict[str, Any]:
        """What becomes of the jobs `job_ids`; `job_id` is the one of several that is adopted."""
        word, _blank, job = self.cleaned_data["existing_job"].partition(" ")
        return {"existing_job": word, "job_id": job, "job_ids": self._jobs}
