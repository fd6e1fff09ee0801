"""Which answers of a sign-in are believed. msal alone believes most of these forgeries; here each is refused."""

from __future__ import annotations

import gc
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import msal
import pytest
import requests

from graphclient import (
    GLOBAL,
    Begun,
    HostRefused,
    Identity,
    IdTokenRejected,
    KeySet,
    Secret,
    SignIn,
    SignInFailed,
    SignInRefused,
    Throttled,
    Unavailable,
    Unreadable,
)
from graphclient.identity.id_token import validate_id_token

from .entra import ADMIN, CLIENT, GLOBAL_ADMINISTRATOR, OTHER_TENANT, TENANT, Entra, our_certificate, rsa_key
from .graph_stub import DROP, GraphStub, Reply

REDIRECT = "https://dashboard.example/consent/signed-in"
OTHER_ISSUER = f"{GLOBAL.login}/{OTHER_TENANT}/v2.0"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"


@pytest.fixture
def sign_in(session: requests.Session) -> SignIn:
    return SignIn(CLIENT, Secret("s3cret"), session)


def begin(sign_in: SignIn) -> Begun:
    return sign_in.begin(TENANT, REDIRECT, "the-state")


def complete(sign_in: SignIn, entra: Entra) -> Identity:
    begun = begin(sign_in)
    return sign_in.finish(json.loads(json.dumps(begun.flow)), entra.visit(begun.url))


def test_sends_the_browser_to_the_tenants_own_page(sign_in: SignIn, entra: Entra) -> None:
    begun = sign_in.begin(TENANT, REDIRECT, "the-state", login_hint="eva@nordwind.example")
    parts = urlsplit(begun.url)
    query = dict(parse_qsl(parts.query))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{GLOBAL.login}/{TENANT}/oauth2/v2.0/authorize"
    assert (query["client_id"], query["redirect_uri"], query["state"]) == (CLIENT, REDIRECT, "the-state")
    assert (query["response_type"], query["response_mode"], query["prompt"]) == ("code", "query", "select_account")
    assert (query["code_challenge_method"], query["login_hint"]) == ("S256", "eva@nordwind.example")
    assert set(query["scope"].split()) == {"openid", "profile", "email"}
    assert len(query["nonce"]) >= 20
    assert begun.flow["code_verifier"] not in begun.url
    assert begun.flow["code_verifier"] not in repr(begun)


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "x?y", "x#y"])
def test_begins_nowhere_but_at_a_tenant(sign_in: SignIn, far: GraphStub, tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        sign_in.begin(tenant, REDIRECT, "the-state")
    assert far.asked == []


def test_believes_a_true_answer(sign_in: SignIn, entra: Entra) -> None:
    assert complete(sign_in, entra) == Identity(
        TENANT, ADMIN, "Eva Berg", "eva@nordwind.example", (GLOBAL_ADMINISTRATOR,)
    )
    form = entra.far.seen("POST", entra.token_path)[0].form
    assert (form["grant_type"], form["code"], form["redirect_uri"]) == ("authorization_code", "the-code", REDIRECT)
    assert len(form["code_verifier"]) >= 43


def test_signs_its_own_request_with_the_certificate(session: requests.Session, entra: Entra) -> None:
    complete(SignIn(CLIENT, our_certificate(), session), entra)
    assertion = entra.far.seen("POST", entra.token_path)[0].form["client_assertion"]
    assert jwt.get_unverified_header(assertion)["alg"] == "PS256"


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "another key under a known id": ({"key": "forger", "kid": "key-1"}, "InvalidSignature"),
    "another key under an unknown id": ({"key": "forger", "kid": "forger"}, "unknown key"),
    "no key id": ({"kid": ""}, "key id"),
    "alg none": ({"algorithm": "none"}, "RS256"),
    "alg HS256": ({"algorithm": "HS256"}, "RS256"),
    "alg PS256": ({"algorithm": "PS256"}, "RS256"),
    "wrong aud": ({"claims": {"aud": "another-client"}}, "InvalidAudience"),
    "missing aud": ({"claims": {"aud": None}}, "MissingRequired"),
    "wrong iss": ({"claims": {"iss": "https://evil.example/v2.0"}}, "issuer and tenant"),
    "v1 iss": ({"claims": {"iss": f"https://sts.windows.net/{TENANT}/"}}, "issuer and tenant"),
    "missing iss": ({"claims": {"iss": None}}, "MissingRequired"),
    "iss of this tenant, tid of another": ({"claims": {"tid": OTHER_TENANT}}, "issuer and tenant"),
    "tid of this tenant, iss of another": (
        {"claims": {"iss": OTHER_ISSUER}},
        "issuer and tenant",
    ),
    "missing tid": ({"claims": {"tid": None}}, "MissingRequired"),
    "tid no GUID": ({"claims": {"tid": "organizations", "iss": f"{GLOBAL.login}/organizations/v2.0"}}, "tid is not"),
    "personal account": ({"claims": {"tid": PERSONAL, "iss": f"{GLOBAL.login}/{PERSONAL}/v2.0"}}, "personal"),
    "expired ten minutes ago": (
        {"claims": {"exp": timedelta(seconds=-600), "iat": timedelta(seconds=-4200)}},
        "ExpiredSignature",
    ),
    "missing exp": ({"claims": {"exp": None}}, "MissingRequired"),
    "nbf in ten minutes": ({"claims": {"nbf": timedelta(seconds=600)}}, "ImmatureSignature"),
    "wrong nonce": ({"claims": {"nonce": "another"}}, "RuntimeError"),
    "missing nonce": ({"claims": {"nonce": None}}, "RuntimeError"),
    "missing oid": ({"claims": {"oid": None}}, "MissingRequired"),
    "oid no GUID": ({"claims": {"oid": "eva"}}, "oid is not"),
    "oid a number": ({"claims": {"oid": 7}}, "oid is not"),
    "garbage": ({"id_token": "garbage"}, "unreadable"),
    "garbage in three parts": ({"id_token": "a.b.c"}, "unreadable"),
    "empty header": ({"id_token": "e30.e30.x"}, "unreadable|not a token"),
}


