"""A job that runs on another Haiilo application of the tenant, as customer success reads of it and goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from onboarding.domain.verdicts import Asking
from onboarding.models import StepState
from onboarding.steps.sso_application.step import Facts, SsoApplication
from tests.narrow import instance
from tests.steps.facts import at_step, candidate, job

from .desk import open_record, post, read, stand

pytestmark = pytest.mark.django_db

OLD = "https://old-nordwind.smarpshare.com/api/scim/v2"


@pytest.fixture
def asked(customer: Any) -> Any:
    other = candidate(
        "old",
        jobs=(job("Active", identity="job-of-old"),),
        address=OLD,
        display_name="Haiilo SSO (old)",
        reply_urls=("https://old-nordwind.smarpshare.com/acs",),
    )
    verdict = SsoApplication().assess(at_step("sso_application"), Facts((candidate(), other)))
    return stand(customer, "sso_application", instance(Asking, verdict))


def test_shows_the_other_application_and_what_becomes_of_people(alice, asked):
    page = open_record(alice, asked)
    for said in ("“Haiilo SSO (old)”", "job-of-old", OLD, "an account at both addresses", "Stop provisioning"):
        assert said in page.text
    form = page.form(having="beside")
    assert form.fields["beside"].choices == ["go_on", "old"]


def test_keeps_which_jobs_were_seen(alice, asked):
    sent = post(alice, "step", asked.pk, "sso_application", beside="go_on")
    assert sent.status in (200, 302)
    kept = StepState.objects.get(onboarding=asked, key="sso_application").answer
    assert kept == {"beside_job_ids": ["job-of-old"]}


def test_asks_again_for_a_choice_that_was_not_made(alice, asked):
    assert "Choose how to go on." in post(alice, "step", asked.pk, "sso_application").text


def test_is_in_the_readiness_report(alice, asked):
    path = reverse("readiness_report", args=[asked.pk])
    assert "Haiilo SSO (old)" in read(alice.get(path), path).text
