"""New customers to live without a browser, in a throw-away folder; the last line on stdout is one JSON object.

Exit status 0 only if every customer is live and Haiilo holds exactly the people in scope, attribute by attribute.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from devtools.robots import customers, expectation
from devtools.robots.browser import NotOnThePage
from devtools.robots.people import Refused, StaffMember
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer, Stuck
from devtools.stack.broker import NoBroker
from devtools.stack.ports import NoFreePort
from devtools.stack.processes import DidNotStart, Interrupted, interruptible
from devtools.stack.progress import say
from devtools.stack.reports import CommandFailed
from devtools.stack.sandbox_control import SandboxRefused
from devtools.stack.stack import Stack, StackOptions
from devtools.walk.arrived import untrue
from devtools.worlds.play import play
from devtools.worlds.table import WORLDS, named
from devtools.worlds.world import World

STAFF = "rehearsal"
SPEED = 600.0  # Microsoft's 40 minutes between two cycles take 4 seconds
PACE = 30.0
"""Never more than the speed: the product would give up what the sandbox has not shown yet."""
LOOKED_FOR = 300.0  # seconds at the pace of production that an unconfirmed change is looked for
PATIENCE = 45.0  # seconds without any movement, where a reality is played
FAILURES = (
    CommandFailed,
    DidNotStart,
    NoBroker,
    NoFreePort,
    NotOnThePage,
    Refused,
    SandboxRefused,
    Stuck,
    requests.RequestException,
)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200, help="directly assigned users of each customer")
    parser.add_argument("--by-group", action="store_true", help="the users are members of an assigned group instead")
    parser.add_argument("--customers", type=int, default=2)
    parser.add_argument(
        "--csv", type=Path, help=f"customers from a file with the columns {','.join(customers.COLUMNS)}"
    )
    parser.add_argument("--world", default="", help="one reality of docs/realities.md, all of them, or list")
    parser.add_argument("--speed", type=float, default=SPEED, help="how much faster than Microsoft the sandbox runs")
    parser.add_argument("--seed", type=int, default=1, help="the sandbox's chaos, repeatable")
    return parser.parse_args(words)


def choose_customers(wanted: argparse.Namespace, folder: Path) -> list[customers.Customer]:
    """Those of the CSV; a default one is written when none is given. Raises BadFile."""
    path = wanted.csv
    if path is None:
        if wanted.customers < 1:
            raise customers.BadFile("CUSTOMERS must be at least 1.")
        path = folder / "customers.csv"
        customers.write(path, customers.default(wanted.customers, wanted.users))
    return customers.read(path)


def new_stack(wanted: argparse.Namespace, folder: Path) -> Stack:
    """Everything that runs, not started yet; what production waits for is waited for at the pace."""
    pace = max(1.0, min(PACE, wanted.speed))
    quiet = {"QUIET_SECONDS": str(LOOKED_FOR / pace)}
    options = {"pace": pace, "speed": wanted.speed, "seed": wanted.seed, "environment": quiet}
    return Stack(StackOptions(folder / "stack", web_workers=2, **options))


def new_staff(stack: Stack, folder: Path) -> StaffMember:
    """A member of staff, signed in."""
    password = folder / "password"
    password.write_text(secrets.token_urlsafe(18) + "\n")
    account = ("--user-name", STAFF, "--password-file", str(password), "--portfolio", "Rehearsal")
    stack.manage("add_staff", *account, "--name", "Rowan Rehearsal", "--email", "rehearsal@haiilo.example")
    staff = StaffMember(stack.public_url)
    staff.sign_in(STAFF, password.read_text().strip())
    return staff


def assigned(row: customers.Customer, *, by_group: bool) -> tuple[customers.Customer, dict[str, int]]:
    """The customer, and what the tenant is made with besides: as many people, assigned directly or by a group."""
    return (replace(row, users=1), {"group_members": row.users}) if by_group else (row, {})


def account_of(rehearsed: RehearsedCustomer, staff: StaffMember) -> dict[str, Any]:
    """The result of one customer; `untrue`: what its pages tell that is not so."""
    customer, tenant = rehearsed.account.customer, rehearsed.account.tenant
    wanted = expectation.expected(tenant.directory(), customer.product)
    held = expectation.found(tenant.arrived(), customer.product)
    return {
        "name": customer.name,
        "live": rehearsed.live,
        "steps": [
            {key: step[key] for key in ("key", "kind", "seconds", "graph_calls")}
            for step in rehearsed.report.get("steps", [])
        ],
        "users_in_scope": len(wanted),
        "users_created": len(held),
        "mismatches": expectation.mismatches(wanted, held),
        "untrue": untrue(staff, rehearsed.account) if rehearsed.live else [],
    }


def totals(accounts: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Over all customers; seconds on the clock."""
    return {
        "seconds": round(seconds, 1),
        "graph_calls": sum(step["graph_calls"] for account in accounts for step in account["steps"]),
        "customers": len(accounts),
        "users": sum(account["users_created"] for account in accounts),
    }


