"""Which tenant a domain belongs to, by public metadata, and where its admin consents."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from graphclient import (
    CHINA,
    GLOBAL,
    US_GOV_L4,
    US_GOV_L5,
    GraphError,
    OtherCloud,
    Throttled,
    Unavailable,
    Unreadable,
    admin_consent_url,
    cloud_named_by,
    resolve_tenant,
)

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
    "body",
    [
        {"error": "invalid_tenant", "error_description": "AADSTS90002: no", "error_codes": [90002]},
        {"error": "invalid_request", "error_description": "AADSTS900023: no", "error_codes": [900023]},
        {"error": "invalid_tenant"},
    ],
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


@pytest.mark.parametrize("body", [{}, {"error": "invalid_request"}, {"error": "x", "error_codes": [7654321]}])
def test_takes_no_refusal_that_says_nothing_for_an_unknown_domain(
    far: GraphStub, session: requests.Session, body: dict[str, object]
) -> None:
    far.on("GET", PATH, Reply(400, body))
    with pytest.raises(GraphError):
        resolve_tenant(session, GLOBAL, "nordwind.example")


# Clouds (public case 09)

GCC_HIGH: dict[str, Any] = {
    "issuer": f"https://login.microsoftonline.us/{TENANT}/v2.0",
    "tenant_region_scope": "USGov",
    "tenant_region_sub_scope": "DODCON",
    "cloud_instance_name": "microsoftonline.us",
    "msgraph_host": "graph.microsoft.us",
}
WORLDWIDE: dict[str, Any] = {
    "issuer": f"{GLOBAL.login}/{TENANT}/v2.0",
    "tenant_region_scope": "EU",
    "cloud_instance_name": "microsoftonline.com",
    "msgraph_host": "graph.microsoft.com",
    "token_endpoint": f"{GLOBAL.login}/{TENANT}/oauth2/v2.0/token",
}
FOREIGN = [
    (GCC_HIGH, US_GOV_L4.name),
    ({**GCC_HIGH, "tenant_region_sub_scope": "DOD", "msgraph_host": "dod-graph.microsoft.us"}, US_GOV_L5.name),
    ({**WORLDWIDE, "tenant_region_scope": "USGov"}, US_GOV_L4.name),
    ({**WORLDWIDE, "tenant_region_sub_scope": "DODCON"}, US_GOV_L4.name),
    ({**WORLDWIDE, "cloud_instance_name": "microsoftonline.us"}, US_GOV_L4.name),
    ({**WORLDWIDE, "msgraph_host": "graph.microsoft.us"}, US_GOV_L4.name),
    ({**WORLDWIDE, "token_endpoint": f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"}, US_GOV_L4.name),
    ({"issuer": f"https://login.partner.microsoftonline.cn/{TENANT}/v2.0"}, CHINA.name),
    ({"issuer": f"https://login.chinacloudapi.cn/{TENANT}/v2.0"}, CHINA.name),
    ({**WORLDWIDE, "cloud_instance_name": "partner.microsoftonline.cn"}, CHINA.name),
    ({**WORLDWIDE, "msgraph_host": "microsoftgraph.chinacloudapi.cn"}, CHINA.name),
    ({"issuer": f"https://login.microsoftonline.de/{TENANT}/v2.0"}, "other"),
]


@pytest.mark.parametrize(("document", "cloud"), FOREIGN)
@pytest.mark.parametrize("name", ["nordwind.example", TENANT])
def test_tells_a_tenant_of_another_cloud(
    far: GraphStub, session: requests.Session, document: dict[str, Any], cloud: str, name: str
) -> None:
    far.on("GET", PATH.replace("nordwind.example", name), Reply(200, document))
    with pytest.raises(OtherCloud) as caught:
        resolve_tenant(session, GLOBAL, name)
    assert caught.value.cloud == cloud


@pytest.mark.parametrize("scope", ["NA", "USG", "USGov", "EU", ""])
def test_takes_us_gcc_for_the_worldwide_cloud(far: GraphStub, session: requests.Session, scope: str) -> None:
    document = {**WORLDWIDE, "tenant_region_scope": scope, "tenant_region_sub_scope": "GCC"}
    far.on("GET", PATH, Reply(200, document))
    assert resolve_tenant(session, GLOBAL, "nordwind.example") == TENANT


def test_hears_a_refusal_that_names_another_cloud(far: GraphStub, session: requests.Session) -> None:
    far.on("GET", PATH, Reply(400, {"error": "invalid_request", "error_codes": [900382]}))
    with pytest.raises(OtherCloud):
        resolve_tenant(session, GLOBAL, "nordwind.example")


@pytest.mark.parametrize("name", [TENANT, TENANT.upper(), f" {TENANT} "])
def test_finds_a_tenant_by_its_id(far: GraphStub, session: requests.Session, name: str) -> None:
    far.on("GET", PATH.replace("nordwind.example", TENANT), Reply(200, WORLDWIDE))
    assert resolve_tenant(session, GLOBAL, name) == TENANT


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": None, "msgraph_host": 7, "tenant_region_scope": []},
        {"issuer": "https://[", "token_endpoint": "//"},
    ],
)
def test_reads_no_cloud_out_of_what_is_none(document: dict[str, Any]) -> None:
    assert cloud_named_by(document) == GLOBAL.name
