"""One act of a person, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from onboarding.customers import base


def done(
    request: HttpRequest,
    act: Callable[[], object],
    told: str,
    *,
    form: forms.Form | None = None,
    field: str | None = None,
) -> bool:
    """Whether `act` went through. A refusal is said at `field` of `form`, or else at the top of the next page."""
    try:
        act()
    except base.Refused as refused:
        if form is None:
            messages.warning(request, str(refused.sentence))
        else:
            form.add_error(field, str(refused.sentence))
        return False
    messages.success(request, told)
    return True
