"""All checks that need no running stack, or those that are named. Each is run even if one before it failed; exit
status 0 when all passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from devtools.stack.keys import throw_away_pair
from devtools.stack.progress import doing, say

ROOT = Path(__file__).resolve().parent.parent.parent
PY = [sys.executable, "-m"]
BIN = Path(sys.executable).parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-clients.lock")


def production() -> dict[str, str]:
    """An environment as production has it, with throw-away values; nothing of the caller's leaks in."""
    private_key, certificate = throw_away_pair()
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
        "SECRET_KEY": "for-the-deploy-check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "ALLOWED_HOSTS": "onboarding.haiilo.example",
        "PUBLIC_URL": "https://onboarding.haiilo.example",
        "BEHIND_PROXY": "1",
        "ENTRA_CLIENT_ID": "00000000-0000-4000-8000-000000000000",
        "ENTRA_PRIVATE_KEY": private_key,
        "ENTRA_CERTIFICATE": certificate,
        "DATABASE_URL": "sqlite:///:memory:",
    }


def locks_name_no_host() -> str:
    """A lock must work with whatever registry a machine uses."""
    lines = [
        f"{name}:{number}: {line}"
        for name in LOCKS
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if "://" in line
    ]
    return "\n".join(lines)


def run(command: list[str], environment: dict[str, str]) -> str:
    """Empty when the command succeeds, else its output."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    output = (done.stdout + done.stderr).strip()
    return "" if done.returncode == 0 else output or f"exit status {done.returncode}"


def checks() -> list[tuple[str, Callable[[], str]]]:
    """Name and check, in the order in which they are run: the quick ones first."""
    deployed, here = production(), {**os.environ, "DEBUG": "1", "SECURE": "0", "DATABASE_URL": "sqlite:///:memory:"}
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]

    def command(*words: str, environment: dict[str, str] | None = None) -> Callable[[], str]:
        return lambda: run(list(words), environment or here)

    return [
        ("format", command(*PY, "ruff", "format", "--check", ".")),
        ("lint", command(*PY, "ruff", "check", ".")),
        ("stylesheets and scripts", command(f"{BIN}/biome", "ci", "--colors=off", "--error-on-warnings")),
        ("import contracts", command(f"{BIN}/lint-imports", "--no-cache")),
        ("locks", locks_name_no_host),
        ("templates", command(f"{BIN}/djade", "--target-version", "5.2", "--check", *templates)),
        ("translations", command(*PY, "devtools.commands.messages", "check")),
        ("migrations", command(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
        (
            "deploy check",
            command(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=deployed),
        ),
        (
            "compose file",
            command(*PY, "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ),
        ("types", command(*PY, "mypy")),
    ]


def main(names: Sequence[str] = ()) -> int:
    """Run all, or those of these names; print what failed. Raises `SystemExit` for a name that no check has."""
    started, failed = time.monotonic(), []
    known = checks()
    if unknown := set(names) - {name for name, _check in known}:
        sys.exit(f"There is no check “{unknown.pop()}”. There are: {', '.join(name for name, _check in known)}.")
    for name, check in known:
        if names and name not in names:
            continue
        with doing(f"check: {name}"):
            problem = check()
        print(f"{'FAILED' if problem else 'ok':7}{name}", flush=True)
        if problem:
            failed.append(name)
            print("\n".join(f"    {line}" for line in problem.splitlines()), flush=True)
    say(f"{time.monotonic() - started:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else "; all passed"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
