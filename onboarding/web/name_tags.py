"""How templates show moments, names of the DNS and text that others wrote: `{% load names %}`, by the settings."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from onboarding.domain import spelling
from onboarding.steps.scope.evidence import ends_shown
from onboarding.web import moments
from onboarding.web.findings import finding_classes
from onboarding.web.step_view import StepView

register = template.Library()
isolated = register.filter(spelling.isolated)
moment = register.filter(moments.moment)


@register.filter
def spelled(names: str | Sequence[str]) -> str:
    """A domain or mail address, or several, each as `spelling.spelled` shows it."""
    if isinstance(names, str):
        return spelling.spelled(names)
    return format_html_join(", ", "{}", ((spelling.spelled(name),) for name in names))


@register.filter
def lines(texts: Sequence[str] | None) -> str:
    """Each text in a line of its own."""
    return "\n".join(texts or ())


@register.filter
def findings(step: StepView) -> Sequence[object]:
    """The classes of findings that the step Scope has seen."""
    return list(finding_classes(step.evidence, step.answer))


@register.filter
def ends(text: object) -> SafeString:
    """Text that others wrote, with blanks at its ends to be seen."""
    return spelling.isolated(ends_shown(str(text)))
