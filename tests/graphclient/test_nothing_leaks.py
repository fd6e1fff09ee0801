"""Canary secrets go in at every door; none comes out in an error, its traceback, a repr or the log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import requests

from graphclient import (
    Certificate,
    ClientCredentials,
    GraphClient,
    GraphError,
    Secret,
    SignIn,
    SignInFailed,
    Throttled,
    Transport,
    errors,
)
from tests.fixtures.graph import Waits

from .entra import CLIENT, TENANT, Entra, our_certificate
from .graph_stub import DROP, Answering, Asked, GraphStub, Reply

BEARER = "eyJ0eXAiOiJKV1QiLCJhbGciOi.canary-bearer-1111.signature"
SCIM_TOKEN = "canary-scim-token-2222"
CLIENT_SECRET = "canary-client-secret-3333"
CODE = "canary-auth-code-4444"
ID_TOKEN = "eyJhbGciOiJSUzI1NiJ9.canary-id-token-5555.x"
NOTIFY = '{"Recipients":"canary-6666@nordwind.example"}'
QUERY = "canary-query-7777"
CANARIES = ("canary-bearer", "canary-scim", "canary-client", "canary-auth", "canary-id-token", "canary-6666", QUERY)


class Holder:
    """Any token source."""

    def token(self) -> str:
        return BEARER

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Nothing kept."""


def everything_shown(error: BaseException) -> str:
    """What a log, an error page or a crash report without locals would show, causes and contexts included."""
    chain: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        chain += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join([*chain, *traceback.format_exception(error)])


def assert_clean(text: str) -> None:
    assert [canary for canary in CANARIES if canary in text] == []


def echo(status: int, code: str = "Bad") -> Callable[[Asked], Reply]:
    """An answer that repeats what was sent: header, body as it was and in other encodings."""

    def answer(asked: Asked) -> Reply:
        body = asked.body.decode()
        sent = asked.json if body else {}
        values = [row["value"] for row in sent.get("credentials", []) + sent.get("value", [])]
        message = f"{asked.headers['authorization']} {BEARER} {body} {values} {quote(str(values))}"
        return Reply(status, {"error": {"code": code, "message": message, "innerError": {"code": "Inner"}}})

    return answer


OUTCOMES: list[Answering] = [
    *[echo(status) for status in (400, 401, 403, 404, 408, 409, 429, 500, 503)],
    echo(401, "InvalidAuthenticationToken"),
    Reply(200, body=f"<html>{SCIM_TOKEN}{BEARER}".encode()),
    Reply(302, headers={"Location": f"https://evil.example/?t={SCIM_TOKEN}"}),
    Reply(200, {"a": SCIM_TOKEN}, cut=True),
    DROP,
]
CALLS: list[Callable[[GraphClient], Any]] = [
    lambda graph: graph.synchronization.validate_credentials(
        "sp", template_id="scim", base_url="https://x", secret_token=SCIM_TOKEN
    ),
    lambda graph: graph.synchronization.put_secrets(
        "sp", {"BaseAddress": "https://x", "SecretToken": SCIM_TOKEN, "SyncNotificationSettings": NOTIFY}
    ),
]
PATHS = [
    ("POST", "/v1.0/servicePrincipals/sp/synchronization/jobs/validateCredentials"),
    ("PUT", "/v1.0/servicePrincipals/sp/synchronization/secrets"),
]


