"""Guards let through what they promise, whatever the path is dressed up as."""

from __future__ import annotations

import pytest

from graphclient import ReadOnly, WriteRefused
from graphclient.http.guards import only_service_principal, read_only

OURS = "7b0a5cbe-7c7a-4f0b-9a36-5c1a3f7c1c10"
BELOW = f"/servicePrincipals/{OURS}/synchronization/jobs"


@pytest.mark.parametrize("method", ["GET", "get", "HEAD"])
def test_lets_reads_through_everywhere(method: str) -> None:
    read_only(method, "/anything")
    only_service_principal(OURS)(method, "/servicePrincipals/another/synchronization/jobs")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "x"])
@pytest.mark.parametrize("path", [BELOW, f"{BELOW}/validateCredentials", "/$batch"])
def test_lets_nothing_but_reads_through_when_read_only(method: str, path: str) -> None:
    with pytest.raises(ReadOnly):
        read_only(method, path)


@pytest.mark.parametrize("path", [BELOW, f"{BELOW}/scim.1.2/start", BELOW.replace(OURS, OURS.upper())])
def test_lets_writes_through_below_the_one_service_principal(path: str) -> None:
    only_service_principal(OURS)("POST", path)


@pytest.mark.parametrize(
    "path",
    [
        "/servicePrincipals/another/synchronization/jobs",
        f"/servicePrincipals/{OURS}",
        f"/servicePrincipals/{OURS}x/synchronization/jobs",
        f"/applications/{OURS}/synchronization/jobs",
        f"/servicePrincipals/{OURS}/../another/synchronization/jobs",
        f"/servicePrincipals/{OURS}/./synchronization",
        f"/servicePrincipals/{OURS}/%2e%2e/another/synchronization",
        f"/servicePrincipals/{OURS}/..%2Fanother",
        f"/servicePrincipals/{OURS}/..\\another",
        f"/servicePrincipals/{OURS}/.\t./another",
        f"/servicePrincipals/{OURS}/%252e%252e/another",
        f"/servicePrincipals/{OURS}//synchronization",
        f"/servicePrincipals/{OURS}/..",
        f"/servicePrincipals/{OURS}/a?b",
        f"/servicePrincipals/{OURS}/a#b",
        f"x/servicePrincipals/{OURS}/a",
        "/$batch",
        "",
    ],
)
def test_refuses_writes_anywhere_else(path: str) -> None:
    with pytest.raises(WriteRefused):
        only_service_principal(OURS)("POST", path)


@pytest.mark.parametrize("sp_id", ["", "a/b", "..", "%2e", "a?b"])
def test_refuses_to_guard_what_is_no_id(sp_id: str) -> None:
    with pytest.raises(ValueError, match="object id"):
        only_service_principal(sp_id)
