"""Which tenant a domain belongs to, by public metadata, and where its admin consents."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from graphclient import GLOBAL, US_GOV_L4, Throttled, Unavailable, Unreadable, admin_consent_url, resolve_tenant

from .entra import TENANT
from .graph_stub import DROP, GraphStub, Reply

PATH = "/nordwind.example/v2.0/.well-known/openid-configuration"


def metadata(issuer: str) -> Reply:
    return Reply(200, {"issuer": issuer})


@pytest.mark.parametrize("domain", ["nordwind.example", "NordWind.Example", " nordwind.example. "])
def test_finds_the_tenant_in_the_issuer(far: GraphStub, session: requests.Session, domain: str) -> None:
    far.on("GET", PATH, metadata(f"{GLOBAL.login}/{TENANT.upper()}/v2.0"))
    assert resolve_tenant(session, GLOBAL, domain) == TENANT
    assert "authorization" not in far.asked[0].headers


def test_asks_for_international_domains_in_ascii(far: GraphStub, session: requests.Session) -> None:
    path = PATH.replace("nordwind.example", "xn--mnchen-3ya.example")
    far.on("GET", path, metadata(f"{GLOBAL.login}/{TENANT}/v2.0"))
    assert resolve_tenant(session, GLOBAL, "münchen.example") == TENANT


@pytest.mark.parametrize(
    "body", [{"error": "invalid_tenant", "error_description": "AADSTS90002: no", "error_codes": [90002]}, {}]
)
def test_knows_when_microsoft_knows_no_such_domain(
    far: GraphStub, session: requests.Session, body: dict[str, object]
) -> None:
    far.on("GET", PATH, Reply(400, body))
    assert resolve_tenant(session, GLOBAL, "nordwind.example") is None


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "nordwind",
        "common",
        "organizations",
        "a/b.example",
        "../common",
        "nordwind.example/..",
        "nordwind.example?x",
        "nordwind.example#x",
        "nord wind.example",
        "nordwind.example\r\nx",
        "-nordwind.example",
        "nordwind-.example",
        "nordwind..example",
        "127.0.0.1",
        "[::1]",
        "x@nordwind.example",
        "nordwind.example:443",
        "a" * 64 + ".example",
        "a." * 130 + "example",
        "%6eordwind.example",
        TENANT,
    ],
)
def test_sends_nothing_for_what_is_no_domain(far: GraphStub, session: requests.Session, domain: str) -> None:
    assert resolve_tenant(session, GLOBAL, domain) is None
    assert far.asked == []


@pytest.mark.parametrize("reply", [Reply(503), Reply(500, {}), Reply(200, body=b"<html>"), DROP])
def test_says_unavailable_on_an_outage(far: GraphStub, session: requests.Session, reply: Reply) -> None:
    far.on("GET", PATH, reply)
    with pytest.raises(Unavailable):
        resolve_tenant(session, GLOBAL, "nordwind.example")


def test_says_how_long_to_wait(far: GraphStub, session: requests.Session) -> None:
    far.on("GET", PATH, Reply(429, headers={"Retry-After": "5"}))
    with pytest.raises(Throttled) as caught:
        resolve_tenant(session, GLOBAL, "nordwind.example")
    assert caught.value.retry_after == 5.0


@pytest.mark.parametrize(
    "issuer",
    [
        f"https://evil.example/{TENANT}/v2.0",
        f"{US_GOV_L4.login}/{TENANT}/v2.0",
        f"https://sts.windows.net/{TENANT}/",
        f"{GLOBAL.login}/{{tenantid}}/v2.0",
        f"{GLOBAL.login}/{TENANT}/v2.0/x",
        "",
    ],
)
def test_believes_no_issuer_of_another_place(far: GraphStub, session: requests.Session, issuer: str) -> None:
    far.on("GET", PATH, metadata(issuer))
    with pytest.raises(Unreadable):
        resolve_tenant(session, GLOBAL, "nordwind.example")


def test_builds_the_consent_page_of_exactly_this_tenant() -> None:
    url = admin_consent_url(GLOBAL, TENANT, "client", "https://dashboard.example/consent?a=b", "st&ate")
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{GLOBAL.login}/{TENANT}/v2.0/adminconsent"
    assert parse_qs(parts.query) == {
        "client_id": ["client"],
        "scope": ["https://graph.microsoft.com/.default"],
        "redirect_uri": ["https://dashboard.example/consent?a=b"],
        "state": ["st&ate"],
    }
