"""The Graph client: what a kept token, a request and a row cost."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from bench.measure import Ratio, compare
from graphclient import GLOBAL, ProvisioningEvent, Reroutes, Secret, TokenSources, Transport

TENANTS = 1000


class _Login(BaseAdapter):
    """Answers for the login service, in memory."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        tenant = str(request.url).split("/")[3]
        at = f"{GLOBAL.login}/{tenant}"
        body: Mapping[str, object] = {"token_type": "Bearer", "expires_in": 3599, "access_token": "t" * 1500}
        if request.method == "GET":
            endpoints = {"token_endpoint": f"{at}/oauth2/v2.0/token", "authorization_endpoint": f"{at}/authorize"}
            body = {"issuer": f"{at}/v2.0", **endpoints}
        answer = requests.Response()
        answer.status_code, answer.request = 200, request
        answer.raw = HTTPResponse(io.BytesIO(json.dumps(body).encode()), preload_content=False)
        return answer

    def close(self) -> None:
        """Nothing is open."""


class _Kept:
    """A token source that costs nothing."""

    def token(self) -> str:
        return "t" * 1500

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Nothing to forget."""


def tenant(number: int) -> str:
    """An invented id."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def a_kept_token() -> Ratio:
    """With many tenants as with one."""
    http = requests.Session()
    http.mount(GLOBAL.login, _Login())
    one, many = (TokenSources("client", Secret("s"), http, max_tenants=TENANTS) for _ in range(2))
    for number in range(TENANTS):
        many.of(tenant(number)).token()
    return compare(
        f"a kept token, {TENANTS} tenants against 1",
        lambda: many.of(tenant(7)).token(),
        lambda: one.of(tenant(7)).token(),
        limit=1.5,
        calls=2000,
    )


def a_request() -> Ratio:
    """Through the transport, against requests alone."""
    with _answering() as url, requests.Session() as ours, requests.Session() as bare:
        Reroutes({GLOBAL.graph: url}).mount(ours)
        transport = Transport(ours, _Kept())
        bare.trust_env = False
        return compare(
            "a request, against requests alone",
            lambda: transport.get("/servicePrincipals", {"$top": "40"}),
            lambda: bare.get(f"{url}/v1.0/servicePrincipals", params={"$top": "40"}, timeout=30).json(),
            limit=1.6,
        )


def a_row() -> Ratio:
    """A log row made an event, against its JSON parsed."""
    row = {
        "id": "1",
        "activityDateTime": "2026-03-02T09:44:10Z",
        "jobId": "scim.1.2",
        "provisioningAction": "create",
        "provisioningStatusInfo": {"status": "success", "errorInformation": None},
        "sourceIdentity": {"id": "5e0a", "displayName": "Eva", "details": {"UserPrincipalName": "eva@a.example"}},
        "targetIdentity": {"id": "f0c1", "identityType": "User", "details": {}},
        "modifiedProperties": [{"displayName": name, "oldValue": None, "newValue": "x"} for name in "abcdefgh"],
        "provisioningSteps": [
            {"name": name, "provisioningStepType": "import", "status": "success", "description": "x", "details": {}}
            for name in "abcd"
        ],
    }
    text = json.dumps(row)
    return compare(
        "a log row read, against its JSON parsed",
        lambda: ProvisioningEvent.from_json(row),
        lambda: json.loads(text),
        limit=12,
        calls=2000,
    )


@contextmanager
def _answering() -> Iterator[str]:
    """A server in a process of its own, so that it takes no turn from the client's threads."""
    command = [sys.executable, "-m", "bench.answering"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield f"http://127.0.0.1:{int(line)}"
        finally:
            server.terminate()


RATIOS = (a_kept_token, a_request, a_row)
