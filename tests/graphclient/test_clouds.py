"""The national clouds are data: host, scope and limits of each, and a whole way through each."""

from __future__ import annotations

import pytest
import requests

from graphclient import (
    CHINA,
    CLOUDS,
    GLOBAL,
    US_GOV_L4,
    US_GOV_L5,
    ClientCredentials,
    Cloud,
    GraphClient,
    OtherCloud,
    Reroutes,
    Secret,
    Transport,
    Unreadable,
    admin_consent_url,
    resolve_tenant,
)
from tests.fixtures.graph import Tokens

from .entra import CLIENT, TENANT
from .graph_stub import GraphStub, Reply
from .samples import ORGANIZATION

ALL = [GLOBAL, US_GOV_L4, US_GOV_L5, CHINA]


@pytest.mark.parametrize(
    ("cloud", "login", "graph"),
    [
        (GLOBAL, "login.microsoftonline.com", "graph.microsoft.com"),
        (US_GOV_L4, "login.microsoftonline.us", "graph.microsoft.us"),
        (US_GOV_L5, "login.microsoftonline.us", "dod-graph.microsoft.us"),
        (CHINA, "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_has_the_hosts_of_each_cloud(cloud: Cloud, login: str, graph: str) -> None:
    assert (cloud.login, cloud.graph) == (f"https://{login}", f"https://{graph}")
    assert (cloud.scope, cloud.api) == (f"https://{graph}/.default", f"https://{graph}/v1.0")
    assert cloud.authority("a/b") == f"https://{login}/a%2Fb"
    assert admin_consent_url(cloud, TENANT, "c", "https://x/", "s").startswith(f"https://{login}/{TENANT}/v2.0/")


def test_knows_the_clouds_by_name() -> None:
    assert set(CLOUDS.values()) == set(ALL)
    assert all(CLOUDS[cloud.name] is cloud for cloud in ALL)


def test_knows_what_is_different_in_a_cloud() -> None:
    assert [cloud.provisioning_logs for cloud in ALL] == [True, True, True, False]
    assert [cloud.secrets_cap for cloud in ALL] == [None, 1024, 1024, None]


def test_asks_the_global_cloud_where_no_other_is_named(session: requests.Session, tokens: Tokens) -> None:
    assert Transport(session, tokens).base_url == GLOBAL.api


@pytest.mark.parametrize("cloud", ALL)
def test_signs_in_and_reads_in_each_cloud(far: GraphStub, cloud: Cloud) -> None:
    document = {
        "issuer": f"{cloud.login}/{TENANT}/v2.0",
        "authorization_endpoint": f"{cloud.login}/{TENANT}/oauth2/v2.0/authorize",
        "token_endpoint": f"{cloud.login}/{TENANT}/oauth2/v2.0/token",
    }
    for name in (TENANT, "nordwind.example"):
        far.on("GET", f"/{name}/v2.0/.well-known/openid-configuration", Reply(200, document))
    answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": "app-only"}
    far.on("POST", f"/{TENANT}/oauth2/v2.0/token", Reply(200, answer))
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION]}))
    with requests.Session() as http:
        Reroutes({cloud.login: far.url, cloud.graph: far.url}).mount(http)
        assert resolve_tenant(http, cloud, "nordwind.example") == TENANT
        tokens = ClientCredentials(TENANT, CLIENT, Secret("s"), http, cloud)
        assert GraphClient(Transport(http, tokens, cloud.api)).organization.get().id == TENANT
        other = next(each for each in ALL if each.login != cloud.login)
        Reroutes({other.login: far.url}).mount(http)
        with pytest.raises((Unreadable, OtherCloud)):
            resolve_tenant(http, other, "nordwind.example")
    hosts = [asked.headers["host"] for asked in far.asked[1:4]]
    assert hosts == [cloud.login[8:], cloud.login[8:], cloud.graph[8:]]
    assert far.asked[2].form["scope"] == cloud.scope