@pytest.mark.parametrize(("forgery", "reason"), FORGED.values(), ids=FORGED.keys())
def test_does_not_believe(sign_in: SignIn, far: GraphStub, forgery: dict[str, Any], reason: str) -> None:
    with pytest.raises(IdTokenRejected, match=reason):
        complete(sign_in, Entra(far, **forgery).open())


def test_believes_no_signature_that_was_tampered_with(sign_in: SignIn, entra: Entra) -> None:
    begun = begin(sign_in)
    params = entra.visit(begun.url)
    head, body, signature = entra.sign().split(".")
    entra.id_token = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    with pytest.raises(IdTokenRejected, match="InvalidSignatureError"):
        sign_in.finish(begun.flow, params)


def test_says_truly_which_other_tenant_signed_in(sign_in: SignIn, entra: Entra) -> None:
    """A true token of another tenant: the identity is its, and never the expected tenant's."""
    entra.claims = {"tid": OTHER_TENANT, "iss": OTHER_ISSUER}
    assert complete(sign_in, entra).tenant_id == OTHER_TENANT


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": timedelta(seconds=-200), "iat": timedelta(seconds=-3800), "nbf": timedelta(seconds=-3800)},
        {"nbf": timedelta(seconds=200)},
    ],
)
def test_allows_for_clocks_that_differ_by_less_than_five_minutes(
    sign_in: SignIn, entra: Entra, claims: dict[str, int]
) -> None:
    entra.claims = dict(claims)
    assert complete(sign_in, entra).tenant_id == TENANT


