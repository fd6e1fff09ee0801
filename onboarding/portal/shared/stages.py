"""The eleven steps as the customer's admin understands them: six stages, each with a word and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onboarding.causes.customer_asks import customer_ask
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Court, Kind
from onboarding.web.read_only import ReadOnlyView
from onboarding.web.step_view import StepView

Words = str | Promise


@dataclass(frozen=True)
class Stage:
    """One line of the progress page. `sentence` is empty where there is nothing to say."""

    title: Words
    kind: str
    label: Words
    sentence: Words
    is_current: bool


@dataclass(frozen=True)
class Renewal:
    """What has to be approved once more: the code of the verdict that asks, and what is missing, by name."""

    code: str
    missing: Sequence[str] = ()


_STAGES: tuple[tuple[Words, Words, tuple[str, ...]], ...] = (
    (
        _("Your approval"),
        _("We check that your approval has arrived at Microsoft. This can take up to 15 minutes."),
        ("customer", "consent"),
    ),
    (
        _("Your Haiilo application"),
        _("We look for the application with which your people sign in to Haiilo."),
        ("readiness", "sso_application"),
    ),
    (_("The connection to Haiilo"), _("We connect your application with Haiilo and test it."), ("connection",)),
    (
        _("What is sent, and for whom"),
        _("We set which attributes are sent, and count the people who are assigned."),
        ("mappings", "scope"),
    ),
    (_("A trial with one person"), _("One person is created in Haiilo first, and checked."), ("pilot",)),
    (
        _("Everybody else"),
        _("Microsoft creates the assigned people in Haiilo, one after the other."),
        ("enable", "initial_cycle", "live"),
    ),
)
_LABELS: dict[str, Words] = {
    Kind.NEW: _("not started"),
    Kind.DONE: _("done"),
    Kind.WAITING: _("under way"),
    Kind.TODO: _("Haiilo is at it"),
    Kind.BROKEN: _("Haiilo is at it"),
}


def just_approved(step: StepView) -> bool:
    """Whether the round trip through Microsoft ended and the engine has not looked at what came of it."""
    return step.is_current and step.key == "consent" and step.pending


def is_renewal(step: StepView) -> bool:
    """Whether what the customer has to do is to approve once more."""
    return customer_ask(step.key, step.code, say(step.sentence), step.offers).link


def renewal_of(asking: StepView | None, mode: ReadOnlyView | None) -> Renewal | None:
    """What the step that asks the customer wants approved again, or the read-only mode that is shown in its place."""
    if mode is not None:
        return Renewal("", mode.missing) if mode.again else None
    if asking is None or not is_renewal(asking):
        return None
    return Renewal(asking.code, asking.offers.get("missing", []))


def just_renewed(steps: Sequence[StepView]) -> bool:
    """The same as `just_approved`, where a later step has asked for the approval."""
    asked = any(step.is_current and step.kind == Kind.ASKING and is_renewal(step) for step in steps)
    return asked and any(step.key == "consent" and step.pending for step in steps)


def stages(steps: Sequence[StepView]) -> list[Stage]:
    """The stages that these steps amount to; at most one is current."""
    found = {step.key: step for step in steps}
    current = next((step for step in steps if step.is_current), None)
    return [_stage(title, sentence, [found[key] for key in keys], current) for title, sentence, keys in _STAGES]


def _stage(title: Words, sentence: Words, steps: Sequence[StepView], current: StepView | None) -> Stage:
    if all(step.kind == Kind.DONE for step in steps):
        return Stage(title, Kind.DONE, _LABELS[Kind.DONE], "", False)
    if current not in steps or current is None:
        return Stage(title, Kind.NEW, _LABELS[Kind.NEW], "", False)
    if current.kind == Kind.ASKING and current.court == Court.CUSTOMER and not just_approved(current):
        return Stage(title, Kind.ASKING, _("needs you"), "", True)  # what is needed is the page's first sentence
    if current.kind in (Kind.NEW, Kind.WAITING) or just_approved(current):
        return Stage(title, Kind.WAITING, _LABELS[Kind.WAITING], sentence, True)
    return Stage(title, Kind.WAITING, _LABELS[Kind.TODO], _("It is Haiilo's turn; you need not do anything."), True)
