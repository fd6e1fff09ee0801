"""Microsoft's own sign-in library, at the addresses it was made for, on every way to a token that it knows."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from devtools.robots.browser import Browser
from devtools.stack.stack import PERMISSIONS
from tests.clients.conftest import Application, Customer, Gateway, make_customer
from tests.conftest import PUBLIC_URL

pytestmark = pytest.mark.clients

LOGIN = "https://login.microsoftonline.com"
TOKENS = f"{LOGIN}/%s/oauth2/v2.0/token"
SCOPE = ["https://graph.microsoft.com/.default"]
RETURN = f"{PUBLIC_URL}/consent/signed-in/"
SOMEBODY = "8f0e3f7a-9f51-4c1d-8a7e-0d7f0c5b1a22"  # a tenant that nobody has


@pytest.fixture
def app(
    gateway: Gateway, application: Application, customer: Customer
) -> Callable[..., msal.ConfidentialClientApplication]:
    """Make an msal application with a credential, for a tenant."""

    def make(credential: Any, tenant: str = "") -> msal.ConfidentialClientApplication:
        return msal.ConfidentialClientApplication(
            application.client_id,
            client_credential=credential,
            authority=f"{LOGIN}/{tenant or customer.tid}",
            http_client=gateway.session(),
        )

    return make


def thumbprint(certificate: str) -> str:
    return x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA1()).hex()  # noqa: S303 - x5t


def assertion(application, audience: str, **changes: Any) -> str:
    """A client assertion in Microsoft's form (docs/graph-facts.md, "Login"), changed as the caller says."""
    now = int(time.time())
    claims = {"aud": audience, "iss": application.client_id, "sub": application.client_id, "jti": str(uuid.uuid4())}
    claims |= {"nbf": now - 5, "iat": now - 5, "exp": now + 300, **changes}
    certificate = x509.load_pem_x509_certificate(application.certificate.encode())
    digest = jwt.utils.base64url_encode(certificate.fingerprint(hashes.SHA256())).decode()
    return jwt.encode(claims, application.private_key, algorithm="PS256", headers={"x5t#S256": digest})


def claims_of(answer: dict[str, Any]) -> dict[str, Any]:
    assert "access_token" in answer, answer
    return jwt.decode(answer["access_token"], options={"verify_signature": False})


def credentials(application, customer) -> dict[str, Any]:
    """Everything that msal takes for one."""
    key, certificate = application.private_key, application.certificate
    return {
        "RS256 by thumbprint": {"private_key": key, "thumbprint": thumbprint(certificate)},
        "PS256 by certificate": {"private_key": key, "public_certificate": certificate},
        "RS256 with the certificate in it": {
            "private_key": key,
            "thumbprint": thumbprint(certificate),
            "public_certificate": certificate,
        },
        "an assertion made elsewhere": {"client_assertion": lambda: assertion(application, TOKENS % customer.tid)},
        "a secret": application.secret,
    }


@pytest.mark.parametrize(
    "name",
    [
        "RS256 by thumbprint",
        "PS256 by certificate",
        "RS256 with the certificate in it",
        "an assertion made elsewhere",
        "a secret",
    ],
)
def test_gives_a_token_for(name, app, application, customer):
    answer = app(credentials(application, customer)[name]).acquire_token_for_client(SCOPE)
    claims = claims_of(answer)
    assert claims["tid"] == customer.tid
    assert claims["appid"] == application.client_id
    assert sorted(claims["roles"]) == sorted(PERMISSIONS)
    assert (answer["token_type"], answer["token_source"]) == ("Bearer", "identity_provider")
    assert 0 < answer["expires_in"] <= 3600


def test_serves_a_second_token_from_the_clients_own_cache(app, application, customer):
    client = app(application.secret)
    first, second = (client.acquire_token_for_client(SCOPE) for _time in range(2))
    assert second["access_token"] == first["access_token"]
    assert second["token_source"] == "cache"


def refused(answer: dict[str, Any]) -> tuple[str, int]:
    assert "access_token" not in answer
    assert answer["error_description"].startswith(f"AADSTS{answer['error_codes'][0]}:")
    assert uuid.UUID(answer["trace_id"])
    assert uuid.UUID(answer["correlation_id"])
    assert answer["timestamp"].endswith("Z")
    return answer["error"], answer["error_codes"][0]


@pytest.mark.parametrize("naming", ["thumbprint", "public_certificate"])
def test_refuses_a_key_that_is_not_registered(naming, app, application):
    certificate = application.certificate
    named = {"thumbprint": thumbprint(certificate)} if naming == "thumbprint" else {"public_certificate": certificate}
    answer = app({"private_key": application.wrong_key, **named}).acquire_token_for_client(SCOPE)
    assert refused(answer) == ("invalid_client", 700027)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": SOMEBODY},
        {"aud": TOKENS % SOMEBODY},
    ],
    ids=["expired", "not yet valid", "another's", "for another tenant"],
)
def test_refuses_an_assertion_that_is(changes, app, application, customer):
    made = assertion(application, TOKENS % customer.tid, **changes)
    answer = app({"client_assertion": lambda: made}).acquire_token_for_client(SCOPE)
    assert refused(answer)[0] == "invalid_client"