@pytest.mark.parametrize(
    "params",
    [
        {"code": "c", "state": "another"},
        {"code": "c"},
        {"code": "c", "state": ""},
        {"error": "access_denied", "state": "another"},
        {"state": "the-state"},
        {"code": "c", "state": "the-state", "client_info": "!"},
        {"code": "c", "state": "the-state", "client_info": "bm8ganNvbg"},
        {"code": "c", "state": "ünïcode"},
        {},
    ],
)
def test_rejects_a_callback_that_does_not_fit(sign_in: SignIn, entra: Entra, params: dict[str, str]) -> None:
    begun = begin(sign_in)
    entra.visit(begun.url)
    with pytest.raises(IdTokenRejected):
        sign_in.finish(begun.flow, params)


def test_redeems_nothing_without_a_code(sign_in: SignIn, entra: Entra) -> None:
    begun = begin(sign_in)
    entra.visit(begun.url)
    with pytest.raises(IdTokenRejected, match="neither a code nor an error"):
        sign_in.finish(begun.flow, {"state": "the-state"})
    assert entra.far.seen("POST", entra.token_path) == []


@pytest.mark.parametrize("flow", [{}, {"state": ""}, {"state": None}])
def test_rejects_a_callback_without_a_beginning(sign_in: SignIn, flow: dict[str, Any]) -> None:
    with pytest.raises(IdTokenRejected):
        sign_in.finish(flow, {"code": "c", "state": ""})


@pytest.mark.parametrize("missing", ["state", "nonce", "code_verifier", "redirect_uri", "scope", "tenant"])
def test_rejects_a_callback_whose_beginning_lost_a_part(sign_in: SignIn, entra: Entra, missing: str) -> None:
    begun = begin(sign_in)
    params = entra.visit(begun.url)
    flow = {name: value for name, value in begun.flow.items() if name != missing}
    with pytest.raises(IdTokenRejected, match="incomplete"):
        sign_in.finish(flow, params)
    assert entra.far.seen("POST", entra.token_path) == []


def test_passes_on_that_the_person_declined(sign_in: SignIn, entra: Entra) -> None:
    begun = begin(sign_in)
    params = {
        "error": "access_denied",
        "error_description": "AADSTS65004: declined",
        "state": "the-state",
        "correlation_id": "c-1",
    }
    with pytest.raises(SignInRefused) as caught:
        sign_in.finish(begun.flow, params)
    assert (caught.value.code, caught.value.correlation_id) == ("access_denied", "c-1")
    assert caught.value.description.startswith("AADSTS65004")
    assert entra.far.seen("POST", entra.token_path) == []


def test_passes_on_what_the_token_endpoint_refuses(sign_in: SignIn, entra: Entra) -> None:
    refusal = {"error": "invalid_grant", "error_description": "AADSTS54005: used already", "correlation_id": "c-2"}
    entra.far.on("POST", entra.token_path, Reply(400, refusal))
    with pytest.raises(SignInRefused) as caught:
        complete(sign_in, entra)
    assert (caught.value.code, caught.value.correlation_id) == ("invalid_grant", "c-2")


def test_refuses_a_token_answer_without_an_id_token(sign_in: SignIn, entra: Entra) -> None:
    entra.far.on("POST", entra.token_path, Reply(200, {"access_token": "a", "token_type": "Bearer"}))
    with pytest.raises(SignInFailed):
        complete(sign_in, entra)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(Reply(503, body=b"<html>"), Unavailable), (Reply(200, body=b"<html>"), Unavailable), (DROP, Unavailable)],
)
@pytest.mark.parametrize("where", ["discovery_path", "token_path", "keys_path"])
def test_tells_an_outage_from_a_forgery(
    sign_in: SignIn, entra: Entra, where: str, reply: Reply, kind: type[Exception]
) -> None:
    entra.far.on("POST" if where == "token_path" else "GET", getattr(entra, where), reply)
    with pytest.raises(kind):
        complete(sign_in, entra)


def test_waits_as_long_as_the_login_service_says(sign_in: SignIn, entra: Entra) -> None:
    entra.far.on("POST", entra.token_path, Reply(429, {"error": "busy"}, headers={"Retry-After": "17"}))
    with pytest.raises(Throttled) as caught:
        complete(sign_in, entra)
    assert caught.value.retry_after == 17.0


