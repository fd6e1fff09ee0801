"""App-only tokens: one flight, kept until shortly before their end, and every refusal told by what to do about it."""

from __future__ import annotations

import threading
from typing import Any

import jwt
import pytest
import requests

from graphclient import (
    CHINA,
    GLOBAL,
    US_GOV_L4,
    US_GOV_L5,
    Assertion,
    Certificate,
    ClientCredentials,
    ConsentMissing,
    GraphError,
    HostRefused,
    OurCredentialRefused,
    Rejected,
    Secret,
    Throttled,
    TokenRefused,
    TryLater,
    Unavailable,
    Unreadable,
)
from graphclient.identity.aadsts import error_of

from .entra import CLIENT, TENANT, Entra, our_certificate, rsa_key
from .graph_stub import DROP, GraphStub, Reply


@pytest.fixture
def source(session: requests.Session, entra: Entra) -> ClientCredentials:
    return ClientCredentials(TENANT, CLIENT, Secret("s3cret"), session)


def token_answer(seconds: int = 3599, token: str = "app-only") -> Reply:
    return Reply(200, {"token_type": "Bearer", "expires_in": seconds, "access_token": token})


def refusal(number: int, error: str = "invalid_client", status: int = 401) -> Reply:
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: Words that may change.\r\nTrace ID: t",
        "error_codes": [number],
        "trace_id": "trace-1",
        "correlation_id": "correlation-1",
    }
    return Reply(status, body)


def test_asks_the_tenants_own_endpoint_for_everything_granted(entra: Entra, source: ClientCredentials) -> None:
    assert source.token() == "app-only"
    asked = entra.far.seen("POST", entra.token_path)[0]
    assert asked.headers["host"] == "login.microsoftonline.com"
    assert asked.form["grant_type"] == "client_credentials"
    assert asked.form["scope"] == "https://graph.microsoft.com/.default"
    assert asked.form["client_secret"] == "s3cret"


def test_makes_one_request_for_32_cold_threads(entra: Entra, source: ClientCredentials) -> None:
    start, got = threading.Barrier(32), list[str]()

    def ask() -> None:
        start.wait()
        got.append(source.token())

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["app-only"] * 32
    assert len(entra.far.seen("POST", entra.token_path)) == 1
    assert len(entra.far.asked) == 2  # and one discovery


def test_keeps_a_token_until_five_minutes_before_its_end(entra: Entra, source: ClientCredentials) -> None:
    entra.far.on("POST", entra.token_path, token_answer(320, "first"), token_answer(290, "second"), token_answer())
    assert [source.token() for _ in range(2)] == ["first", "first"]
    source.drop()
    assert [source.token() for _ in range(2)] == ["second", "app-only"]


def test_shows_its_credential_to_no_other_host(far: GraphStub, entra: Entra, source: ClientCredentials) -> None:
    lie = {
        "issuer": f"{GLOBAL.login}/{TENANT}/v2.0",
        "authorization_endpoint": f"{GLOBAL.login}/{TENANT}/oauth2/v2.0/authorize",
        "token_endpoint": f"{far.url.replace('http:', 'https:')}/stolen/oauth2/v2.0/token",
    }
    far.on("GET", entra.discovery_path, Reply(200, lie))
    with pytest.raises(HostRefused):
        source.token()
    assert [asked.method for asked in far.asked] == ["GET"]


def test_sends_nothing_when_a_token_is_dropped(entra: Entra, source: ClientCredentials) -> None:
    source.token()
    before = len(entra.far.asked)
    source.drop()
    assert len(entra.far.asked) == before
    source.token()
    assert len(entra.far.seen("POST", entra.token_path)) == 2


def test_signs_with_the_certificate(session: requests.Session, entra: Entra) -> None:
    ClientCredentials(TENANT, CLIENT, our_certificate(), session).token()
    form = entra.far.seen("POST", entra.token_path)[0].form
    header = jwt.get_unverified_header(form["client_assertion"])
    claims = jwt.decode(
        form["client_assertion"],
        rsa_key("ours").public_key(),
        algorithms=["PS256"],
        audience=f"{GLOBAL.login}{entra.token_path}",
    )
    assert (header["alg"], "x5t#S256" in header) == ("PS256", True)
    assert claims["iss"] == claims["sub"] == CLIENT
    assert "client_secret" not in form


def test_sends_an_assertion_that_another_party_signed(session: requests.Session, entra: Entra) -> None:
    ClientCredentials(TENANT, CLIENT, Assertion(lambda: "signed-elsewhere"), session).token()
    assert entra.far.seen("POST", entra.token_path)[0].form["client_assertion"] == "signed-elsewhere"


