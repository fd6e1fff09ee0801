"""graphclient works by itself: the example of docs/graphclient.md against the sandbox, and no Django in the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import graphclient

from .conftest import World

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "graph_in_ten_lines.py"


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    return subprocess.run(  # noqa: S603 - our own example
        [sys.executable, "-W", "error", *words],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def environment(world: World, tmp_path: Path) -> dict[str, str]:
    """What the example reads; the keys are those of the sandbox's application, or LIVE_*'s copied."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key.write_text(world.certificate.private_key_pem)
    certificate.write_text(world.certificate.certificate_pem)
    names = {
        "TENANT_ID": world.tenant_id,
        "CLIENT_ID": world.client_id,
        "PRIVATE_KEY": str(key),
        "CERTIFICATE": str(certificate),
    }
    target = world.reroutes.url(world.cloud.graph).rstrip("/")
    return names if world.live else names | {"SANDBOX_URL": target}


def test_runs_the_example(environment: dict[str, str]) -> None:
    done = run(str(EXAMPLE), **environment)
    assert (done.returncode, done.stderr) == (0, "")
    first, *applications = done.stdout.splitlines()
    assert first.startswith("Tenant: ")
    assert any(line.endswith((": scim", ": customappsso", ": scim, customappsso")) for line in applications)


@pytest.mark.parametrize("page", ["README.md", "docs/graphclient.md"])
def test_shows_the_example_as_it_is(page: str) -> None:
    program = EXAMPLE.read_text().partition('"""\n\n')[2]
    assert f"```python\n{program.strip()}\n```" in (ROOT / page).read_text()


def test_keeps_the_example_short() -> None:
    """Ten lines from the token to the last print, besides imports and what the sandbox needs."""
    program = EXAMPLE.read_text().partition('"""\n\n')[2]
    lines = [line for line in program.splitlines() if line and not line.startswith(("import", "from"))]
    asks = lines[[line.startswith("if ") for line in lines].index(True) + 2 :]
    assert len(asks) <= 10


def test_writes_nothing_with_the_example() -> None:
    assert "guard=guards.read_only" in EXAMPLE.read_text()


def test_brings_no_framework_into_the_process() -> None:
    foreign = "{'django', 'celery', 'onboarding', 'config', 'sandbox', 'flask'}"
    script = f"import sys, graphclient; print(*{foreign} & {{name.partition('.')[0] for name in sys.modules}})"
    done = run("-c", script)
    assert (done.returncode, done.stdout.strip()) == (0, "")


def test_says_that_it_is_typed() -> None:
    assert (Path(graphclient.__file__).parent / "py.typed").is_file()
