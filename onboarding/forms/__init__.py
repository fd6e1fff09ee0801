"""What people type, cleaned and checked; each complaint is a sentence that says what to do."""

from __future__ import annotations

from .answers import AnswerForm, form_for
from .customer import CustomerForm
from .fields import focus_first_error, searched
from .sign_in import SignInForm

__all__ = ["AnswerForm", "CustomerForm", "SignInForm", "focus_first_error", "form_for", "searched"]
