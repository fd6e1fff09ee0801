"""What a person may tell the step: the groups that there are in Haiilo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import tidied
from onboarding.steps.answer_form import PLAIN, AnswerForm

MOST_GROUPS = 500
LONGEST = 200


class GroupsForm(AnswerForm):
    """Names of Haiilo's groups, without which nobody can tell whose country has none."""

    button = _("Compare with these groups")
    groups = forms.CharField(
        label=_("Groups in Haiilo"),
        help_text=_("One name in each line, exactly as in Haiilo. Leave it empty if you do not know them."),
        required=False,
        max_length=MOST_GROUPS * LONGEST,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 5}),
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)

    def clean_groups(self) -> list[str]:
        """The names, each once."""
        names = dict.fromkeys(name for line in self.cleaned_data["groups"].splitlines() if (name := tidied(line)))
        if len(names) > MOST_GROUPS or any(len(name) > LONGEST for name in names):
            raise ValidationError(_("These are more groups, or longer names, than Haiilo has."))
        return list(names)
