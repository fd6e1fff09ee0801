"""Facts we must remember. No network here."""

from .backup import Backup
from .contact import Contact
from .customer import Customer, Portfolio
from .event import Event
from .letter import Letter
from .link import ConsentAttempt, Link
from .onboarding import Onboarding
from .person import ProvisionedPerson
from .questionnaire import Questionnaire
from .rebinding import Rebinding
from .secret import CustomerSecret
from .step_down import StepDown
from .step_state import StepState
from .tenant import TenantBinding

__all__ = [
    "Backup",
    "ConsentAttempt",
    "Contact",
    "Customer",
    "CustomerSecret",
    "Event",
    "Letter",
    "Link",
    "Onboarding",
    "Portfolio",
    "ProvisionedPerson",
    "Questionnaire",
    "Rebinding",
    "StepDown",
    "StepState",
    "TenantBinding",
]
