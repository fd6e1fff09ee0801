"""Equal answers that all have passed the look-up before the first of them is written: still one counts."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest
from django.db import connection

from onboarding.consent import round_trip
from onboarding.engine import ledger
from onboarding.models import ConsentAttempt, Event

from .crowd import behind
from .test_consent_forgery import Party
from .visitor import query_of

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 5


def party(far) -> Party:
    made = Party(far)
    made.entra.sign()  # the key is made by the first who needs one, and there must be one first
    return made


def test_goes_on_to_one_consent_page(far):
    anna = party(far)
    redirect = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    params = anna.entra.visit(redirect.url)
    finish = partial(round_trip.finish_sign_in, redirect.flow, params, browser="anna's")
    results = behind(ConsentAttempt.objects.all(), *[finish] * CROWD)
    refused = [each.kind for each in results if isinstance(each, round_trip.ConsentProblem)]
    assert refused == ["forged"] * (CROWD - 1)
    assert ConsentAttempt.objects.get().consent_state_hash is not None


def test_notes_one_no(far):
    anna = party(far)
    redirect = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    granting = round_trip.finish_sign_in(redirect.flow, anna.entra.visit(redirect.url), browser="anna's")
    answer = {"state": query_of(granting.url)["state"], "error": "access_denied"}
    results = behind(
        ConsentAttempt.objects.all(), *[partial(round_trip.record_consent, answer, browser="anna's")] * CROWD
    )
    assert [each.kind for each in results] == ["declined"] * CROWD
    assert Event.objects.filter(kind="declined").count() == 1


@pytest.mark.parametrize("answer", [{"admin_consent": "True"}, {"error": "access_denied"}])
def test_hears_an_answer_that_met_another_transaction(far, monkeypatch, answer):
    """The database has ended ours, with whatever it had written, and let the other one go on."""
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time here")
    anna = party(far)
    redirect = round_trip.begin_sign_in(anna.invitation.link, browser="anna's")
    granting = round_trip.finish_sign_in(redirect.flow, anna.entra.visit(redirect.url), browser="anna's")
    answer = {**answer, "state": query_of(granting.url)["state"], "tenant": anna.entra.tenant}
    note, met = ledger.note, list[bool]()

    def meets_another(*given, **named):
        note(*given, **named)
        if not met:
            met.append(True)
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$")

    monkeypatch.setattr(ledger, "note", meets_another)
    with suppress(round_trip.ConsentProblem):
        round_trip.record_consent(answer, browser="anna's")
    assert met
    attempt = ConsentAttempt.objects.get()
    assert attempt.answered_at is not None
    assert (attempt.granted_at is None) == ("error" in answer)
    assert Event.objects.filter(onboarding=anna.invitation.onboarding, kind__in=["consent", "declined"]).count() == 1
