"""The steps of one onboarding, in their order. A new step is one module, one template, one test, one word here."""

from __future__ import annotations

from typing import Any

from .base import Step
from .connection import Connection
from .consent import Consent
from .customer import CustomerRecord
from .enable import Enable
from .initial_cycle import InitialCycle
from .live import Live
from .mappings import Mappings
from .pilot import Pilot
from .readiness import Readiness
from .scope import Scope
from .sso_application import SsoApplication

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

_BY_KEY = {step.key: step for step in STEPS}


def by_key(key: str) -> Step[Any]:
    """The step with this key. Raises KeyError."""
    return _BY_KEY[key]
