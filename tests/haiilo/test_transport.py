"""Where a customer's token may go, how long is waited, and what an answer means."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from onboarding.domain.desired import SecretText
from onboarding.haiilo import (
    AddressRefused,
    Forbidden,
    HaiiloError,
    HaiiloScim,
    NotOffered,
    TokenRefused,
    TooLarge,
    Transport,
    TryLater,
    Unreadable,
)
from tests.fixtures.graph import Waits
from tests.graphclient.graph_stub import DROP, Answering, Asked, GraphStub, Reply

from .answers import BASE, HOST, TOKEN, USERS, account, page, refusal

NAME = "eva.berg@contoso.example"
HTML = Reply(200, body=b"<html><title>Please sign in</title></html>", headers={"Content-Type": "text/html"})


# Where the token goes


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/api/scim/v2",
        "http://contoso.smarpshare.com/api/scim/v2",
        "https://contoso.smarpshare.com:8443/api/scim/v2",
        "https://contoso.smarpshare.com@evil.example/api/scim/v2",
        "https://eva:x@contoso.smarpshare.com/api/scim/v2",
        "https://contoso.smarpshare.com.evil.example/api/scim/v2",
        "https://contoso.smarpshare.com/../scim",
        "https://contoso.smarpshare.com\\@evil.example/scim",
        "contoso.smarpshare.com/api/scim/v2",
        "",
    ],
)
def test_goes_to_the_host_of_the_record_alone(far: GraphStub, make_transport: Callable[..., Transport], address: str):
    with pytest.raises(AddressRefused):
        HaiiloScim(address, SecretText(TOKEN), transport=make_transport())
    with pytest.raises(AddressRefused):
        make_transport().get(address, SecretText(TOKEN))
    assert far.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "10.0.0.1", "[::1]", "haiilo.internal", "a.10.0.0.1.nip.io", "A.example", ""]
)
def test_takes_no_host_but_a_public_name(host: str):
    with pytest.raises(AddressRefused):
        Transport(host)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follows_no_redirect(far: GraphStub, reader: HaiiloScim, status: int):
    far.on("GET", USERS, Reply(status, headers={"Location": f"https://{HOST}/elsewhere"}))
    with pytest.raises(AddressRefused, match="leads to another address"):
        next(reader.users())
    assert [asked.path for asked in far.asked] == [USERS]


def test_sends_what_scim_asks_for_and_no_more(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(account(1)), page(total=1))
    list(reader.users(page_size=50))
    first = far.asked[0]
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert first.headers["host"] == HOST
    assert first.headers["accept"].startswith("application/scim+json")
    assert first.headers["user-agent"] == "haiilo-onboarding"
    assert first.query == {"startIndex": "1", "count": "50"}
    assert first.body == b""


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "tökén", "\N{ZERO WIDTH SPACE}x"])
def test_sends_no_token_that_is_none(far: GraphStub, make_transport: Callable[..., Transport], token: str):
    reader = HaiiloScim(BASE, SecretText(token), transport=make_transport())
    with pytest.raises(TokenRefused):
        next(reader.users())
    assert far.asked == []


def test_ignores_the_proxies_of_the_environment(far: GraphStub, reader: HaiiloScim, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    far.on("GET", USERS, page(account(1)), page(total=1))
    assert len(list(reader.users())) == 1


# What answers mean


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (refusal(401), TokenRefused),
        (Reply(401, headers={"WWW-Authenticate": "Bearer"}), TokenRefused),
        (refusal(403), Forbidden),
        (Reply(403, {"timestamp": "x", "status": 403, "error": "Forbidden", "path": USERS}), Forbidden),
        (refusal(400, scimType="invalidFilter"), NotOffered),
        (refusal(404), NotOffered),
        (refusal(501), NotOffered),
        (refusal(500), TryLater),
        (Reply(502, body=b"<html>"), TryLater),
        (HTML, Unreadable),
        (Reply(200), Unreadable),
        (Reply(204), Unreadable),
        (Reply(200, [account(1)]), Unreadable),
        (Reply(200, {"hello": "world"}), Unreadable),
        (refusal(200, "an error under a good status"), Unreadable),
        (Reply(401, body=b"<html>firewall"), Unreadable),
        (Reply(403, body=b"<html><title>Blocked</title>"), Unreadable),
        (Reply(403), Unreadable),
        (Reply(403, {"message": "Forbidden"}), Unreadable),
        (Reply(404, body=b"<html>"), Unreadable),
        (Reply(200, {"Resources": [{"id": "1"}]}, cut=True), TryLater),
        (DROP, TryLater),
    ],
)
def test_tells_answers_apart(far: GraphStub, reader: HaiiloScim, reply: Reply, error: type[HaiiloError]):
    far.on("GET", USERS, reply)
    with pytest.raises(HaiiloError) as raised:
        next(reader.users())
    assert type(raised.value) is error


def test_tells_what_an_error_under_a_good_status_says(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, refusal(200, "The directory is switched off.", Resources=[account(1)], totalResults=1))
    with pytest.raises(Unreadable, match="The directory is switched off"):
        next(reader.users())


def test_stops_reading_what_is_too_large(far: GraphStub, make_transport: Callable[..., Transport]):
    reader = HaiiloScim(BASE, SecretText(TOKEN), transport=make_transport(max_bytes=1000))
    far.on("GET", USERS, page(account(1, nickName="x" * 2000)))
    with pytest.raises(TooLarge):
        next(reader.users())


def test_waits_no_longer_than_it_may_for_an_answer_that_drips(far: GraphStub, make_transport: Callable[..., Transport]):
    moments = iter([0.0, 0.0, 50.0, 50.0])
    reader = HaiiloScim(
        BASE, SecretText(TOKEN), transport=make_transport(read_seconds=0.2, timer=lambda: next(moments))
    )
    far.on("GET", USERS, Reply(200, {"totalResults": 0}, drip=0.5))
    with pytest.raises(TryLater, match="timed out"):
        next(reader.users())
    assert len(far.asked) == 1


# Waiting


def test_waits_a_short_time_itself(far: GraphStub, reader: HaiiloScim, waits: Waits):
    far.on("GET", USERS, refusal(429, headers={"Retry-After": "3"}), page(account(1)), page(total=1))
    assert [user.id for user in reader.users()] == ["1"]
    assert waits == [3.0]


@pytest.mark.parametrize(("given", "told"), [("90", 90.0), ("Mon, 02 Mar 2026 09:02:00 GMT", 120.0), ("soon", None)])
def test_hands_a_long_wait_to_the_caller(
    far: GraphStub, reader: HaiiloScim, waits: Waits, given: str, told: float | None
):
    far.on("GET", USERS, refusal(429, headers={"Retry-After": given}))
    with pytest.raises(TryLater) as raised:
        next(reader.users())
    assert (raised.value.status, raised.value.retry_after) == (429, told)
    assert sum(waits) <= 10


# Secrets


def everything_shown(error: BaseException) -> str:
    return "\n".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])


def echo(status: int) -> Callable[[Asked], Reply]:
    """An answer that repeats what was sent."""
    return lambda asked: refusal(status, f"{asked.headers['authorization']} {TOKEN} {asked.query}")


REPLIES: list[Answering] = [*(echo(status) for status in (200, 302, 400, 401, 403, 404, 429, 500)), HTML, DROP]


@pytest.mark.parametrize("reply", REPLIES)
def test_shows_neither_token_nor_name(
    far: GraphStub, reader: HaiiloScim, caplog: pytest.LogCaptureFixture, reply: Answering
):
    caplog.set_level(logging.DEBUG, logger="onboarding")
    far.on("GET", USERS, reply)
    with pytest.raises(HaiiloError) as raised:
        reader.by_user_name(NAME)
    told = everything_shown(raised.value) + caplog.text + repr(reader) + repr(vars(reader))
    assert "canary" not in told
    assert NAME not in told
    assert f"GET {HOST}{USERS}" in caplog.text


def test_shows_no_person_in_a_repr(far: GraphStub, reader: HaiiloScim):
    row: dict[str, Any] = {
        "name": {"givenName": "Eva", "familyName": "Berg"},
        "emails": [{"value": "eva@home.example"}],
    }
    far.on("GET", USERS, page(account(1, externalId="eva-1", **row)), page(total=1))
    (user,) = reader.users()
    assert user.emails == ("eva@home.example",)
    assert repr(user) == "HaiiloUser(id='1', active=True, changed_at=None)"
