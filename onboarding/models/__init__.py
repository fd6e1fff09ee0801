"""Facts we must remember. No network here."""

from onboarding.models.approval import Approval
from onboarding.models.backup import Backup
from onboarding.models.contact import Contact
from onboarding.models.customer import Customer, Portfolio
from onboarding.models.event import Event
from onboarding.models.heartbeat import Heartbeat
from onboarding.models.inquiry import Inquiry
from onboarding.models.kept_token import KeptToken
from onboarding.models.letter import Letter
from onboarding.models.letter_check import LetterCheck
from onboarding.models.link import ConsentAttempt, Link
from onboarding.models.onboarding import Onboarding
from onboarding.models.person import Person
from onboarding.models.proposal import Proposal
from onboarding.models.questionnaire import Questionnaire
from onboarding.models.read_only import ReadOnlyMode
from onboarding.models.removals_answer import RemovalsAnswer
from onboarding.models.rollup import Rollup
from onboarding.models.secret import CustomerSecret
from onboarding.models.secret_request import SecretRequest
from onboarding.models.staff_contact import Asker, StaffContact, asker_of
from onboarding.models.step_state import StepState
from onboarding.models.stop import Stop
from onboarding.models.tenant import TenantBinding

__all__ = [
    "Approval",
    "Asker",
    "Backup",
    "ConsentAttempt",
    "Contact",
    "Customer",
    "CustomerSecret",
    "Event",
    "Heartbeat",
    "Inquiry",
    "KeptToken",
    "Letter",
    "LetterCheck",
    "Link",
    "Onboarding",
    "Person",
    "Portfolio",
    "Proposal",
    "Questionnaire",
    "ReadOnlyMode",
    "RemovalsAnswer",
    "Rollup",
    "SecretRequest",
    "StaffContact",
    "StepState",
    "Stop",
    "TenantBinding",
    "asker_of",
]