def test_takes_keys_from_the_login_host_only(sign_in: SignIn, entra: Entra) -> None:
    document = {
        "issuer": f"{GLOBAL.login}/{TENANT}/v2.0",
        "authorization_endpoint": f"{GLOBAL.login}/{TENANT}/oauth2/v2.0/authorize",
        "token_endpoint": f"{GLOBAL.login}{entra.token_path}",
        "jwks_uri": "https://login.microsoftonline.com.evil.example/keys",
    }
    entra.far.on("GET", entra.discovery_path, Reply(200, document))
    with pytest.raises(HostRefused):
        complete(sign_in, entra)


def test_fetches_keys_once_and_again_when_they_have_rolled(sign_in: SignIn, entra: Entra) -> None:
    complete(sign_in, entra)
    complete(sign_in, entra)
    assert len(entra.far.seen("GET", entra.keys_path)) == 1
    entra.keys, entra.key, entra.kid = ["key-2"], "key-2", "key-2"
    assert complete(sign_in, entra).object_id == ADMIN
    assert len(entra.far.seen("GET", entra.keys_path)) == 2


def test_does_not_fetch_keys_for_each_invented_id(session: requests.Session, entra: Entra) -> None:
    now = [0.0]
    keys = KeySet(session, f"{GLOBAL.login}{entra.keys_path}", clock=lambda: now[0])
    assert keys.key("key-1") is not None
    assert [keys.key(f"invented-{number}") for number in range(5)] == [None] * 5
    assert len(entra.far.seen("GET", entra.keys_path)) == 2
    now[0] = 60.0
    assert keys.key("invented") is None
    assert len(entra.far.seen("GET", entra.keys_path)) == 3


def test_leaves_out_keys_that_are_not_for_signing(session: requests.Session, far: GraphStub) -> None:
    rows = [{"kty": "EC", "kid": "a"}, {"kty": "RSA", "kid": "b"}, {"kty": "RSA", "use": "enc", "kid": "c"}, 7]
    far.on("GET", "/keys", Reply(200, {"keys": rows}))
    keys = KeySet(session, f"{GLOBAL.login}/keys")
    assert [keys.key(kid) for kid in "abc"] == [None] * 3


def test_refuses_keys_over_plain_http(session: requests.Session) -> None:
    with pytest.raises(ValueError, match="https"):
        KeySet(session, "http://login.microsoftonline.com/keys")


def test_keeps_no_token_of_the_person(sign_in: SignIn, entra: Entra) -> None:
    """msal's application holds a token cache: none may outlive the sign-in."""
    gc.collect()
    before = _msal_applications()
    complete(sign_in, entra)
    gc.collect()
    assert _msal_applications() == before


def _msal_applications() -> int:
    return sum(issubclass(type(thing), msal.ClientApplication) for thing in gc.get_objects())


def test_reports_unusable_metadata(sign_in: SignIn, entra: Entra) -> None:
    entra.far.on("GET", entra.discovery_path, Reply(200, {}))
    with pytest.raises((Unavailable, Unreadable)):
        begin(sign_in)


@pytest.mark.parametrize("nonce", ["another", None, ""])
def test_checks_the_nonce_also_without_msal(far: GraphStub, nonce: str | None) -> None:
    token = Entra(far, claims={"nonce": nonce}).sign()
    with pytest.raises(IdTokenRejected):
        validate_id_token(
            token,
            client_id=CLIENT,
            cloud=GLOBAL,
            nonce_matches=lambda claim: claim == "ours",
            key_of=lambda kid: rsa_key(kid).public_key(),
        )


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "e30.e30.", "é.é.é"])
def test_checks_the_form_also_without_msal(token: str) -> None:
    keys: dict[str, Any] = {}
    with pytest.raises(IdTokenRejected):
        validate_id_token(token, client_id=CLIENT, cloud=GLOBAL, nonce_matches=bool, key_of=keys.get)
