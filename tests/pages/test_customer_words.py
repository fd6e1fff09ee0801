"""Every cause that the customer can end, as the customer's admin reads it: on the progress page and in a reminder."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from onboarding.causes.base import Cause
from onboarding.mail.compose import compose
from onboarding.models import Onboarding, StepState
from onboarding.steps import STEPS
from onboarding.steps.asks import customer_ask
from onboarding.web.access import LINK_OF_SESSION
from tests import builders
from tests.causes.entries import OF_CUSTOMER, filled, named
from tests.causes.speech import THIRD_PERSON, third_person

from .desk import stand
from .visitor import text_of

pytestmark = pytest.mark.django_db

KEYS = [step.key for step in STEPS]
MET_IN = {"": "mappings"}
MET = tuple((MET_IN.get(key, key), cause) for key, cause in OF_CUSTOMER if MET_IN.get(key, key) in KEYS)
EVIDENCE = {"customer": {"tenant_id": "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001", "domain": ""}}


def stands(made: Onboarding, key: str, cause: Cause) -> StepState:
    """`made` waits in step `key` because of `cause`."""
    stand(made, key, cause.asking(**filled(cause)), **EVIDENCE)
    return StepState.objects.get(onboarding=made, key=key)


@pytest.mark.parametrize("entry", MET, ids=named)
def test_tells_the_admin_on_the_progress_page_what_to_do(client, invitation, entry):
    key, cause = entry
    state = stands(invitation.onboarding, key, cause)
    session = client.session
    session[LINK_OF_SESSION] = invitation.link.pk
    session.save()
    page = text_of(client.get(reverse("progress")))
    ask = customer_ask(state.key, state.code, state.sentence, state.offers)
    assert escape(str(ask.what)) in page
    assert third_person(page) == ""
    assert escape(str(state.sentence)) not in page
    assert (f'action="{reverse("renew")}"' in page) is cause.by_link
    for label in ask.path:
        assert escape(str(label)) in page
    assert cause.by_link or ask.path or "mailto:" in page


@pytest.mark.parametrize("entry", MET, ids=named)
def test_tells_the_admin_in_a_reminder_what_to_do(entry):
    key, cause = entry
    made = builders.onboarding()
    state = stands(made, key, cause)
    contact = made.contacts.get()
    ask = customer_ask(state.key, state.code, state.sentence, state.offers)
    for contact.language in THIRD_PERSON:
        letter = compose(made, contact, "reminder").text
        with translation.override(contact.language):
            assert str(ask.letter) in letter
            assert " > ".join(str(label) for label in ask.path) in letter
            assert str(state.sentence) not in letter
        assert third_person(letter, contact.language) == ""
        assert ("[link]" in letter) is cause.by_link


def test_leaves_out_no_cause_but_those_of_the_read_only_mode_and_of_one_person():
    """What ends a trip to Microsoft is met in the step that waits for the approval; what is odd in one person's data is
    a finding of the forecast, and no verdict of a step.
    """
    assert {key for key, _cause in OF_CUSTOMER} - {*KEYS, *MET_IN, "trip"} == {"read_only", "forecast"}
