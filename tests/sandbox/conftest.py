"""The sandbox asked over HTTP alone, as any client would: no code of the product in between."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from devtools.stack import keys
from sandbox.server import Sandbox

GRAPH, LOGIN = {"Host": "graph.microsoft.com"}, {"Host": "login.microsoftonline.com"}
SCOPE = "https://graph.microsoft.com/.default"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
HOME = "https://dashboard.example"
BACK = f"{HOME}/granted/"
SECRET = "a secret of the sandbox only"
FULL = (
    "Synchronization.ReadWrite.All",
    "Application.Read.All",
    "ProvisioningLog.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
    "AuditLog.Read.All",
)
EVENTUAL = {"ConsistencyLevel": "eventual"}
_numbers = itertools.count(1)


@dataclass
class RunningSandbox:
    """Addresses of a running sandbox."""

    url: str
    control_url: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False

    def control(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        answer = self.session.request(method, self.control_url + path, json=body, timeout=60)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def login(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, self.url + path, headers=LOGIN, timeout=30, allow_redirects=False, **more)

    def register(self, *permissions: str, **more: Any) -> str:
        """An application with a secret; returns its client id."""
        client_id = str(uuid.uuid4())
        body = {"client_id": client_id, "display_name": "Dashboard", "redirect_uris": [BACK], "secrets": [SECRET]}
        self.control("POST", "/apps", {**body, "permissions": list(permissions), **more})
        return client_id

    def tenant(self, *permissions: str, **options: Any) -> Entra:
        """A calm tenant that has consented to these permissions (all if none are named; not at all: "nothing")."""
        number = next(_numbers)
        options = {
            "domain": f"far{number}.example",
            "haiilo_host": f"far{number}.smarpshare.com",
            "users": 4,
            "calm": True,
            **options,
        }
        made = self.control("POST", "/tenants", options)
        wanted = FULL if permissions in ((), ("nothing",)) else permissions
        entra = Entra(self, {**options, **made}, self.register(*wanted))
        if permissions != ("nothing",):
            entra.consent()
        return entra


@dataclass
class Entra:
    """One tenant and one application that asks there."""

    running: RunningSandbox
    made: dict[str, Any]
    client_id: str
    kept: str = ""

    @property
    def tid(self) -> str:
        return str(self.made["tenant_id"])

    @property
    def sp(self) -> str:
        return f"/servicePrincipals/{self.made['service_principal_id']}"

    @property
    def sync(self) -> str:
        return f"{self.sp}/synchronization"

    def control(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        return self.running.control(method, f"/tenants/{self.tid}{path}", body, expect=expect)

    def consent(self) -> None:
        self.control("POST", "/consent", {"client_id": self.client_id})

    def switch(self, **switches: Any) -> None:
        self.control("POST", "/switches", switches)

    def chaos(self, **chaos: Any) -> None:
        self.control("POST", "/chaos", chaos)

    def ask_token(self, **form: Any) -> requests.Response:
        body = {
            "client_id": self.client_id,
            "grant_type": "client_credentials",
            "scope": SCOPE,
            "client_secret": SECRET,
            **form,
        }
        body = {key: value for key, value in body.items() if value is not None}
        return self.running.login("POST", f"/{self.tid}/oauth2/v2.0/token", data=body)

    def token(self) -> str:
        if not self.kept:
            self.kept = self.ask_token().json()["access_token"]
        return self.kept

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """One Graph call."""
        headers = {**GRAPH, "Authorization": f"Bearer {self.token()}", **more.pop("headers", {})}
        return self.running.session.request(
            method, f"{self.running.url}/v1.0{path}", json=body, headers=headers, timeout=60, **more
        )

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, path: str, **more: Any) -> list[dict[str, Any]]:
        """All rows of a list, following its links."""
        found, page = [], self.get(path, **more)
        found += page["value"]
        while "@odata.nextLink" in page:
            page = self.get(page["@odata.nextLink"].partition("/v1.0")[2], **more)
            found += page["value"]
        return found

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        """Status, code and message of a call that must fail."""
        answer = self.ask(method, path, body, **more)
        assert answer.status_code >= 400, answer.text
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["message"]

    # Synchronization

    def credentials(self, **other: str) -> list[dict[str, str]]:
        values = {
            "BaseAddress": self.made["base_url"],
            "SecretToken": self.made["scim_token"],
            "SyncAll": "false",
            "SyncNotificationSettings": "{}",
            **other,
        }
        return [{"key": key, "value": value} for key, value in values.items()]

    def job(self) -> str:
        """A new job; returns its path."""
        answer = self.ask("POST", f"{self.sync}/jobs", {"templateId": "scim"})
        assert answer.status_code == 201, answer.text
        return f"{self.sync}/jobs/{answer.json()['id']}"

    def started(self) -> str:
        """A job with credentials whose initial cycle is over; returns its path."""
        job = self.job()
        assert self.ask("PUT", f"{self.sync}/secrets", {"value": self.credentials()}).status_code == 204
        schema = self.get(f"{job}/schema")
        for mapping in schema["synchronizationRules"][0]["objectMappings"]:
            mapping["enabled"] = mapping["sourceObjectName"] == "User"
        assert self.ask("PUT", f"{job}/schema", schema).status_code == 204
        assert self.ask("POST", f"{job}/start").status_code == 204
        self.control("POST", "/run")
        return job


# Proofs of identity


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Pair:
    """A private key and its certificate."""

    private_key: str
    certificate: str

    def thumbprint(self, algorithm: Any) -> str:
        found = x509.load_pem_x509_certificate(self.certificate.encode()).fingerprint(algorithm)
        return base64.urlsafe_b64encode(found).decode().rstrip("=")

    def assertion(self, client_id: str, audience: str, algorithm: str = "PS256", **claims: Any) -> str:
        now = int(time.time())
        name = {"PS256": ("x5t#S256", hashes.SHA256()), "RS256": ("x5t", hashes.SHA1())}[algorithm]  # noqa: S303
        truth = {
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "exp": now + 600,
        }
        wanted = {key: value for key, value in (truth | claims).items() if value is not None}
        headers = {name[0]: self.thumbprint(name[1])}
        return jwt.encode(wanted, self.private_key, algorithm=algorithm, headers=headers)


@pytest.fixture(scope="session")
def pair() -> Pair:
    return Pair(*keys.throw_away_pair())


# A browser


@dataclass
class Page:
    status: int
    html: str
    location: str

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.location).query))

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        assert found, self.html
        return unescape(found[1])

    def action(self) -> str:
        found = re.search(r'<form method="post" action="([^"]*)"', self.html)
        assert found, self.html
        return unescape(found[1])


@dataclass
class Browser:
    """One person's browser at Microsoft, without JavaScript."""

    running: RunningSandbox
    http: requests.Session = field(default_factory=requests.Session)

    def _page(self, answer: requests.Response) -> Page:
        return Page(answer.status_code, answer.text, answer.headers.get("Location", ""))

    def open(self, path: str, **query: str) -> Page:
        address = f"{self.running.url}{path}?{urlencode(query)}"
        return self._page(self.http.get(address, allow_redirects=False, timeout=30))

    def send(self, page: Page, **values: str) -> Page:
        data = {"ctx": page.hidden("ctx"), **values}
        return self._page(
            self.http.post(self.running.url + page.action(), data=data, allow_redirects=False, timeout=30)
        )

    def sign_in(self, page: Page, person: dict[str, str]) -> Page:
        return self.send(page, login=person["user_name"], passwd=person["password"])

    def consent_page(self, entra: Entra, person: dict[str, str], version: str = "/v2.0", **query: str) -> Page:
        asked = {"client_id": entra.client_id, "redirect_uri": BACK, "state": "s-1"}
        asked |= {"scope": SCOPE} if version else {}
        page = self.open(f"/{entra.tid}{version}/adminconsent", **{**asked, **query})
        return self.sign_in(page, person) if 'name="passwd"' in page.html else page


@pytest.fixture
def browser_of(running: RunningSandbox) -> Callable[[], Browser]:
    return lambda: Browser(running)


@pytest.fixture
def person(running: RunningSandbox) -> Browser:
    return Browser(running)


# Sandboxes


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSandbox]:
    """One for all tests that need no clock of their own; 600 times as fast as Microsoft."""
    with Sandbox(speed=600, seed=1) as server:
        yield RunningSandbox(server.url, server.control_url)


@pytest.fixture
def slow() -> Iterator[RunningSandbox]:
    """One whose clock only moves as the wall's, and by jumps."""
    with Sandbox(speed=1, seed=3) as server:
        yield RunningSandbox(server.url, server.control_url)


@pytest.fixture
def entra(running: RunningSandbox) -> Entra:
    """A tenant that has consented to everything."""
    return running.tenant()


def unsigned(claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def verifier() -> str:
    return secrets.token_urlsafe(48)
