"""The form of a step: what a person may say, as the step's question offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from onboarding.causes.base import Cause
from onboarding.domain.verdicts import Kind
from onboarding.steps import by_key, cause_of
from onboarding.steps.answer_form import AnswerForm
from onboarding.steps.base import AnswerFormClass, Step


def form_for(
    key: str, *, kind: str, code: str, offers: Mapping[str, Any], data: Any = None, anyway: bool = False
) -> AnswerForm | None:
    """The form of step `key` in this state, or None where there is nothing to say.

    `anyway`: the person has opened this step on purpose, so that what may be answered at any time is asked.
    """
    step, cause = by_key(key), cause_of(key, code)
    made: Callable[..., AnswerForm] | None = None
    if kind == Kind.ASKING and not (cause and cause.elsewhere):
        made = step.forms.get(code) or step.always or _only_form(step, cause)
    elif anyway or kind == Kind.BROKEN:
        made = step.always
    return made(data, offers=offers, auto_id=f"{key}_%s") if made else None


def _only_form(step: Step[Any], cause: Cause | None) -> AnswerFormClass | None:
    """The one form of a step whose verdict an earlier release stored, with a code that has no entry any more."""
    found = set(step.forms.values())
    return found.pop() if cause is None and len(found) == 1 else None
