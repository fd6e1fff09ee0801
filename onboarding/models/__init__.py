"""Facts we must remember. No network here."""

from .customer import Customer, Portfolio
from .event import Event
from .link import ConsentAttempt, Link
from .onboarding import Onboarding
from .person import ProvisionedPerson
from .secret import CustomerSecret
from .step_state import StepState
from .tenant import TenantBinding

__all__ = [
    "ConsentAttempt",
    "Customer",
    "CustomerSecret",
    "Event",
    "Link",
    "Onboarding",
    "Portfolio",
    "ProvisionedPerson",
    "StepState",
    "TenantBinding",
]
