"""Starting, watching and ending programs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.stack import ports
from devtools.stack.processes import DidNotStart, Program, Supervisor, command_line, end_stale, wait_until

from .until_a_signal import UNTIL_A_SIGNAL

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


def program(code: str, name: str = "sleeper", within: float = 20) -> Program:
    return Program(name, [sys.executable, "-c", code], os.environ, lambda log: "up" in log, within)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path)
    yield made
    made.stop()


def is_gone(pid: int) -> bool:
    return not command_line(pid)


def test_waits_until_a_program_is_healthy_and_ends_it(supervisor):
    child = supervisor.start(program(SLEEPER))
    assert child.running
    assert child.written().strip() == "up"
    supervisor.stop()
    assert is_gone(child.pid)


def test_ends_grandchildren_too(supervisor):
    code = (
        "import subprocess, sys, time\n"
        f"print(subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).pid, flush=True)\n"
        "time.sleep(60)"
    )
    child = supervisor.start(program(code))
    grandchild = int(child.written().split()[0])
    child.kill()
    assert wait_until(lambda: is_gone(grandchild), 20)


def test_shows_the_end_of_the_log_of_a_program_that_ends(supervisor):
    with pytest.raises(DidNotStart, match=r"(?s)sleeper ended with status 3\..*no such thing"):
        supervisor.start(program("import sys; print('no such thing'); sys.exit(3)"))


def test_gives_up_on_a_program_that_never_gets_healthy(supervisor):
    with pytest.raises(DidNotStart, match="not healthy within 0 s"):
        supervisor.start(program(SLEEPER.replace("up", "down"), within=0.2))


def test_notices_a_program_that_falls(supervisor):
    child = supervisor.start(program(SLEEPER))
    assert supervisor.fallen() == []
    os.kill(child.pid, signal.SIGKILL)
    assert wait_until(lambda: supervisor.fallen() == [child], 20)


def test_ends_what_an_earlier_run_left_behind(supervisor, tmp_path, capsys):
    left = supervisor.start(program(SLEEPER))
    end_stale(tmp_path / "sleeper.pid")
    assert wait_until(lambda: not left.running, 20)
    assert "of an earlier run" in capsys.readouterr().err
    assert not (tmp_path / "sleeper.pid").exists()


def test_leaves_another_program_with_the_same_number_alone(supervisor, tmp_path):
    child = supervisor.start(program(SLEEPER))
    note = tmp_path / "other.pid"
    note.write_text(json.dumps({"pid": child.pid, "command": ["valkey-server", "--port", "1"]}))
    end_stale(note)
    assert child.running
    assert not note.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"pid": "x", "command": []}', "{"])
def test_survives_a_damaged_note(tmp_path, text):
    note = tmp_path / "x.pid"
    note.write_text(text)
    end_stale(note)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_takes_its_children_along_when_it_is_interrupted(tmp_path, number):
    code = (
        f"{UNTIL_A_SIGNAL}\n"
        "import sys\n"
        "from pathlib import Path\n"
        "from devtools.stack.processes import Interrupted, Program, Supervisor, interruptible\n"
        "with interruptible():\n"
        "    supervisor = Supervisor(Path(sys.argv[1]))\n"
        "    try:\n"
        f"        command = [sys.executable, '-c', {SLEEPER!r}]\n"
        "        program = Program('child', command, os.environ, lambda log: 'up' in log)\n"
        "        print(supervisor.start(program).pid, flush=True)\n"
        "        until_a_signal()\n"
        "    except Interrupted:\n"
        "        pass\n"
        "    finally:\n"
        "        supervisor.stop()\n"
    )
    launcher = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with launcher:
        assert launcher.stdout
        child = int(launcher.stdout.readline())
        launcher.send_signal(number)
        assert launcher.wait(20) == 0
    assert is_gone(child)


def test_takes_the_next_port_and_says_so():
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not ports.is_free(taken)
        chosen = ports.choose(taken, "pages")
        assert chosen.number > taken
        assert f"Port {taken} for the pages is taken" in chosen.note
        assert str(chosen.number) in chosen.note


def test_takes_the_preferred_port_without_a_word():
    number = ports.free()
    assert ports.choose(number, "pages") == ports.Port(number)


def test_does_not_promise_one_port_twice():
    number = ports.free()
    assert ports.choose(number, "sandbox", taken=frozenset({number})).number != number
