"""The CLI for Microsoft 365, a program from npm, on the sandbox. Only when asked for: docs/sandbox-clients.md."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.commands.clients import FOLDER
from tests.clients.conftest import Application, Customer, Gateway

pytestmark = [pytest.mark.clients, pytest.mark.m365]

PACKAGE = "@pnp/cli-microsoft365@11.11.0"
NPM = ["npm", "install", "--silent", "--no-package-lock", "--no-save", "--no-audit", "--no-fund", "--prefix"]


@pytest.fixture(scope="module")
def program(clients: Path) -> Path:
    """Installed beside the other clients the first time it is asked for (400 MB)."""
    folder = FOLDER / "npm"
    found = folder / "node_modules" / ".bin" / "m365"
    if not found.exists():
        subprocess.run([*NPM, str(folder), PACKAGE], check=True)  # noqa: S603 - the command is written above
    return found


@pytest.fixture(scope="module")
def m365(
    program: Path,
    gateway: Gateway,
    application: Application,
    customer: Customer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., object]:
    """Run a command of a CLI that has signed in; returns the JSON it prints."""
    home = tmp_path_factory.mktemp("home")
    environment = {**gateway.environment, "HOME": str(home), "CLIMICROSOFT365_NOUPDATE": "1"}

    def run(*words: str) -> object:
        done = subprocess.run(  # noqa: S603 - words of this module
            [str(program), *words, "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    run("cli", "config", "set", "--key", "disableTelemetry", "--value", "true")
    identity = ["--appId", application.client_id, "--tenant", customer.tid, "--secret", application.secret]
    run("login", "--authType", "secret", *identity)
    return run


def test_lists_the_enterprise_applications_over_all_pages(m365, customer):
    found = m365("entra", "enterpriseapp", "list")
    assert len({one["id"] for one in found}) == len(found) > 2
    assert customer.tenant["service_principal_id"] in {one["id"] for one in found}


def test_makes_a_provisioning_job(m365, customer):
    address = "https://graph.microsoft.com/v1.0/servicePrincipals/{}/synchronization/jobs".format(
        customer.tenant["service_principal_id"]
    )
    body = json.dumps({"templateId": "scim"})
    made = m365("request", "--url", address, "--method", "post", "--body", body, "--content-type", "application/json")
    assert [one["id"] for one in m365("request", "--url", address)["value"]] == [made["id"]]


def test_is_told_what_is_missing(m365):
    with pytest.raises(AssertionError, match="does not exist"):
        m365("entra", "enterpriseapp", "get", "--id", "00000000-0000-4000-8000-000000000000")
