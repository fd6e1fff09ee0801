"""The sandbox's control port: what a person would prepare at Microsoft and Haiilo, and what can be inspected there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from devtools.stack.processes import Program

TIMEOUT = 120.0


def program(
    port: int,
    control_port: int,
    environment: Mapping[str, str],
    *,
    state: Path | None = None,
    speed: float = 1.0,
    seed: int | None = None,
) -> Program:
    """The sandbox as a process; with `state` it keeps its world in that file."""
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--control-port", str(control_port)]
    command += ["--speed", f"{speed:g}"]
    command += ["--state", str(state)] if state else []
    command += ["--seed", str(seed)] if seed is not None else []
    return Program("sandbox", command, environment, lambda log: '"ready": true' in log)


class FarSideRefused(RuntimeError):
    """The control port answered with an error; the message carries it."""


class FarSide:
    """One sandbox. Each method is one request to its control port."""

    def __init__(self, control_url: str) -> None:
        self.control_url = control_url
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON answer. Raises FarSideRefused, or requests' exceptions when nobody is there."""
        answer = self._http.request(method, self.control_url + path, json=body, timeout=TIMEOUT)
        if not answer.ok:
            raise FarSideRefused(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def register_app(
        self, client_id: str, name: str, public_url: str, certificate: str, permissions: list[str]
    ) -> None:
        """Our own application with its redirect URIs and the permissions it asks for."""
        self.ask(
            "POST",
            "/apps",
            {
                "client_id": client_id,
                "display_name": name,
                "redirect_uris": [f"{public_url}/consent/signed-in/", f"{public_url}/consent/granted/"],
                "certificate_pem": certificate,
                "permissions": permissions,
            },
        )

    def make_tenant(self, **wishes: Any) -> dict[str, Any]:
        """A customer's tenant; the same domain gives the same one."""
        return {**wishes, **self.ask("POST", "/tenants", wishes)}

    def tenant(self, tenant_id: str) -> dict[str, Any]:
        """What it has now: consent, roles, provisioning jobs."""
        return dict(self.ask("GET", f"/tenants/{tenant_id}"))

    def directory(self, tenant_id: str) -> dict[str, Any]:
        """Users, groups and assignments."""
        return dict(self.ask("GET", f"/tenants/{tenant_id}/directory"))

    def arrived(self, host: str) -> list[dict[str, Any]]:
        """The SCIM users that Haiilo holds for this host."""
        return list(self.ask("GET", f"/haiilo/{host}/users")["users"])

    def chaos(self, tenant_id: str, **settings: Any) -> None:
        """Make the far side unkind in a named way."""
        self.ask("POST", f"/tenants/{tenant_id}/chaos", settings)

    def is_holding(self, tenant_id: str) -> bool:
        """Whether an answer to this tenant is being held."""
        return bool(self.tenant(tenant_id)["holding"])

    def release(self) -> None:
        """Let a held answer go."""
        self.ask("POST", "/release", {})

    def run_cycle(self, tenant_id: str) -> None:
        """Run any cycle that is due, now."""
        self.ask("POST", f"/tenants/{tenant_id}/run", {})

    def journal(self, tenant_id: str) -> list[dict[str, Any]]:
        """All requests that concerned this tenant."""
        return list(self.ask("GET", f"/journal?tenant={tenant_id}"))

    def violations(self) -> list[Any]:
        """Requests that used one tenant's token in another. Must stay empty."""
        return list(self.ask("GET", "/violations"))
