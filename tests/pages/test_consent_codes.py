"""Every code that the browser can come back with: who acts, in words, on the admin's page and on the record."""

from __future__ import annotations

import pytest

from onboarding.causes import trip
from onboarding.causes.index import explain_code, is_known, lookup
from onboarding.domain.verdicts import Asking, Court
from onboarding.engine.load_desired import load_desired
from onboarding.models import ConsentAttempt
from onboarding.steps.consent.step import Consent, Facts

from .desk import open_record
from .visitor import invited, text_of

pytestmark = pytest.mark.django_db

ENDINGS = {ending.code: ending for ending in trip.ENDINGS}
CORRELATION = "8b1f4f0e-2222-47f3-8f3f-6f9b1f0d2f00"
CUSTOMER, CS, HAIILO, MICROSOFT = Court.CUSTOMER, Court.CS, Court.HAIILO, Court.MICROSOFT
BY_COURT = {
    CUSTOMER: "65004 65001 90094 90093 90095 50105 50020 50034 16000 50053 50055 50057 50126 50074 50076 50079 "
    "50158 65005 53000 53001 53003 530032 530035 500212 500213 500021 500022 650052 650056 650051 70001 90036 90072",
    HAIILO: "50011 900971 50194 650054 650057 70011 900144 90130",
    CS: "54005",
    MICROSOFT: "90033 90055 90006 90024 90025",
}
ROWS = [(f"AADSTS{number}", court) for court, numbers in BY_COURT.items() for number in numbers.split()]
WORDS = ["permission_denied", "consent_required", "access_denied"]


def refuse(visitor, invitation, code):
    description = f"{code}: Something. Trace ID: x Correlation ID: {CORRELATION} Timestamp: y"
    answer = {"error": "server_error", "error_description": description}
    return visitor.granted({**visitor.consent(invitation), **answer})


@pytest.mark.parametrize(("code", "court"), ROWS, ids=[code for code, _ in ROWS])
def test_says_what_a_code_means_and_who_acts(visitor, code, court, alice):
    invitation = invited()
    text = text_of(refuse(visitor, invitation, code))
    sentence, found = explain_code(code)
    assert is_known(code)
    assert found == court
    ended = ENDINGS[invitation.attempts()[0].error]
    assert str(ended.told_by(lookup(code)).for_customer({})).replace("'", "&#x27;") in text
    assert f"{code} · {CORRELATION}" in text
    shown = open_record(alice, invitation.onboarding).text
    assert str(sentence) in shown
    assert f"{code} · {CORRELATION}" in shown


@pytest.mark.parametrize("word", WORDS)
def test_takes_a_word_without_a_number_for_a_no(visitor, word):
    invitation = invited()
    text = text_of(visitor.granted({**visitor.consent(invitation), "error": word, "admin_consent": "True"}))
    assert "Nothing was approved" in text
    assert word in text


def test_does_not_take_an_error_for_a_no_because_microsoft_calls_it_access_denied(visitor):
    invitation = invited()
    answer = {"error": "access_denied", "error_description": "AADSTS650051: at the same time"}
    text = text_of(visitor.granted({**visitor.consent(invitation), **answer}))
    assert "Nothing was approved" not in text
    assert "Two approvals were given at the same moment" in text


def test_shows_an_unknown_code_with_its_correlation_id(visitor, alice):
    invitation = invited()
    text = text_of(refuse(visitor, invitation, "AADSTS7654321"))
    assert f"AADSTS7654321 · {CORRELATION}" in text
    assert "Microsoft says: “Something.”" in text
    assert "send us the code below" in text
    shown = open_record(alice, invitation.onboarding).text
    assert "Something." in shown
    assert CORRELATION in shown


def test_tells_a_private_account_from_a_forged_token(visitor):
    invitation = invited()
    private = "9188040d-6c67-4c5b-b112-36a304b66dad"
    visitor.entra.claims |= {"tid": private, "iss": f"https://login.microsoftonline.com/{private}/v2.0"}
    text = text_of(visitor.signed_in(visitor.begin(invitation)))
    assert "private Microsoft account" in text
    assert ConsentAttempt.objects.get().error == "wrong_account"


def test_names_our_own_checks_too(visitor):
    text = text_of(visitor.granted({"state": "made-up", "admin_consent": "True"}))
    assert "state_mismatch" in text
    assert "Open your link again" in text


@pytest.mark.parametrize(
    ("code", "court", "stored"),
    [
        ("AADSTS50011", HAIILO, "AADSTS50011"),
        ("AADSTS90036", CUSTOMER, "AADSTS90036"),
        ("AADSTS7654321", HAIILO, "failed_saying"),
    ],
)
def test_puts_the_onboarding_in_the_court_of_who_acts(visitor, code, court, stored):
    invitation = invited()
    refuse(visitor, invitation, code)
    verdict = Consent().assess(load_desired(invitation.onboarding.pk), Facts())
    assert isinstance(verdict, Asking)
    assert (verdict.court, verdict.code) == (court, stored)
    assert str(verdict.question) == str(explain_code(code)[0]) or "“Something.”" in str(verdict.question)