def test_refuses_a_wrong_secret(app):
    assert refused(app("not-it").acquire_token_for_client(SCOPE)) == ("invalid_client", 7000215)


def test_does_not_know_a_tenant_that_nobody_has(app, application):
    with pytest.raises(ValueError, match="authority configuration"):
        app(application.secret, SOMEBODY).acquire_token_for_client(SCOPE)


def test_refuses_a_tenant_that_has_not_consented(app, application, sandbox):
    stranger = make_customer(sandbox, consent=False)
    answer = app(application.secret, stranger.tid).acquire_token_for_client(SCOPE)
    assert refused(answer)[1] in (7000229, 700016)


@pytest.mark.parametrize("tenant", ["organizations", "common"])
def test_refuses_a_token_for_no_tenant_in_particular(tenant, app, application):
    client = app(application.secret, tenant)
    with pytest.warns(DeprecationWarning, match="specific tenant"):
        answer = client.acquire_token_for_client(SCOPE)
    assert refused(answer)[1] in (50059, 9001023, 90130)


def test_refuses_a_resource_that_does_not_exist(app, application):
    answer = app(application.secret).acquire_token_for_client(["https://graph.nowhere.example/.default"])
    assert refused(answer)[1] == 500011


# A person signs in


@pytest.fixture
def sign_in(gateway: Gateway, customer: Customer) -> Callable[[str], dict[str, str]]:
    """Go to where msal sends a person, type name and password, and come back with what the address then says."""

    def go(address: str) -> dict[str, str]:
        person = customer.tenant["admin"]
        browser = Browser(LOGIN, gateway.session())
        browser.stop_before = RETURN
        page = browser.open(address)
        browser.send(page.form(having="passwd"), {"login": person["user_name"], "passwd": person["password"]})
        return dict(parse_qsl(urlsplit(browser.page.url).query))

    return go


@pytest.fixture
def client(
    app: Callable[..., msal.ConfidentialClientApplication], application: Application
) -> msal.ConfidentialClientApplication:
    """As our own sign-in is configured: any organisation's people."""
    return app({"private_key": application.private_key, "public_certificate": application.certificate}, "organizations")


def begin(client: msal.ConfidentialClientApplication) -> dict[str, Any]:
    with pytest.warns(UserWarning, match="form_post"):
        flow: dict[str, Any] = client.initiate_auth_code_flow([], redirect_uri=RETURN, response_mode="query")
    return flow


def test_signs_a_person_in_with_code_and_pkce(client, sign_in, customer, application):
    flow = begin(client)
    assert "code_challenge_method=S256" in flow["auth_uri"]
    answer = client.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"]))
    assert "error" not in answer, answer
    claims = answer["id_token_claims"]
    assert (claims["tid"], claims["aud"]) == (customer.tid, application.client_id)
    assert claims["iss"] == f"{LOGIN}/{customer.tid}/v2.0"
    assert claims["preferred_username"] == customer.tenant["admin"]["user_name"]


def test_takes_a_code_once(client, sign_in):
    flow = begin(client)
    come_back = sign_in(flow["auth_uri"])
    client.acquire_token_by_auth_code_flow(flow, come_back)
    assert refused(client.acquire_token_by_auth_code_flow(flow, come_back)) == ("invalid_grant", 54005)


def test_refuses_a_code_without_the_verifier_it_was_asked_with(client, sign_in):
    flow = begin(client)
    come_back = sign_in(flow["auth_uri"])
    answer = client.acquire_token_by_auth_code_flow({**flow, "code_verifier": "x" * 43}, come_back)
    assert refused(answer) == ("invalid_grant", 501481)


# Signing keys


def key_of(token: str, gateway) -> jwt.PyJWK:
    """As a receiver finds it: discovery, then the keys, then the token's own `kid`. Raises KeyError."""
    with gateway.session() as http:
        metadata = http.get(f"{LOGIN}/organizations/v2.0/.well-known/openid-configuration", timeout=10).json()
        published = jwt.PyJWKSet.from_dict(http.get(metadata["jwks_uri"], timeout=10).json())
    assert metadata["issuer"] == f"{LOGIN}/{{tenantid}}/v2.0"
    return published[jwt.get_unverified_header(token)["kid"]]


def test_rolls_its_keys_and_honours_the_one_before(sandbox, gateway, client, sign_in, application):
    def token() -> str:
        flow = begin(client)
        return str(client.acquire_token_by_auth_code_flow(flow, sign_in(flow["auth_uri"]))["id_token"])

    before = token()
    sandbox.control.roll_keys()
    after = token()
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    for each in (before, after):
        claims = jwt.decode(each, key_of(each, gateway), algorithms=["RS256"], audience=application.client_id)
        assert claims["ver"] == "2.0"
    sandbox.control.roll_keys()
    with pytest.raises(KeyError):
        key_of(before, gateway)
