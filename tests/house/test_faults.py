"""The rig of `make faults`: its tools do what its experiments rely on, and nothing that it finds is passed over."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.commands import faults
from devtools.faults import far, results, server
from devtools.faults.commits import Hold, Journal
from devtools.faults.groups import GROUPS
from devtools.faults.kills import numbered
from devtools.faults.points import Gate, Moment, Point
from devtools.faults.results import Row
from devtools.faults.wire import Wire
from devtools.stack.ports import HOST

ROOT = Path(__file__).resolve().parent.parent.parent
APPLICATION = "/v1.0/servicePrincipals/0f0e0d0c-0000-4000-8000-000000000001/synchronization"
SOON = 60.0  # seconds; only a failure takes them


def test_is_a_command_whose_groups_can_be_chosen():
    told = subprocess.run(
        ["make", "-n", "faults", "ONLY=kills,broker"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = told.strip().splitlines()[-1].partition("devtools.commands.faults")[2].replace('"', "").split()
    assert faults.chosen(faults.arguments(words)) == ["kills", "broker"]
    assert faults.chosen(faults.arguments([])) == list(GROUPS)


def test_refuses_a_group_that_there_is_not(capsys):
    with pytest.raises(SystemExit):
        faults.arguments(["--only", "weather"])
    assert "no group weather" in capsys.readouterr().err


def test_refuses_an_experiment_that_the_group_has_not(capsys):
    with pytest.raises(SystemExit):
        faults.arguments(["--only", "acts", "--experiment", "delete_job"])
    assert "there are replacing, stopped_job, changed_mapping, deleted_job, stepping" in capsys.readouterr().err


@pytest.mark.parametrize("number", range(1, 21))
def test_names_each_fault_of_the_list(number):
    text = "".join(path.read_text() for path in (ROOT / "devtools" / "faults").glob("*.py"))
    assert re.search(rf"\bK{number}\b", text)


def test_has_a_server_that_keeps_what_it_has_acknowledged():
    with server.running() as made:
        made.ask("postgres", "CREATE TABLE kept (number int)")
        for number in range(3):
            made.ask("postgres", "INSERT INTO kept VALUES (%s)", number)
            made.restart()
        assert [row["number"] for row in made.ask("postgres", "SELECT number FROM kept ORDER BY number")] == [0, 1, 2]


# The table


def test_counts_as_held_only_what_was_run_and_recovered():
    row = Row("a fault", "nothing happens")
    assert not row.held
    row.add([], 3.0)
    assert row.held
    row.add(["C1: I1: 2 jobs"])
    assert (row.held, row.runs, row.recovered) == (False, 2, 1)
    assert "**broken**: C1: I1: 2 jobs" in row.line()
    assert not Row("a fault", "nothing", runs=1, recovered=1, not_run="no mount").held


@pytest.mark.parametrize(
    ("rows", "status"), [([], 1), ([Row("a", "b", 1, 1)], 0), ([Row("a", "b", 1, 0, broken=["x"])], 1)]
)
def test_ends_with_a_status_that_tells(rows, status):
    assert faults.judged({"kills": rows}) == status


def test_writes_the_sections_of_the_groups_that_were_run_and_keeps_the_others(tmp_path):
    page = tmp_path / "page.md"
    one, two = (results.section(name, "About.", [Row(name, "well", 1, 1)]) for name in ("kills", "broker"))
    results.write({"kills": one, "broker": two}, ["kills", "broker"], page)
    results.write({"broker": two.replace("About", "Anew")}, ["kills", "broker"], page)
    text = page.read_text()
    assert text.index("## kills") < text.index("## broker")
    assert (text.count("About."), text.count("Anew.")) == (1, 1)


# Points


def test_tells_the_create_from_the_test_of_the_credentials():
    create = far.Call("worker", "POST", f"{APPLICATION}/jobs", "t", 0.0)
    test = far.Call("worker", "POST", f"{APPLICATION}/jobs/validateCredentials", "t", 0.0)
    start = far.Call("worker", "POST", f"{APPLICATION}/jobs/scim.0123.4567/start", "t", 0.0)
    assert create.what == "POST /servicePrincipals/{id}/synchronization/jobs"
    assert len({create.what, test.what, start.what}) == 3
    assert (create.changes, test.changes, start.changes) == (True, False, True)


def test_numbers_what_comes_more_than_once():
    assert list(numbered(["a", "b", "a"])) == [("a", 1), ("b", 1), ("a", 2)]


def test_stops_a_customer_at_its_point_until_it_is_let_go():
    gate, went_on = Gate(), threading.Event()
    gate.know("7", "tenant-of-7")
    gate.arm("7", Point(Moment.BEFORE, "GET /users", 2))
    assert gate.passes("tenant-of-7", Moment.BEFORE, "GET /users") is None
    assert gate.passes("tenant-of-8", Moment.BEFORE, "GET /users") is None
    assert gate.passes("tenant-of-7", Moment.EFFECT, "GET /users") is None
    found: list[Point | None] = []

    def run() -> None:
        found.append(gate.passes("tenant-of-7", Moment.BEFORE, "GET /users"))
        went_on.set()

    threading.Thread(target=run, daemon=True).start()
    assert not went_on.wait(0.1)
    assert gate.reached("7")
    gate.let_go()
    assert went_on.wait(SOON)
    assert found == [Point(Moment.BEFORE, "GET /users", 2)]


# What is committed


def query(text: str) -> bytes:
    content = text.encode() + b"\0"
    return b"Q" + struct.pack("!i", len(content) + 4) + content


def test_reads_what_a_transaction_writes_and_for_whom():
    journal = Journal(Gate())
    reader = journal.tap()
    opening = struct.pack("!ii", 8, 80877103) + struct.pack("!ii", 8, 196608)
    said = opening + query("BEGIN") + query('SELECT 1 FROM "x" WHERE "onboarding_onboarding"."id" = 7 FOR UPDATE')
    said += query('UPDATE "onboarding_stepstate" SET "intents" = 1 WHERE "id" = 3')
    said += query('INSERT INTO "onboarding_event" ("a") VALUES (1)') + query("COMMIT")
    for start in range(0, len(said), 11):  # as it may come, in pieces
        reader.sent(said[start : start + 11])
    reader.sent(
        query('UPDATE "onboarding_onboarding" SET "leased_until" = NULL WHERE "onboarding_onboarding"."id" = 8')
    )
    reader.sent(query("BEGIN") + query('UPDATE "onboarding_link" SET "a" = 1') + query("ROLLBACK"))
    assert [(commit.name, commit.what) for commit in journal.commits] == [
        ("7", "update stepstate.intents, insert event"),
        ("8", "update onboarding.leased_until"),
    ]


def test_stops_a_statement_for_one_customer_before_the_server_has_it():
    journal = Journal(Gate())
    hold = Hold("7", lambda text: "stepstate" in text)
    journal.holds.append(hold)
    reader = journal.tap()
    reader.sent(struct.pack("!ii", 8, 196608) + query('SELECT "stepstate" WHERE "onboarding_id" = 8'))
    assert not hold.reached.is_set()
    thread = threading.Thread(target=reader.sent, args=(query('SELECT "stepstate" WHERE "onboarding_id" = 7'),))
    thread.start()
    assert hold.reached.wait(SOON)
    assert thread.is_alive()
    hold.go.set()
    thread.join(SOON)
    assert not thread.is_alive()


# The line


@contextlib.contextmanager
def echoing() -> Iterator[int]:
    """A server that says everything back."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    made, _address = listener.accept()
                    threading.Thread(target=echo, args=(made,), daemon=True).start()

        def echo(made: socket.socket) -> None:
            with contextlib.suppress(OSError), made:
                while data := made.recv(100):
                    made.sendall(data)

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])


@pytest.fixture
def wire() -> Iterator[Wire]:
    with echoing() as port:
        made = Wire(port)
        made.start()
        yield made
        made.stop()


def connected(wire: Wire) -> socket.socket:
    return socket.create_connection((HOST, wire.port), timeout=SOON)


def heard(connection: socket.socket, word: bytes) -> bytes:
    connection.sendall(word)
    return connection.recv(100)


def is_through(wire: Wire) -> bool:
    """Whether a new line passes a word on and back."""
    with contextlib.suppress(ConnectionError), connected(wire) as line:
        return heard(line, b"hello") == b"hello"
    return False


def test_passes_everything_on(wire):
    assert is_through(wire)


def test_resets_a_line_that_is_cut_and_takes_it_again_once_mended(wire):
    with connected(wire) as line:
        assert heard(line, b"hello") == b"hello"
        wire.cut()
        with pytest.raises(ConnectionError):
            line.recv(100)
    assert not is_through(wire)
    wire.mend()
    assert is_through(wire)


def test_says_nothing_while_it_is_frozen(wire):
    with connected(wire) as line:
        heard(line, b"hello")
        wire.freeze()
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            heard(line, b"again")
        wire.mend()
        line.settimeout(SOON)
        assert line.recv(100) == b"again"