def rehearse(wanted: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Everything; returns what is printed. Raises one of FAILURES or BadFile."""
    rows, started = choose_customers(wanted, folder), time.monotonic()
    stack = new_stack(wanted, folder)
    stack.start()
    try:
        staff = new_staff(stack, folder)
        rehearsal = Rehearsal(stack, staff, say)
        problem = ""
        try:
            for row in rows:
                customer, options = assigned(row, by_group=wanted.by_group)
                rehearsal.add(customer, **options)
            rehearsal.drive()
        except FAILURES as error:
            problem = str(error)
        accounts = [account_of(each, staff) for each in rehearsal.customers]
        violations = stack.sandbox.violations()
    finally:
        stack.stop()
    result: dict[str, Any] = {"customers": accounts, "totals": totals(accounts, time.monotonic() - started)}
    return {**result, "violations": violations, **({"problem": problem} if problem else {})}


def play_worlds(wanted: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One reality, or all; returns what is printed. Raises one of FAILURES, or UnknownWorld."""
    worlds = chosen_worlds(wanted.world)
    stack = new_stack(wanted, folder)
    stack.start()
    try:
        played = play(Rehearsal(stack, new_staff(stack, folder), say), worlds, patience=PATIENCE)
        told = [each.told() for each in played]
        violations = stack.sandbox.violations()
    finally:
        stack.stop()
    return {"worlds": told, "violations": violations}


def chosen_worlds(name: str) -> list[World]:
    """The rows of that name; "all" are all of them. Raises UnknownWorld."""
    if name == "all":
        return list(WORLDS)
    world = named(name)
    if world is None:
        raise UnknownWorld(f"There is no reality “{name}”. There are:\n{listed()}")
    return [world]


class UnknownWorld(ValueError):
    """No row has that name; the message lists those that there are."""


def listed() -> str:
    """Every name with what differs, a line each."""
    return "\n".join(f"  {world.name:26} {world.differs}" for world in WORLDS)


def as_told(result: dict[str, Any]) -> bool:
    """Whether every reality ended as its row says, and no token was used in another tenant."""
    return all(each["as_told"] for each in result["worlds"]) and not result["violations"]


def succeeded(result: dict[str, Any]) -> bool:
    """Everybody live, nobody missing, wrong or too many, every page true, no token used in another tenant."""
    wrong = ("mismatches", "untrue")
    good = all(account["live"] and not any(account[name] for name in wrong) for account in result["customers"])
    return good and not result["violations"] and "problem" not in result


def main() -> int:
    """Print the result; exit status 0 only for success, 2 for a CSV that cannot be used."""
    wanted = arguments()
    if wanted.world == "list":
        print(listed())
        return 0
    with interruptible(), tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        try:
            if wanted.world:
                played = play_worlds(wanted, Path(folder))
                print(json.dumps(played, ensure_ascii=False), flush=True)
                return 0 if as_told(played) else 1
            result = rehearse(wanted, Path(folder))
        except (customers.BadFile, UnknownWorld) as error:
            say(str(error))
            return 2
        except Interrupted:
            say("Stopped.")
            return 130
        except FAILURES as error:
            result = {"customers": [], "totals": totals([], 0), "violations": [], "problem": str(error)}
    if "problem" in result:
        say(result["problem"])
    print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0 if succeeded(result) else 1


if __name__ == "__main__":
    sys.exit(main())
