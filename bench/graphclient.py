"""The Graph client: what a request, a token new or kept, and a row cost."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from bench.measure import Measure, compare, peak
from graphclient import GLOBAL, Certificate, ProvisioningEvent, Secret, TokenSources, Transport

TENANTS = 10_000
TOKEN = "t" * 1500
MIB = 1024**2


class _Login(BaseAdapter):
    """Answers for the login service, in memory."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        tenant = str(request.url).split("/")[3]
        at = f"{GLOBAL.login}/{tenant}"
        body: Mapping[str, object] = {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}
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
        return TOKEN

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Nothing to forget."""


def tenant(number: int) -> str:
    """An invented id."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def kept_tokens() -> Iterator[Measure]:
    """With very many tenants as with one; and what keeping them takes."""
    http = requests.Session()
    http.mount(GLOBAL.login, _Login())
    one, many = (TokenSources("client", Secret("s"), http, max_tenants=TENANTS) for _ in range(2))
    one.of(tenant(7)).token()
    before = peak()
    for number in range(TENANTS):
        many.of(tenant(number)).token()
    held = peak() - before
    yield compare(
        f"a kept token, {TENANTS:,} tenants against 1, µs",
        lambda: many.of(tenant(7)).token(),
        lambda: one.of(tenant(7)).token(),
        bar=1.3,
        calls=1000,
    )
    texts = TENANTS * len(TOKEN)
    yield Measure(f"memory of {TENANTS:,} tenants' tokens, of their texts, MiB", held / MIB, texts / MIB, 2.4)


def a_new_token() -> Iterator[Measure]:
    """By our certificate, against one by a secret and the signature alone."""
    http = requests.Session()
    http.mount(GLOBAL.login, _Login())
    key, certificate = _own_certificate()
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
    signed, plain = (TokenSources("client", each, http).of(tenant(7)) for each in (certificate, Secret("s")))

    def renewed() -> None:
        signed.drop()
        signed.token()

    def least() -> None:
        plain.drop()
        plain.token()
        key.sign(b"x" * 2000, pss, hashes.SHA256())

    yield compare("CPU of a new token, against signature and request, ms", renewed, least, bar=1.3, calls=20, unit=1e3)


def _own_certificate() -> tuple[rsa.RSAPrivateKey, Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key, Certificate(private.decode(), pem)


def a_request() -> Iterator[Measure]:
    """Through the transport, against a session alone that sends the same token."""
    with _answering() as url, requests.Session() as ours, requests.Session() as bare:
        transport = Transport(ours, _Kept(), f"{url}/v1.0")  # as in production, where nothing is rerouted
        bare.trust_env = False
        sent = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
        yield compare(
            "CPU of a GET, against a session alone, µs",
            lambda: transport.get("/servicePrincipals", {"$top": "40"}),
            lambda: bare.get(f"{url}/v1.0/servicePrincipals", params={"$top": "40"}, headers=sent, timeout=30).json(),
            bar=1.15,
            calls=60,
        )


def a_row() -> Iterator[Measure]:
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
    yield compare(
        "a log row read, against its JSON parsed, µs",
        lambda: ProvisioningEvent.from_json(row),
        lambda: json.loads(text),
        bar=6.0,
        calls=400,
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


def measured() -> Iterator[Measure]:
    """One after the other."""
    for measure in (a_request, a_new_token, kept_tokens, a_row):
        yield from measure()