@pytest.mark.parametrize("reply", OUTCOMES)
@pytest.mark.parametrize("which", [0, 1])
def test_keeps_credentials_out_of_every_error(
    session: requests.Session, far: GraphStub, which: int, reply: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    far.on(*PATHS[which], reply)
    graph = GraphClient(Transport(session, Holder(), sleep=Waits()))
    try:
        CALLS[which](graph)
    except GraphError as error:
        assert_clean(everything_shown(error))
    else:
        pytest.fail("every answer here is an error")
    assert SCIM_TOKEN.encode() in far.asked[0].body
    assert_clean(caplog.text)
    assert "client-request-id" in caplog.text


@pytest.mark.parametrize("reply", OUTCOMES)
def test_keeps_queries_and_tokens_of_reads_out_of_every_error(
    session: requests.Session, far: GraphStub, reply: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="graphclient")
    far.on("GET", "/v1.0/users", reply)
    transport = Transport(session, Holder(), sleep=Waits())
    for read in (
        lambda: transport.ask("GET", "/users", params={"$filter": QUERY}),
        lambda: transport.follow(f"https://graph.microsoft.com/v1.0/users?$skiptoken={QUERY}"),
    ):
        try:
            read()
        except GraphError as error:
            shown = everything_shown(error)
            assert QUERY not in shown
            assert "canary-bearer" not in shown
        else:
            pytest.fail("every answer here is an error")
    assert_clean(caplog.text)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, {"error": "invalid_client", "error_description": f"AADSTS7000215: {ID_TOKEN}"}),
        Reply(400, body=f"<html>{CLIENT_SECRET}".encode()),
        Reply(500, body=ID_TOKEN.encode()),
        Reply(200, body=f"{ID_TOKEN}".encode()),
        Reply(200, {"unexpected": ID_TOKEN}),
        DROP,
    ],
)
def test_keeps_our_own_secret_out_of_every_error(
    session: requests.Session, far: GraphStub, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entra = Entra(far).open()
    far.on("POST", entra.token_path, reply)
    source = ClientCredentials(TENANT, CLIENT, Secret(CLIENT_SECRET), session)
    with pytest.raises(GraphError) as caught:
        source.token()
    assert_clean(everything_shown(caught.value))
    assert_clean(repr(source) + repr(vars(source)))
    assert_clean(caplog.text)


@pytest.mark.parametrize("id_token", [ID_TOKEN, "canary-id-token", f"{ID_TOKEN}.{ID_TOKEN}"])
def test_keeps_what_a_sign_in_brought_out_of_every_error(
    session: requests.Session, far: GraphStub, id_token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entra = Entra(far, id_token=id_token).open()
    sign_in = SignIn(CLIENT, Secret(CLIENT_SECRET), session)
    begun = sign_in.begin(TENANT, "https://dashboard.example/", "state")
    params = entra.visit(begun.url) | {"code": CODE}
    with pytest.raises(SignInFailed) as caught:
        sign_in.finish(begun.flow, params)
    shown = everything_shown(caught.value)
    assert_clean(shown)
    assert begun.flow["code_verifier"] not in shown + repr(begun)
    assert_clean(caplog.text)


def test_shows_no_credential_in_repr() -> None:
    certificate = our_certificate()
    assert "BEGIN" not in repr(certificate)
    assert_clean(repr(Secret(CLIENT_SECRET)))
    assert repr(Certificate("a", "b")) == "Certificate()"


def test_keeps_no_fault_of_the_network_behind_an_error(session: requests.Session, far: GraphStub) -> None:
    """A requests exception holds the whole request, header and body: it must not hang on an error of ours."""
    far.on("POST", "/v1.0/a", DROP)
    with pytest.raises(GraphError) as caught:
        Transport(session, Holder()).send("POST", "/a", json={"x": SCIM_TOKEN})
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("kind", [kind for kind in vars(errors).values() if isinstance(kind, type)])
def test_cleans_what_any_error_is_given(kind: type[Exception]) -> None:
    if not issubclass(kind, GraphError):
        return
    error = kind(f"Bearer {BEARER} and {ID_TOKEN}\nnext " + "x" * 5000, method="GET", path=f"/users?{QUERY}")
    assert_clean(everything_shown(error))
    assert "\n" not in str(error)
    assert len(str(error)) < 1000


def test_still_says_what_support_needs() -> None:
    error = Throttled("slow down", method="GET", path="/users", status=429, code="TooManyRequests", request_id="r-1")
    assert str(error) == "[r-1] GET /users 429 TooManyRequests slow down"
    assert repr(error) == "<Throttled [r-1] GET /users 429 TooManyRequests slow down>"
    assert str(GraphError()) == "GraphError"
