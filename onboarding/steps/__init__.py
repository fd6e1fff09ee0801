"""The steps of one onboarding, in their order. A new step is one folder, one template, one test, one word here."""

from __future__ import annotations

from typing import Any

from onboarding.causes.base import Cause
from onboarding.steps.base import Step
from onboarding.steps.connection.step import Connection
from onboarding.steps.consent.step import Consent
from onboarding.steps.customer.step import CustomerRecord
from onboarding.steps.enable.step import Enable
from onboarding.steps.initial_cycle.step import InitialCycle
from onboarding.steps.live.step import Live
from onboarding.steps.mappings.step import Mappings
from onboarding.steps.pilot.step import Pilot
from onboarding.steps.read_only.step import ReadOnly
from onboarding.steps.readiness.step import Readiness
from onboarding.steps.scope.step import Scope
from onboarding.steps.sso_application.step import SsoApplication

STEPS: tuple[Step[Any], ...] = (
    CustomerRecord(),
    Consent(),
    Readiness(),
    SsoApplication(),
    Connection(),
    Mappings(),
    Scope(),
    Pilot(),
    Enable(),
    InitialCycle(),
    Live(),
)

BESIDE: tuple[Step[Any], ...] = (ReadOnly(),)
"""Looked at beside the others, and only where somebody asked for it."""

_BY_KEY = {step.key: step for step in STEPS}
_CAUSES = {(step.key, cause.code): cause for step in (*STEPS, *BESIDE) for cause in step.causes}


def by_key(key: str) -> Step[Any]:
    """The step with this key. Raises KeyError."""
    return _BY_KEY[key]


def cause_of(key: str, code: str) -> Cause | None:
    """The entry of step `key` for this code of its own, or None where the code is not of its own."""
    return _CAUSES.get((key, code))
