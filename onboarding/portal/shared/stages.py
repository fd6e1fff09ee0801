"""The steps as the customer's admin understands them: stages, each with a word and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onboarding.domain.verdicts import Kind
from onboarding.steps import by_key
from onboarding.steps.asks import CustomerAsk
from onboarding.steps.stages import STAGES, Stage
from onboarding.web.read_only import ReadOnlyView
from onboarding.web.step_view import StepView, Text


@dataclass(frozen=True)
class StageView:
    """One line of the progress page. `sentence` is empty where there is nothing to say."""

    title: Text
    kind: str
    label: Text
    sentence: Text
    is_current: bool


_LABELS: dict[str, Text] = {
    Kind.NEW: _("not started"),
    Kind.DONE: _("done"),
    Kind.WAITING: _("under way"),
    Kind.TODO: _("Haiilo is working on it"),
    Kind.BROKEN: _("Haiilo is working on it"),
}


def just_approved(step: StepView) -> bool:
    """Whether the round trip through Microsoft ended and the engine has not judged what came of it."""
    return step.is_current and by_key(step.key).gives_access and step.pending


def asked_of_customer(asking: StepView | None, mode: ReadOnlyView | None) -> CustomerAsk | None:
    """What the step that asks the customer wants, or the read-only mode that is shown in its place."""
    if mode is not None:
        return mode.ask
    return asking.ask if asking else None


def just_renewed(steps: Sequence[StepView]) -> bool:
    """The same as `just_approved`, where a later step has asked for the approval."""
    asked = any(step.is_current and step.ask is not None and step.ask.by_link for step in steps)
    return asked and any(by_key(step.key).gives_access and step.pending for step in steps)


def stages(steps: Sequence[StepView], *, asked: str = "") -> list[StageView]:
    """The stages that these steps amount to; at most one is current. `asked`: the key of a step for which something is
    asked of the admin beside its verdict.
    """
    current = next((step for step in steps if step.is_current), None)
    parts = [(stage, [step for step in steps if by_key(step.key).stage is stage]) for stage in STAGES]
    return [_stage(stage, part, current, asked) for stage, part in parts]


def _stage(stage: Stage, steps: Sequence[StepView], current: StepView | None, asked: str) -> StageView:
    title = stage.title
    if all(step.kind == Kind.DONE for step in steps):
        return StageView(title, Kind.DONE, _LABELS[Kind.DONE], "", False)
    if current not in steps or current is None:
        return StageView(title, Kind.NEW, _LABELS[Kind.NEW], "", False)
    if current.key == asked or (current.ask is not None and not just_approved(current)):
        return StageView(title, Kind.ASKING, _("your turn"), "", True)  # what is needed is the page's first sentence
    if current.kind in (Kind.NEW, Kind.WAITING) or just_approved(current):
        return StageView(title, Kind.WAITING, _LABELS[Kind.WAITING], stage.under_way, True)
    if current.told is not None:
        return StageView(title, Kind.WAITING, _LABELS[Kind.TODO], "", True)
    return StageView(
        title, Kind.WAITING, _LABELS[Kind.TODO], _("Haiilo is working on it; you do not need to do anything."), True
    )
