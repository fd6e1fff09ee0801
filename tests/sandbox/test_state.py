import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import size
from bench.large_tenant import LargeTenant
from devtools.stack import ports
from devtools.stack.sandbox_control import SandboxControl
from sandbox.clock import Clock
from sandbox.names import made_up
from sandbox.seeding import make_tenant
from sandbox.store import Keeper, load
from sandbox.world import Tenant, World

from .conftest import RunningSandbox

SOON = 60.0
Start = Callable[..., tuple[subprocess.Popen[str], RunningSandbox]]


def kept(file: Path, domain: str) -> Tenant:
    """The tenant as the file has it."""
    world = load(file)
    assert world is not None
    return tenant_of(world, domain)


def tenant_of(world: World, domain: str) -> Tenant:
    found = world.tenant_at(domain)
    assert found is not None
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the program; keyword arguments are its options."""
    server: list[subprocess.Popen[str]] = []

    def begin(**options: Any) -> tuple[subprocess.Popen[str], RunningSandbox]:
        port, control = ports.free(), ports.free()
        command = [sys.executable, "-m", "sandbox", "--port", str(port), "--control-port", str(control)]
        for key, value in options.items():
            command += [f"--{key}", str(value)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        server.append(process)
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["ready"] is True
        return process, RunningSandbox(f"http://{ports.HOST}:{port}", f"http://{ports.HOST}:{control}")

    yield begin
    for process in server:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> int:
    os.kill(process.pid, number)
    return process.wait(SOON)


def test_keeps_its_world_over_a_restart(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "state"
    process, running = start(state=file, speed=600)
    entra = running.tenant(domain="kept.example")
    entra.started()
    token, job = entra.token(), entra.control("GET", "")["jobs"]
    assert end(process) == 0
    _process, running = start(state=file, speed=600)
    entra.running = running
    assert entra.token() == token
    assert entra.get("/organization")["value"][0]["id"] == entra.tid
    assert [each["id"] for each in entra.control("GET", "")["jobs"]] == [each["id"] for each in job]
    assert running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]


def test_keeps_it_also_when_it_is_killed(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "state"
    process, running = start(state=file)
    entra = running.tenant(domain="killed.example")
    until = time.monotonic() + SOON
    while not (file.exists() and kept(file, "killed.example").consents):
        assert time.monotonic() < until
    end(process, signal.SIGKILL)
    entra.running = start(state=file)[1]
    assert entra.get("/organization")


def test_begins_anew_with_a_file_that_it_cannot_read(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "state"
    file.write_bytes(pickle.dumps({"another": "program"}))
    assert start(state=file)[1].control("GET", "/tenants") == []


def test_lets_a_copy_of_itself_write_a_large_world(tmp_path: Path) -> None:
    world, file = World(Clock()), tmp_path / "state"
    make_tenant(world, {"domain": "copied.example"})
    keeper = Keeper(world, file)
    keeper.save(by_copy=True)
    assert kept(file, "copied.example").users.keys() == tenant_of(world, "copied.example").users.keys()
    file.unlink()
    keeper.save(by_copy=True)
    assert not file.exists(), "nothing had changed"
    world.touch()
    keeper.save(by_copy=True)
    assert file.exists()


def test_writes_the_world_itself_when_the_copy_cannot(tmp_path: Path) -> None:
    world, file = World(Clock()), tmp_path / "state"
    make_tenant(world, {"domain": "copied.example"})
    (tmp_path / "state.copy").mkdir()  # in the copy's way
    Keeper(world, file).save(by_copy=True)
    assert kept(file, "copied.example")


def test_makes_the_same_people_with_the_same_seed() -> None:
    first, second = (made_up("1/a.example", "a.example", ["Germany"]) for _time in range(2))
    assert [next(first) for _person in range(50)] == [next(second) for _person in range(50)]


def test_holds_a_hundred_thousand_people(start: Start) -> None:
    process, running = start()
    entra = running.tenant(domain="large.example", users=100_000, groups=500)
    program = LargeTenant(running.url, SandboxControl(running.control_url), process.pid, 100_000)
    assert program.spent() < size.START
    assert program.peak() < size.MEMORY
    page = entra.get("/users?$top=999")
    assert len(page["value"]) == 999
    assert len(entra.get("/groups?$top=999")["value"]) == 502


def test_refuses_to_fill_a_tenant_from_a_wish_that_it_does_not_know(running: RunningSandbox) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        make_tenant(World(Clock()), {"domain": "a.example", "nonsense": 1})
