"""All entries there are, each with the step in which it is met."""

from __future__ import annotations

from typing import Any

from onboarding.causes.access import ACCESS
from onboarding.causes.base import GAP, Cause, Owner
from onboarding.causes.forecast import FORECAST
from onboarding.causes.index import FAMILIES
from onboarding.causes.mail import MAIL
from onboarding.causes.ours import OURS
from onboarding.causes.standings import OF_PEOPLE
from onboarding.causes.trip import ENDINGS
from onboarding.domain.sentences import Plural, Template
from onboarding.steps import BESIDE, STEPS

OF_STEPS: tuple[tuple[str, Cause], ...] = tuple(
    (step.key, cause) for step in (*STEPS, *BESIDE) for cause in step.causes
)
OF_MICROSOFT: tuple[Cause, ...] = tuple(cause for family in (*FAMILIES, ACCESS) for cause in family)
OF_TRIPS: tuple[Cause, ...] = tuple(ending.cause for ending in ENDINGS)
ENTRIES: tuple[tuple[str, Cause], ...] = (
    *OF_STEPS,
    *(("", cause) for cause in OF_MICROSOFT),
    *(("trip", cause) for cause in OF_TRIPS),
    *(("forecast", cause) for cause in FORECAST),
    *(("mail", cause) for cause in MAIL),
    *(("ours", cause) for cause in OURS),
    *(("people", cause) for cause in OF_PEOPLE),
)
OF_CUSTOMER = tuple((key, cause) for key, cause in ENTRIES if cause.owner is Owner.CUSTOMER)


def named(entry: tuple[str, Cause]) -> str:
    """The name of an entry in a list of tests."""
    return f"{entry[0] or 'microsoft'}-{entry[1].code}"


def forms(template: Template) -> tuple[str, ...]:
    """The texts of a template, one or two."""
    return (template.one, template.several) if isinstance(template, Plural) else (template,)


def words(cause: Cause) -> tuple[Template, ...]:
    """Every text of an entry: its sentences, and the role and labels of its act."""
    labels: tuple[str, ...] = ()
    if cause.needs is not None:
        labels = (cause.needs.role.text, *(cause.needs.path.labels if cause.needs.path else ()))
    return tuple(text for text in (cause.staff, cause.customer, cause.letter, *labels) if text)


def filled(cause: Cause) -> dict[str, Any]:
    """A value for each gap: two where something is counted."""
    templates = [text for text in (cause.staff, cause.customer, cause.letter) if text]
    counted = {text.by for text in templates if isinstance(text, Plural)}
    gaps = {gap for text in templates for form in forms(text) for gap in GAP.findall(form)}
    return {gap: 2 if gap in counted else f"the {gap} of it" for gap in gaps | counted}
