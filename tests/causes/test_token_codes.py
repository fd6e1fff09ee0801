"""What each refusal of a token means: who ends it, in which words, and whether waiting may help.

Public cases 10, 11 (receiver and consent) and 07 (Graph): a refusal keeps its reason.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graphclient import ConsentMissing, GraphError, OurCredentialRefused, Rejected, TokenRefused, TryLater
from graphclient.identity import aadsts
from onboarding.causes.access import POLICY_BLOCKS
from onboarding.causes.index import lookup, of_token
from onboarding.domain.verdicts import Asking, Broken, Court, Waiting
from onboarding.engine.explain import explain
from tests.narrow import instance
from tests.steps.facts import desired

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CUSTOMER, CS, HAIILO = Court.CUSTOMER, Court.CS, Court.HAIILO
CLAIM_FOR_ANOTHER_CLOUD = (
    "AADSTS700023: Client assertion audience claim does not match Realm issuer. Review the documentation. Trace ID: "
    "5c0f3e4e-0000-4000-8000-000000000001 Correlation ID: 8b1f4f0e-0000-4000-8000-000000000001 Timestamp: "
    "2026-09-29 09:14:51Z"
)


def refused(number: int, description: str = "") -> GraphError:
    said = description or f"AADSTS{number}: Words that may change. Trace ID: t Correlation ID: c"
    return aadsts.error_of({"error": "invalid_client", "error_description": said, "error_codes": [number]})


# Every code that the token endpoint may give an application, documented or seen in public reports.
ROWS = [
    *[(number, CUSTOMER, "switched off in the tenant") for number in (7000112, 70001, 1000031)],
    *[(number, CUSTOMER, "only let in where it is assigned") for number in (50105, 501051)],
    *[(number, CUSTOMER, "Conditional Access") for number in sorted(aadsts.POLICIES)],
    *[(number, CUSTOMER, "keep our application out") for number in sorted(aadsts.RESTRICTIONS)],
    *[(number, CUSTOMER, "blocked the tenant") for number in (5000224, 5000225)],
    (500014, CUSTOMER, "Microsoft Graph is switched off"),
    *[(number, CUSTOMER, "lacks a service") for number in (65005, 650052)],
    (650051, CUSTOMER, "at the same moment"),
    (650056, CUSTOMER, "are incomplete"),
    (65004, CUSTOMER, "not accepted"),
    *[(number, CUSTOMER, "may not approve") for number in (90093, 90094)],
    (90036, CUSTOMER, "lasting fault"),
    *[(number, CS, "another Microsoft cloud") for number in sorted(aadsts.OTHER_CLOUD)],
    *[(number, CS, "no such tenant") for number in (90002, 900021, 900023)],
]


@pytest.mark.parametrize(("number", "court", "says"), ROWS)
def test_speaks_at_once_with_an_owner_and_words_of_its_own(number, court, says):
    error = refused(number)
    assert type(error) is TokenRefused
    verdict = explain(error, desired(now=NOW))
    assert isinstance(verdict, Asking)
    assert (verdict.court, says in str(verdict.question)) == (court, True)
    assert f"AADSTS{number}" in (verdict.code, verdict.offers.get("detail"))


@pytest.mark.parametrize("number", sorted(aadsts.POLICIES))
def test_names_a_policy_that_blocks_our_application_and_keeps_microsofts_number_beside_it(number):
    """Nobody signs in there, so the entry of the same number for a person's sign-in would give the wrong advice."""
    verdict = instance(Asking, explain(refused(number), desired(now=NOW)))
    assert (verdict.code, verdict.offers["detail"]) == (POLICY_BLOCKS.code, f"AADSTS{number}")
    assert lookup(verdict.code) is POLICY_BLOCKS
    assert lookup("NotAllowed") is POLICY_BLOCKS, "rows of an earlier release are still explained"


def test_has_a_row_for_each_number_that_is_the_tenants_own():
    assert {number for number, _court, _says in ROWS} >= aadsts.TENANTS_OWN - {90095}


@pytest.mark.parametrize("number", sorted(aadsts.NO_PRINCIPAL))
def test_takes_only_a_missing_principal_for_something_that_may_come(number):
    assert type(refused(number)) is ConsentMissing
    assert of_token(f"AADSTS{number}") is not None


@pytest.mark.parametrize("number", sorted(aadsts.OUR_CREDENTIAL))
def test_blames_our_own_key_for_what_can_be_nothing_else(number):
    error = refused(number)
    assert type(error) is OurCredentialRefused
    verdict = explain(error, desired(now=NOW))
    assert isinstance(verdict, Broken)
    assert (verdict.court, verdict.code) == (HAIILO, f"AADSTS{number}")
    known = of_token(f"AADSTS{number}")
    assert known is not None
    assert known.code == "AADSTS7000215"


@pytest.mark.parametrize("number", [50059, 90019, 9001023, 500011, 70011, 900144, 90130, 50194, 1002012])
def test_takes_a_wrong_request_for_a_mistake_of_ours(number):
    verdict = explain(refused(number), desired(now=NOW))
    assert isinstance(verdict, Broken)
    assert verdict.court == HAIILO


@pytest.mark.parametrize("number", [*aadsts.OUTAGE_RETRY_SECONDS, *aadsts.THROTTLED_RETRY_SECONDS])
def test_waits_for_a_busy_sign_in_service(number):
    assert isinstance(refused(number), TryLater)
    assert isinstance(explain(refused(number), desired(now=NOW)), Waiting)
    assert of_token(f"AADSTS{number}") is not None


@pytest.mark.parametrize("word", ["temporarily_unavailable", "server_error"])
@pytest.mark.parametrize("number", [[], [7654321]])
def test_waits_for_what_microsoft_calls_temporary(word, number):
    assert isinstance(aadsts.error_of({"error": word, "error_codes": number}), TryLater)


def test_does_not_blame_our_key_for_one_customers_cloud():
    """Public case 07 (Graph): the answer of the global cloud to a certificate for a tenant of another one."""
    error = refused(700023, CLAIM_FOR_ANOTHER_CLOUD)
    verdict = explain(error, desired(now=NOW))
    assert isinstance(verdict, Asking)
    assert (verdict.court, verdict.code) == (CS, "AADSTS700023")
    assert "Other customers are not affected" in str(verdict.question)


def test_shows_microsofts_own_sentence_for_a_code_that_nobody_knows():
    error = refused(7654321, "AADSTS7654321: The <b>moon</b> is in the way.\r\nTrace ID: t")
    assert type(error) is Rejected
    verdict = explain(error, desired(now=NOW))
    assert isinstance(verdict, Broken)
    assert (verdict.court, verdict.code) == (HAIILO, "AADSTS7654321")
    assert "“The moon is in the way.”" in str(verdict.why)


@pytest.mark.parametrize(
    ("description", "says"),
    [
        (
            CLAIM_FOR_ANOTHER_CLOUD,
            "Client assertion audience claim does not match Realm issuer. Review the documentation.",
        ),
        ("AADSTS1234: <script>alert('x')</script> no", "alert('x') no"),
        ("AADSTS1234: a < b\x00\x1b[31m c", "a b [31m c"),
        ("no number", "no number"),
        ("AADSTS1234567:", ""),
        ("", ""),
        ("x" * 6000, "x" * 300),
    ],
)
def test_cuts_what_microsoft_says_to_a_plain_sentence(description, says):
    assert aadsts.plain_reason(description) == says
