"""What earlier releases stored under the former name of read-only mode is found under the present one, and back."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from onboarding.models import Event, StepState
from tests import builders

pytestmark = pytest.mark.django_db
migration = importlib.import_module("onboarding.migrations.0011_terms_of_the_field")


def test_renames_stored_keys_and_back():
    made = builders.onboarding()
    StepState.objects.create(onboarding=made, key="step_down", code="link_sent")
    Event.objects.create(onboarding=made, kind="step_down", message={"text": "Offered."})
    others = made.steps.count() - 1
    migration.rename_keys(apps, None)
    assert builders.state(made, "read_only").code == "link_sent"
    assert [event.kind for event in made.events.filter(message__text="Offered.")] == ["read_only"]
    assert made.steps.exclude(key="read_only").count() == others
    migration.rename_keys_back(apps, None)
    assert builders.state(made, "step_down").code == "link_sent"
    assert not Event.objects.filter(kind="read_only").exists()
