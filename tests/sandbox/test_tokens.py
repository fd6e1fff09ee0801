import time
from typing import Any

import jwt
import pytest
import requests

from devtools.stack import keys

from .conftest import JWT_BEARER, SCOPE, Entra, Pair, RunningSandbox


@pytest.fixture
def certified(running: RunningSandbox, pair: Pair) -> Entra:
    """A tenant and an application with a certificate."""
    entra = running.tenant()
    entra.client_id = running.register("Application.Read.All", certificate_pem=pair.certificate, secrets=[])
    entra.consent()
    return entra


def with_assertion(
    entra: Entra, pair: Pair, algorithm: str = "PS256", audience: str | None = None, **claims: Any
) -> requests.Response:
    audience = audience or f"https://login.microsoftonline.com/{entra.tid}/oauth2/v2.0/token"
    assertion = pair.assertion(entra.client_id, audience, algorithm, **claims)
    return entra.ask_token(client_secret=None, client_assertion=assertion, client_assertion_type=JWT_BEARER)


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_takes_an_assertion_signed_with_the_registered_certificate(
    certified: Entra, pair: Pair, algorithm: str
) -> None:
    answer = with_assertion(certified, pair, algorithm)
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 3599


def test_refuses_an_assertion_of_another_certificate(certified: Entra) -> None:
    answer = with_assertion(certified, Pair(*keys.throw_away_pair()))
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [700027])


def test_refuses_a_signature_of_another_key_under_the_right_thumbprint(certified: Entra, pair: Pair) -> None:
    stranger = Pair(keys.throw_away_pair()[0], pair.certificate)
    assert with_assertion(certified, stranger).json()["error_codes"] == [700027]


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"exp": -900, "nbf": -1800}, 700024),
        ({"nbf": +900}, 700024),
        ({"exp": 7 * 86400}, 700024),
        ({"iss": "somebody-else"}, 700021),
        ({"sub": "somebody-else"}, 700021),
        ({"jti": None}, 5002723),
        ({"jti": ""}, 5002723),
        ({"exp": None}, 5002723),
    ],
)
def test_refuses_an_assertion_with_wrong_claims(
    certified: Entra, pair: Pair, claims: dict[str, Any], number: int
) -> None:
    """Times are seconds from now: the tests may be collected long before this one runs."""
    timed: dict[str, Any] = {
        name: int(time.time()) + value if isinstance(value, int) else value for name, value in claims.items()
    }
    answer = with_assertion(certified, pair, **timed)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [number])


def test_refuses_an_assertion_for_another_tenants_endpoint(
    running: RunningSandbox, certified: Entra, pair: Pair
) -> None:
    other = running.tenant()
    answer = with_assertion(
        certified, pair, audience=f"https://login.microsoftonline.com/{other.tid}/oauth2/v2.0/token"
    )
    assert answer.json()["error_codes"] == [700024]


@pytest.mark.parametrize(
    ("form", "status", "word", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_id": "00000000-0000-4000-8000-00000000abcd"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://graph.microsoft.com/User.Read"}, 400, "invalid_scope", 70011),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_refuses_with_a_flat_error_that_names_its_number(
    entra: Entra, form: dict[str, Any], status: int, word: str, number: int
) -> None:
    answer = entra.ask_token(**form)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, word, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= set(body)


@pytest.mark.parametrize("authority", ["common", "organizations"])
def test_gives_no_app_only_token_at_a_shared_authority(running: RunningSandbox, entra: Entra, authority: str) -> None:
    form = {"client_id": entra.client_id, "grant_type": "client_credentials", "scope": SCOPE}
    form["client_secret"] = "a secret of the sandbox only"
    answer = running.login("POST", f"/{authority}/oauth2/v2.0/token", data=form)
    assert answer.json()["error_codes"] == [9001023]


def test_gives_no_token_where_nobody_consented(running: RunningSandbox) -> None:
    entra = running.tenant()
    stranger = running.register("Application.Read.All")
    answer = entra.ask_token(client_id=stranger)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [7000229])


def test_puts_the_consented_permissions_and_the_tenant_into_the_token(running: RunningSandbox) -> None:
    entra = running.tenant("User.Read.All", "Application.Read.All")
    claims = jwt.decode(entra.token(), options={"verify_signature": False})
    assert claims["roles"] == ["Application.Read.All", "User.Read.All"]
    assert (claims["tid"], claims["appid"], claims["idtyp"]) == (entra.tid, entra.client_id, "app")
    assert claims["aud"] == "https://graph.microsoft.com"


def test_lets_a_token_die_with_the_consent(entra: Entra) -> None:
    assert entra.get("/organization")
    entra.control("POST", "/revoke", {"client_id": entra.client_id})
    assert entra.refused("GET", "/organization")[:2] == (401, "Authorization_IdentityNotFound")
    assert entra.ask_token().json()["error_codes"] == [7000229]


def test_makes_a_consent_effective_late_when_it_is_not_calm(slow: RunningSandbox) -> None:
    entra = slow.tenant(calm=False)
    assert entra.ask_token().json()["error_codes"] == [7000229]
    slow.control("POST", "/clock", {"minutes": 3})
    assert entra.ask_token().status_code == 200
