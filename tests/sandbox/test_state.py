import json
import os
import pickle
import signal
import subprocess
import sys
import time

import pytest

from bench import size
from bench.large_tenant import LargeTenant
from devtools.stack import ports
from devtools.stack.sandbox_control import SandboxControl
from sandbox.clock import Clock
from sandbox.names import made_up
from sandbox.seeding import make_tenant
from sandbox.store import Keeper, load
from sandbox.world import World

from .conftest import RunningSandbox

SOON = 20.0


@pytest.fixture
def start(tmp_path):
    """Start the program; keyword arguments are its options."""
    server = []

    def begin(**options):
        port, control = ports.free(), ports.free()
        command = [sys.executable, "-m", "sandbox", "--port", str(port), "--control-port", str(control)]
        for key, value in options.items():
            command += [f"--{key}", str(value)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        server.append(process)
        line = json.loads(process.stdout.readline())
        assert line["ready"] is True
        return process, RunningSandbox(f"http://{ports.HOST}:{port}", f"http://{ports.HOST}:{control}")

    yield begin
    for process in server:
        process.kill()
        process.wait(10)
        process.stdout.close()


def end(process, number=signal.SIGTERM):
    os.kill(process.pid, number)
    return process.wait(SOON)


def test_keeps_its_world_over_a_restart(start, tmp_path):
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


def test_keeps_it_also_when_it_is_killed(start, tmp_path):
    file = tmp_path / "state"
    process, running = start(state=file)
    entra = running.tenant(domain="killed.example")
    until = time.monotonic() + SOON
    while not (file.exists() and load(file).tenant_at("killed.example").consents):
        assert time.monotonic() < until
    end(process, signal.SIGKILL)
    entra.running = start(state=file)[1]
    assert entra.get("/organization")


def test_begins_anew_with_a_file_that_it_cannot_read(start, tmp_path):
    file = tmp_path / "state"
    file.write_bytes(pickle.dumps({"another": "program"}))
    assert start(state=file)[1].control("GET", "/tenants") == []


def test_lets_a_copy_of_itself_write_a_large_world(tmp_path):
    world, file = World(Clock()), tmp_path / "state"
    make_tenant(world, {"domain": "copied.example"})
    keeper = Keeper(world, file)
    keeper.save(by_copy=True)
    assert load(file).tenant_at("copied.example").users.keys() == world.tenant_at("copied.example").users.keys()
    file.unlink()
    keeper.save(by_copy=True)
    assert not file.exists(), "nothing had changed"
    world.touch()
    keeper.save(by_copy=True)
    assert file.exists()


def test_writes_the_world_itself_when_the_copy_cannot(tmp_path):
    world, file = World(Clock()), tmp_path / "state"
    make_tenant(world, {"domain": "copied.example"})
    (tmp_path / "state.copy").mkdir()  # in the copy's way
    Keeper(world, file).save(by_copy=True)
    assert load(file).tenant_at("copied.example")


def test_makes_the_same_people_with_the_same_seed():
    first, second = (made_up("1/a.example", "a.example", ["Germany"]) for _time in range(2))
    assert [next(first) for _person in range(50)] == [next(second) for _person in range(50)]


def test_holds_a_hundred_thousand_people(start):
    process, running = start()
    entra = running.tenant(domain="large.example", users=100_000, groups=500)
    program = LargeTenant(running.url, SandboxControl(running.control_url), process.pid, 100_000)
    assert program.spent() < size.START
    assert program.peak() < size.MEMORY
    page = entra.get("/users?$top=999")
    assert len(page["value"]) == 999
    assert len(entra.get("/groups?$top=999")["value"]) == 502


def test_refuses_to_fill_a_tenant_from_a_wish_that_it_does_not_know(running):
    with pytest.raises(ValueError, match="nonsense"):
        make_tenant(World(Clock()), {"domain": "a.example", "nonsense": 1})
