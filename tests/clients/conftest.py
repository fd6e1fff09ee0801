"""Other people's programs, unmodified, sent to the sandbox by a proxy that answers for Microsoft and Haiilo only."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from devtools.commands import clients as command_clients
from devtools.stack import keys, ports
from devtools.stack.processes import Child, Program, Supervisor
from devtools.stack.sandbox_control import SandboxTenant, redirects_of
from devtools.stack.stack import PERMISSIONS
from tests.conftest import PUBLIC_URL, Sandbox

PROGRAMS = Path(__file__).parent / "programs"
HOSTS = ("login.microsoftonline.com", "graph.microsoft.com", ".smarpshare.com", ".haiilo.example")
CLIENT_ID = "9c1f0a52-7d3e-4b60-8a2d-3f5e6b7c8d90"  # an application of these tests' own, which has a secret too
SECRET = "Q~of-the-sandbox-only"
QUIET = {"PATH", "HOME", "LANG", "TMPDIR"}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def clients(request: pytest.FixtureRequest) -> Path:
    """The folder with the programs of the clients' environment; made now if it is not there."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        return command_clients.ready()


@dataclass(frozen=True)
class Gateway:
    """The proxy and what a client must know to use it."""

    url: str
    authority: Path
    child: Child

    @property
    def environment(self) -> dict[str, str]:
        """For a process: the proxy, whom to trust, and nothing else of ours."""
        kept = {name: value for name, value in os.environ.items() if name in QUIET}
        trust = dict.fromkeys(
            ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"), str(self.authority)
        )
        return {**kept, **trust, "HTTPS_PROXY": self.url, "NO_PROXY": ports.HOST}

    def session(self) -> requests.Session:
        """For this process."""
        made = requests.Session()
        made.trust_env = False
        made.proxies, made.verify = {"https": self.url}, str(self.authority)
        return made

    def asked(self, what: str) -> set[str]:
        """What was `opened` or `refused` since it was started."""
        told = [json.loads(line) for line in self.child.written().splitlines()]
        return {str(line[what]) for line in told if what in line}


@pytest.fixture(scope="session")
def gateway(clients: Path, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Ended with the run, its certificates thrown away."""
    folder = tmp_path_factory.mktemp("gateway")
    authority, supervisor = folder / "authority.pem", Supervisor(folder)
    sandbox_port = sandbox.url.rpartition(":")[2]
    command = [str(clients / "python"), str(PROGRAMS / "gateway.py"), str(authority), sandbox_port, *HOSTS]
    try:
        child = supervisor.start(Program("gateway", command, os.environ, lambda log: '"ready"' in log))
        port = json.loads(child.written().splitlines()[0])["ready"]
        yield Gateway(f"http://{ports.HOST}:{port}", authority, child)
    finally:
        supervisor.stop()


@dataclass(frozen=True)
class Application:
    """A registration of the tests' own: a certificate, a second key that is not registered, and a secret."""

    client_id: str
    private_key: str
    certificate: str
    wrong_key: str = field(default_factory=lambda: keys.throw_away_pair()[0])
    secret: str = SECRET


@pytest.fixture(scope="session")
def application(sandbox: Sandbox) -> Application:
    """Known to the sandbox with the permissions of production."""
    private_key, certificate = keys.throw_away_pair()
    sandbox.control.register_app(
        CLIENT_ID,
        "Other people's clients",
        permissions=PERMISSIONS,
        redirect_uris=redirects_of(PUBLIC_URL),
        certificates=[certificate],
        secrets=[SECRET],
    )
    return Application(CLIENT_ID, private_key, certificate)


@pytest.fixture(scope="session")
def key_file(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application's private key and certificate in one PEM file, as azure-identity wants them."""
    path = tmp_path_factory.mktemp("certificate") / "key-and-certificate.pem"
    path.write_text(application.private_key + application.certificate)
    return path


@dataclass(frozen=True)
class Customer:
    """A tenant that these tests' application was consented to in."""

    tenant: SandboxTenant

    @property
    def tid(self) -> str:
        return self.tenant.id

    @property
    def base_address(self) -> str:
        return f"https://{self.tenant['haiilo_host']}/api/scim/v2"


def make_customer(sandbox: Sandbox, *, consent: bool = True, **wishes: Any) -> Customer:
    """A tenant with a name of its own. Calm, unless wished otherwise: these clients are not ours to make hardier."""
    number = next(_numbers)
    wishes = {
        "name": f"Adatum {number}",
        "domain": f"clients{number}.example",
        "users": 5,
        "product": "advocacy",
        "haiilo_host": f"clients{number}.smarpshare.com",
        "calm": True,
        **wishes,
    }
    tenant = sandbox.control.make_tenant(**wishes)
    if consent:
        tenant.consent(client_id=CLIENT_ID)
    return Customer(tenant)


@pytest.fixture(scope="module")
def customer(sandbox: Sandbox, application: Application) -> Customer:
    """One that the tests of a file share."""
    return make_customer(sandbox)


def told_by(program: str, clients: Path, gateway: Gateway, wishes: dict[str, Any]) -> Any:
    """Run one of the programs with the clients' Python; what it writes is JSON."""
    done = subprocess.run(  # noqa: S603 - our own program
        [str(clients / "python"), str(PROGRAMS / program)],
        env=gateway.environment,
        input=json.dumps(wishes),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
