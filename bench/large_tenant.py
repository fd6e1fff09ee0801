"""A sandbox process with one large tenant, set up and asked as anybody would: over its two ports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bench.measure import PROC, cpu_of, shown_by_ps
from devtools.stack.sandbox_control import SandboxControl, SandboxTenant

GROUPS = 500
CLIENT_ID, SECRET = "00000000-0000-4000-8000-00000000be9c", "of the measurement only"
HOST = "large.haiilo.example"
GRAPH, LOGIN = "graph.microsoft.com", "login.microsoftonline.com"
WANTED = ["Synchronization.ReadWrite.All", "ProvisioningLog.Read.All"]
LONGEST = 7200.0  # seconds for whatever takes long


@dataclass
class LargeTenant:
    """A tenant of `users` people and GROUPS groups in a process of its own, whose id is `pid`."""

    url: str
    control: SandboxControl
    pid: int
    users: int
    http: requests.Session = field(default_factory=requests.Session)
    tenant: SandboxTenant = field(init=False)
    token: str = ""
    job: str = ""
    """The job's path; empty until `make_job`."""

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Graph's JSON. Raises requests.HTTPError."""
        headers = {"Host": GRAPH, "Authorization": f"Bearer {self.token}"}
        answer = self.http.request(method, f"{self.url}/v1.0{path}", json=body, headers=headers, timeout=120)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def make_tenant(self) -> None:
        """Calm, and with Haiilo Home, which takes groups too."""
        self.tenant = self.control.make_tenant(
            domain="large.example", haiilo_host=HOST, product="home", calm=True, users=self.users, groups=GROUPS
        )

    def make_job(self) -> None:
        """Consent, token, job, secrets: everything but the start."""
        self.control.register_app(CLIENT_ID, "Measurement", permissions=WANTED, secrets=[SECRET])
        self.tenant.consent(client_id=CLIENT_ID)
        self.token = self._token()
        base = f"/servicePrincipals/{self.tenant['service_principal_id']}/synchronization"
        self.job = f"{base}/jobs/{self.ask('POST', f'{base}/jobs', {'templateId': 'scim'})['id']}"
        secrets = {
            "BaseAddress": self.tenant["base_url"],
            "SecretToken": self.tenant["scim_token"],
            "SyncAll": "false",
            "SyncNotificationSettings": "{}",
        }
        self.ask("PUT", f"{base}/secrets", {"value": [{"key": key, "value": secrets[key]} for key in secrets]})

    def _token(self) -> str:
        form = {"client_id": CLIENT_ID, "client_secret": SECRET, "grant_type": "client_credentials"}
        form["scope"] = f"https://{GRAPH}/.default"
        path = f"{self.url}/{self.tenant.id}/oauth2/v2.0/token"
        return str(self.http.post(path, data=form, headers={"Host": LOGIN}, timeout=30).json()["access_token"])

    def start(self) -> None:
        """The service begins with the first cycle at once."""
        self.ask("POST", f"{self.job}/start")

    def look(self) -> dict[str, Any]:
        """The job's status, as anybody who is allowed to may read it."""
        return dict(self.ask("GET", self.job)["status"])

    def peak(self) -> int:
        """Bytes that the process has held at most until now; where the system does not tell, that it holds now."""
        if not PROC.exists():
            return int(shown_by_ps(self.pid, "rss=")) * 1024
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024

    def spent(self) -> float:
        """Seconds of one core that the process has used until now."""
        return cpu_of(self.pid)


@contextmanager
def running(users: int) -> Iterator[LargeTenant]:
    """A sandbox that was just started; it has no tenant yet. Its process is held to one core where that can be had."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--control-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            with suppress(AttributeError, OSError):
                os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
            ready = json.loads(process.stdout.readline() if process.stdout else "")
            yield LargeTenant(ready["url"], SandboxControl(ready["control"], timeout=LONGEST), process.pid, users)
        finally:
            process.terminate()