@pytest.mark.parametrize("tenant", ["common", "Organizations", "consumers", "", "a/b", "../x", "a b", "ten.ant?x"])
def test_refuses_what_is_not_one_tenant(session: requests.Session, tenant: str) -> None:
    with pytest.raises(ValueError, match="exactly one tenant"):
        ClientCredentials(tenant, CLIENT, Secret("s"), session)


NUMBERS = [
    *[(number, ConsentMissing) for number in (7000229, 700016, 700011, 65001)],
    *[(number, TokenRefused) for number in (7000112, 70001, 1000031, 53000, 53003, 50076, 500021, 90072, 650052)],
    *[(number, TokenRefused) for number in (700023, 90038, 900382, 90002, 650056, 90036)],
    *[(number, OurCredentialRefused) for number in (7000215, 7000222, 7000218, 700027, 50012, 700025, 700030)],
    *[(number, Rejected) for number in (50059, 90019, 9001023, 500011, 70011, 900144, 1)],
    *[(number, Unavailable) for number in (90033, 90006, 90024, 90025)],
    (90055, Throttled),
    (50196, Throttled),
]


@pytest.mark.parametrize(("number", "kind"), NUMBERS)
def test_tells_each_number_of_entra_by_what_to_do(
    entra: Entra, source: ClientCredentials, number: int, kind: type[GraphError]
) -> None:
    entra.far.on("POST", entra.token_path, refusal(number))
    with pytest.raises(GraphError) as caught:
        source.token()
    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("POST", entra.token_path, 401)
    assert (error.code, error.inner_code) == (f"AADSTS{number}", "invalid_client")
    assert error.request_id == "correlation-1"
    assert error.message == f"AADSTS{number}: Words that may change."


@pytest.mark.parametrize(
    ("payload", "kind", "code"),
    [
        ({"error": "invalid_client", "error_description": "AADSTS7000229: x"}, ConsentMissing, "AADSTS7000229"),
        ({"error": "temporarily_unavailable"}, Unavailable, "temporarily_unavailable"),
        ({"error": "invalid_scope", "error_codes": ["x", None]}, Rejected, "invalid_scope"),
        ({}, Rejected, ""),
    ],
)
def test_reads_incomplete_refusals(payload: dict[str, Any], kind: type[GraphError], code: str) -> None:
    error = error_of(payload)
    assert (type(error), error.code) == (kind, code)


def test_sees_a_new_consent_at_once(entra: Entra, source: ClientCredentials) -> None:
    entra.far.on("POST", entra.token_path, refusal(7000229, status=400), token_answer())
    with pytest.raises(ConsentMissing):
        source.token()
    assert source.token() == "app-only"


def test_tells_an_unknown_tenant(entra: Entra, source: ClientCredentials) -> None:
    entra.far.on("GET", entra.discovery_path, refusal(90002, "invalid_tenant", 400))
    with pytest.raises(TokenRefused) as caught:
        source.token()
    assert caught.value.code == "AADSTS90002"


@pytest.mark.parametrize("where", ["discovery_path", "token_path"])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(503, body=b"<html>down</html>"), Unavailable),
        (Reply(500, {"error": "server_error"}), Unavailable),
        (Reply(200, body=b"<html>welcome</html>"), Unavailable),
        (Reply(200, body=b'{"tok'), Unavailable),
        (Reply(400, body=b"<html>"), Unreadable),
        (DROP, Unavailable),
        (Reply(200, {}, cut=True), Unavailable),
        (Reply(429, {"error": "busy"}, headers={"Retry-After": "9"}), Throttled),
        (Reply(302, headers={"Location": "https://evil.example/"}), HostRefused),
    ],
)
def test_tells_outages_of_the_login_service(
    entra: Entra, source: ClientCredentials, where: str, reply: Reply, kind: type[GraphError]
) -> None:
    entra.far.on("POST" if where == "token_path" else "GET", getattr(entra, where), reply)
    with pytest.raises(GraphError) as caught:
        source.token()
    assert (type(caught.value), caught.value.path) == (kind, getattr(entra, where))
    if isinstance(caught.value, TryLater) and reply.headers:
        assert caught.value.retry_after == 9.0
    if where == "token_path":
        assert len(entra.far.seen("POST", entra.token_path)) == 1


def test_says_when_our_own_key_is_unusable(session: requests.Session, entra: Entra) -> None:
    broken = Certificate("-----BEGIN PRIVATE KEY-----\nbm8=\n-----END PRIVATE KEY-----", "no certificate")
    with pytest.raises(OurCredentialRefused):
        ClientCredentials(TENANT, CLIENT, broken, session).token()


@pytest.mark.parametrize("cloud", [GLOBAL, US_GOV_L4, US_GOV_L5, CHINA])
def test_asks_for_the_scope_of_its_own_cloud(cloud: Any) -> None:
    assert cloud.scope == f"{cloud.graph}/.default"
    assert cloud.login.startswith("https://")
