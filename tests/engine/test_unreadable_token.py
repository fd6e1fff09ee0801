"""A token that no key of ours opens is said, with its cause, and is mended by the key or by another token."""

from __future__ import annotations

import pytest

from onboarding.customers import answers
from tests import builders

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db
OTHER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def test_says_that_the_token_cannot_be_decrypted_and_goes_on_once_the_key_is_back(consented, far, settings):
    made = answer_all(consented, far, until="connection")
    answer_token(made, far)
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [OTHER_KEY]
    look(made)
    state = builders.state(made, "connection")
    assert (state.kind, state.court, state.code) == ("asking", "haiilo", "token_unreadable")
    assert made.leased_until is None
    settings.ENCRYPTION_KEYS = [OTHER_KEY, *keys]
    assert look(made).current_key == "mappings"


def test_takes_the_token_anew_where_the_key_is_lost(consented, far, settings):
    made = answer_all(consented, far, until="connection")
    answer_token(made, far)
    settings.ENCRYPTION_KEYS = [OTHER_KEY]
    look(made)
    answer_token(made, far)
    assert look(made).current_key == "mappings"


def answer_token(made, far):
    owner = builders.owner_of(made)
    answers.answer(made, "connection", actor=owner, answer={}, secrets={"scim_token": far["scim_token"]})
