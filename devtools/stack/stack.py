"""The whole product on this machine: broker, sandbox, database, web, worker and beat, from one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from devtools.stack import broker, ports, sandbox_control
from devtools.stack.host_suffixes import HOST_SUFFIXES
from devtools.stack.keys import CLIENT_ID, MONITOR_CLIENT_ID, SCOPED_CLIENT_ID, keys_in
from devtools.stack.ports import HOST
from devtools.stack.processes import Program, Supervisor, end_stale
from devtools.stack.progress import doing, say
from devtools.stack.reports import ROOT, CommandFailed, Reports
from devtools.stack.sandbox_control import SandboxControl, redirects_of

# The product's own lists are in onboarding/consent_sizes.py; a house test keeps the two the same.
READS = [
    "Application.Read.All",
    "ProvisioningLog.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
]
PERMISSIONS = ["Synchronization.ReadWrite.All", *READS]
APPS = {
    CLIENT_ID: ("Haiilo onboarding", PERMISSIONS),
    SCOPED_CLIENT_ID: ("Haiilo onboarding (scoped)", ["Application.ReadWrite.OwnedBy", *READS]),
    MONITOR_CLIENT_ID: ("Haiilo monitoring", ["Synchronization.Read.All", *READS]),
}
NOT_PASSED_ON = re.compile(
    r"^(DATABASE_URL|REDIS_URL|SECRET_KEY|ENCRYPTION_KEYS|ENTRA_\w+|SANDBOX_URL|PUBLIC_URL|DEBUG|SECURE|ALLOWED_HOSTS"
    r"|HAIILO_\w+|EMAIL_URL|DEFAULT_FROM_EMAIL|BEHIND_PROXY|STATIC_ROOT|\w+_PROXY|DJANGO_SETTINGS_MODULE|PYTHONWARNINGS|\w+_FILE)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StackOptions:
    """How a stack should be. A port of 0 means any; another one is taken if free, else the next."""

    folder: Path
    web_port: int = 0
    sandbox_port: int = 0
    control_port: int = 0
    broker_port: int = 0
    database_url: str = ""
    """SQLite in the folder when empty."""
    redis_url: str = ""
    """A broker of our own when empty."""
    web_workers: int = 1
    pace: float = 1.0
    speed: float = 1.0
    seed: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the product's environment, last."""
    environments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The same for one program, by its name; read each time it is started."""


def register_our_apps(sandbox: SandboxControl, public_url: str, certificate: str) -> None:
    """Register the three applications of ours at Microsoft, all with the same certificate (PEM)."""
    for client_id, (name, permissions) in APPS.items():
        sandbox.register_app(
            client_id,
            name,
            permissions=permissions,
            redirect_uris=redirects_of(public_url),
            certificates=[certificate],
        )


class Stack:
    """Start with `start`, end with `stop`; in between processes may be killed and restarted by name."""

    def __init__(self, options: StackOptions) -> None:
        self.options = options
        self.folder = options.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys = keys_in(self.folder / "keys")
        taken: set[int] = set()

        def port(preferred: int, purpose: str) -> int:
            chosen = ports.choose(preferred, purpose, taken=frozenset(taken))
            taken.add(chosen.number)
            if chosen.note:
                say(chosen.note)
            return chosen.number

        self._supervisor = Supervisor(self.folder / "run")
        self._end_stale()
        self.web_port = port(options.web_port, "pages")
        self.sandbox_port = port(options.sandbox_port, "sandbox")
        self.control_port = port(options.control_port, "sandbox's control")
        self.broker_port = port(options.broker_port, "broker") if not options.redis_url else 0
        # Another name than the sandbox's, so that browsers keep the two sites' cookies apart, as in real life.
        self.public_url = f"http://localhost:{self.web_port}"
        self.sandbox_url = f"http://{HOST}:{self.sandbox_port}"
        self.sandbox = SandboxControl(f"http://{HOST}:{self.control_port}")
        self.redis_url = options.redis_url or broker.url(self.broker_port)
        self.environment = self._environment()
        self.reports = Reports(self.environment)

    def _end_stale(self) -> None:
        """Before the ports are chosen: what an earlier run left behind would hold them."""
        for note in sorted(self._supervisor.folder.glob("*.pid")):
            end_stale(note)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not NOT_PASSED_ON.match(name)}
        return {
            **inherited,
            "DEBUG": "1",
            "SECURE": "0",
            "SECRET_KEY_FILE": str(self.keys.secret_key),
            "ENCRYPTION_KEYS_FILE": str(self.keys.encryption_keys),
            "ENTRA_CLIENT_ID": CLIENT_ID,
            "ENTRA_SCOPED_CLIENT_ID": SCOPED_CLIENT_ID,
            "ENTRA_MONITOR_CLIENT_ID": MONITOR_CLIENT_ID,
            "ENTRA_PRIVATE_KEY_FILE": str(self.keys.private_key),
            "ENTRA_CERTIFICATE_FILE": str(self.keys.certificate),
            "SANDBOX_URL": self.sandbox_url,
            "PUBLIC_URL": self.public_url,
            "HAIILO_ADVOCACY_SUFFIXES": ",".join(HOST_SUFFIXES["advocacy"]),
            "HAIILO_HOME_SUFFIXES": ",".join(HOST_SUFFIXES["home"]),
            "DATABASE_URL": self.options.database_url or f"sqlite:///{self.folder / 'database.sqlite3'}",
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": f"filemail:///{self.folder / 'mail'}",
            "WORKER_THREADS": "8",
            "PACE": str(self.options.pace),
            "PYTHONUNBUFFERED": "1",
            **self.options.environment,
        }

    def start(self) -> None:
        """Bring everything up, each waited for.

        Raises DidNotStart, NoBroker or CommandFailed; what was started is ended then.
        """
        try:
            if self.broker_port:
                self._supervisor.start(broker.program(self.broker_port, self.folder / "broker", os.environ))
            self._supervisor.start(self._sandbox())
            register_our_apps(self.sandbox, self.public_url, self.keys.certificate.read_text())
            with doing("Preparing the database"):
                self.manage("migrate", "--verbosity", "0")
            for program in (self._web(), self._worker(), self._beat()):
                self._supervisor.start(program)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything in reverse order."""
        self.reports.end()
        self._supervisor.stop()

    def kill(self, name: str) -> None:
        """SIGKILL to one program and all its processes."""
        self._supervisor.child(name).kill()

    def terminate(self, name: str) -> None:
        """SIGTERM to one program and all its processes, as a deployment does; SIGKILL to what is left after a while."""
        self._supervisor.child(name).stop()

    def restart(self, name: str) -> None:
        """Start one program again after `kill` or `terminate`, in the environment as it is now."""
        again = self._ours().get(name)
        if again is None:
            self._supervisor.restart(name)
        else:
            self._supervisor.start(again())

    def add(self, name: str, like: str) -> None:
        """Start another worker or beat beside the first one, under a name of its own."""
        made = {"worker": self._worker, "beat": self._beat}[like](name)
        self._supervisor.start(made)

    def remove(self, name: str) -> None:
        """SIGKILL to a program that `add` has started; it is forgotten."""
        self._supervisor.forget(name)

    def _ours(self) -> dict[str, Callable[[], Program]]:
        return {"web": self._web, "worker": self._worker, "beat": self._beat}

    def pid(self, name: str) -> int:
        """The process id of one program."""
        return self._supervisor.child(name).pid

    def fallen(self) -> list[str]:
        """Names of programs that ended by themselves."""
        return [child.program.name for child in self._supervisor.fallen()]

    def log(self, name: str) -> str:
        """What a program has written since it was started."""
        return self._supervisor.child(name).written()

    def manage(self, *arguments: str) -> str:
        """Run a management command; returns its output. Raises CommandFailed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailed(
                f"manage.py {' '.join(arguments)} failed:\n{done.stderr.strip() or done.stdout.strip()}"
            )
        return done.stdout

    # The programs

    def _program(self, name: str, command: list[str], healthy: Callable[[str], bool], within: float = 40.0) -> Program:
        environment = {**self.environment, **self.options.environments.get(name, {})}
        return Program(name, [sys.executable, "-m", *command], environment, healthy, within)

    def _sandbox(self) -> Program:
        state = self.folder / "sandbox.state"
        return sandbox_control.program(
            self.sandbox_port,
            self.control_port,
            self.environment,
            state=state,
            speed=self.options.speed,
            seed=self.options.seed,
        )

    def _web(self) -> Program:
        command = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(self.web_port)]
        command += ["--workers", str(self.options.web_workers), "--blocking-threads", "2", "--no-ws"]
        return self._program("web", [*command, "config.wsgi:application"], lambda _log: self._pages_answer())

    def _pages_answer(self) -> bool:
        with requests.Session() as http:
            http.trust_env = False
            return http.get(f"http://{HOST}:{self.web_port}/healthz", timeout=5).status_code == 200

    def _worker(self, name: str = "worker") -> Program:
        command = ["celery", "-A", "config", "worker", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        command += ["--hostname", f"{name}-{self.web_port}@%h"]
        return self._program(name, command, lambda log: " ready." in log)

    def _beat(self, name: str = "beat") -> Program:
        command = ["celery", "-A", "config", "beat", "--loglevel", "INFO", "--pidfile", ""]
        return self._program(name, command, lambda log: "beat: Starting" in log)
