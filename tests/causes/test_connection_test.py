"""What Haiilo's answer, as Microsoft quotes it, says of a failed connection test.

Microsoft's test asks for users and for groups, and names no User-Agent (docs/graph-facts.md, "Connection test and
secrets"). The texts are those that people recorded.
"""

from __future__ import annotations

import pytest

from onboarding.causes.base import Owner
from onboarding.causes.credentials import FIREWALL_REFUSES, GROUPS_UNANSWERED, says_forbidden
from onboarding.causes.index import explain_code, lookup
from onboarding.domain.verdicts import Court
from onboarding.steps.shared.credentials import Trial, refusal
from onboarding.steps.shared.jobs import quarantined
from tests.steps.facts import CONNECTED, JOB, NOW, at_step, job, quarantine

SCIM = "SystemForCrossDomainIdentityManagement"
NOT_FOUND = "An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response."
URL = "Received response from Web resource. Resource: https://nordwind.smarpshare.com/api/scim/v2"
PAGE = "Response Status Code: Forbidden Response Content: <!DOCTYPE html><html><head><title>403 Forbidden</title>"

GROUPS = [
    (f"{SCIM}ServiceIncompatible", NOT_FOUND),
    (f"{SCIM}ServiceIncompatible", f"{NOT_FOUND} To address this issue, ensure that the tenant URL is correct."),
    (f"{SCIM}ServiceIncompatible", f"{NOT_FOUND} {URL}/Groups?filter=displayName+eq+%22x%22"),
    (f"{SCIM}CredentialValidationUnavailable", f"{URL}/Groups?filter=x Response Status Code: NotImplemented"),
    (f"{SCIM}CredentialValidationUnavailable", "Resource: https%3A%2F%2Fx%2Fscim%2FGroups Status Code: NotFound"),
    ("InvalidCredentials", f"{URL}/groups?filter=x 404"),
]
FIREWALL = [
    ("InvalidCredentials", f"{URL}/Users?filter=x {PAGE}"),
    (f"{SCIM}InvalidCredentials", PAGE),
    (f"{SCIM}CredentialValidationFailure", f"{URL}/Groups?filter=x {PAGE}"),
    (f"{SCIM}CredentialValidationUnavailable", "403 Content-Type: text/html"),
]
NEITHER = [
    (f"{SCIM}ServiceIncompatible", "the answer has no totalResults"),
    (f"{SCIM}ServiceIncompatible", f"{NOT_FOUND} {URL}/Users?filter=userName+eq+%22x%22"),
    (f"{SCIM}CredentialValidationUnavailable", f"{URL}/Users?filter=x Response Status Code: NotFound"),
    (f"{SCIM}CredentialValidationFailure", f"{URL}/Users?filter=x Response Status Code: Forbidden"),
    (f"{SCIM}InvalidCredentials", ""),
]


@pytest.mark.parametrize(
    ("told", "is_403"),
    [
        ("Response Status Code: Forbidden", True),
        ("403", True),
        ('Response content: {"status":403}', True),
        ('{"status":"403","detail":"Not you."}', True),
        ("HTTP/403 was returned", True),
        ("answered (403).", True),
        ("Status Code: Unauthorized Request-Id: 5e1b403c-9403-4a1e-8f0a-403d7c1e4030", False),
        ("Users?filter=userName+eq+%22AzureAD_Test-403a%22 at 10:22:31.403Z", False),
        ("after 1.403 s of 14030", False),
    ],
)
def test_takes_only_a_status_for_403_and_no_part_of_an_id_or_a_number(told, is_403):
    assert says_forbidden(told) is is_403


NEVER_REACHED = at_step("connection")
TESTED = {"connection": CONNECTED | {"tested_at": NOW.isoformat()}}
PILOT = {"connection": CONNECTED, "pilot": {"job_id": JOB, "read_back": True}}


@pytest.mark.parametrize(("code", "message"), GROUPS)
def test_tells_that_haiilo_does_not_answer_for_groups(code, message):
    assert lookup(code, message) is GROUPS_UNANSWERED
    asked = refusal(Trial(False, code, message), NEVER_REACHED)
    assert (asked.code, asked.court) == (GROUPS_UNANSWERED.code, Court.HAIILO)
    assert "/Groups" in str(asked.question)
    assert "check the address" not in str(asked.question).lower()
    assert asked.offers == {"detail": code}


@pytest.mark.parametrize(("code", "message"), FIREWALL)
def test_tells_that_a_firewall_stands_before_haiilo(code, message):
    assert lookup(code, message) is FIREWALL_REFUSES
    asked = refusal(Trial(False, code, message), NEVER_REACHED)
    assert (asked.code, asked.court) == (FIREWALL_REFUSES.code, Court.HAIILO)
    assert "User-Agent" in str(asked.question)


@pytest.mark.parametrize(("code", "message"), NEITHER)
def test_leaves_every_other_refusal_to_its_code(code, message):
    assert refusal(Trial(False, code, message), NEVER_REACHED).code == code


@pytest.mark.parametrize("evidence", [TESTED, PILOT])
def test_asks_haiilo_once_the_address_was_good_for_this_customer(evidence):
    silent = Trial(False, f"{SCIM}CredentialValidationUnavailable", "No answer.")
    asked = refusal(silent, at_step("connection", evidence=evidence))
    assert (asked.code, asked.court) == ("haiilo_down", Court.HAIILO)
    assert "letter by letter" not in str(asked.question)
    assert asked.recheck_in is not None
    assert asked.offers == {"detail": silent.code}


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        ({}, "CredentialValidationUnavailable"),
        ({"connection": CONNECTED}, "CredentialValidationUnavailable"),
        (
            {"connection": CONNECTED | {"tested_at": NOW.isoformat(), "base_url": "https://other.example/scim"}},
            "CredentialValidationUnavailable",
        ),
        (TESTED, "CredentialValidationFailure"),
    ],
)
def test_doubts_an_address_that_was_never_good_and_a_token_that_is_refused(evidence, code):
    asked = refusal(Trial(False, SCIM + code, "No."), at_step("connection", evidence=evidence))
    assert (asked.code, asked.court) == (SCIM + code, Court.CS)


def test_blames_no_address_for_a_quarantine_during_the_first_cycle():
    found = job(
        "Quarantine", quarantine=quarantine("EncounteredQuarantineException", f"{SCIM}CredentialValidationUnavailable")
    )
    assert quarantined(found).court == Court.CS
    told = quarantined(found, reached=True)
    assert (told.code, told.court) == ("haiilo_down", Court.HAIILO)


def test_tells_the_same_of_a_quarantine():
    found = job(
        "Quarantine", quarantine=quarantine("EncounteredQuarantineException", f"{SCIM}ServiceIncompatible", NOT_FOUND)
    )
    assert quarantined(found).court == Court.HAIILO
    assert "/Groups" in str(quarantined(found).why)


def test_does_not_take_one_persons_failure_for_a_failed_test():
    assert lookup("SystemForCrossDomainIdentityManagementBadRequest", f"{URL}/Groups {PAGE}") not in (
        GROUPS_UNANSWERED,
        FIREWALL_REFUSES,
    )


def test_knows_each_by_its_own_name():
    for cause in (GROUPS_UNANSWERED, FIREWALL_REFUSES):
        assert cause.owner is Owner.ENGINEERS
        assert explain_code(cause.code) == (cause.for_staff({}), Court.HAIILO)
