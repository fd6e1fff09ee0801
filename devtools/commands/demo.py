"""The whole product on this machine, with three customers at different stages. Ctrl-C stops it; the next run goes on.

Everything is kept in .demo/; remove that folder to begin anew.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from typing import Any

import requests

from devtools.robots.browser import NotOnThePage
from devtools.robots.customers import Customer
from devtools.robots.people import Refused, StaffMember
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer, Stuck
from devtools.stack.broker import NoBroker
from devtools.stack.ports import NoFreePort
from devtools.stack.processes import DidNotStart, Interrupted, interruptible
from devtools.stack.progress import doing, say
from devtools.stack.reports import ROOT, CommandFailed
from devtools.stack.sandbox_control import SandboxRefused
from devtools.stack.stack import Stack, StackOptions

FOLDER = ROOT / ".demo"
STAFF = "demo"
PERSON = ("--name", "Dana Berger", "--email", "dana.berger@haiilo.example", "--phone", "+49 40 5550 142")
GROUPS = ("Germany", "Finland", "Netherlands")
LIVE = Customer("Contoso", "contoso.example", "advocacy", "contoso.smarpshare.com", 24, GROUPS)
APPROVING = Customer("Fabrikam", "fabrikam.example", "advocacy", "fabrikam.smarpshare.com", 60, GROUPS)
INVITED = Customer("Northwind", "northwind.example", "advocacy", "northwind.smarpshare.com", 150, GROUPS)
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


def options() -> StackOptions:
    """The usual ports if they are free; a sandbox whose 40 minutes take 20 seconds, so that things can be watched."""
    return StackOptions(
        FOLDER, web_port=8000, sandbox_port=9400, control_port=9401, broker_port=6390, web_workers=2, pace=15, speed=120
    )


def staff_password(stack: Stack) -> str:
    """Made once, kept in the folder."""
    path = FOLDER / "keys" / "staff-password"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(12) + "\n")
        path.chmod(0o600)
        account = ("--user-name", STAFF, "--password-file", str(path), "--portfolio", "Customer success")
        stack.manage("add_staff", *account, *PERSON)
    return path.read_text().strip()


def seed(stack: Stack, password: str) -> dict[str, Any]:
    """Three customers at different stages, made once; returns what is to be said about the third one."""
    note = FOLDER / "customers.json"
    if note.exists():
        return dict(json.loads(note.read_text()))
    staff = StaffMember(stack.public_url)
    staff.sign_in(STAFF, password)
    rehearsal = Rehearsal(stack, staff, say)
    invited = rehearsal.add(INVITED, calm=True)
    approving, live = rehearsal.add(APPROVING, calm=True), rehearsal.add(LIVE, calm=True)

    def far_enough(each: RehearsedCustomer) -> bool:
        key, kind, _message = each.verdict
        return (
            each.live
            if each is live
            else key == "mappings" and kind == "todo"
            if each is approving
            else key == "consent"
        )

    with doing("Bringing three customers to different stages"):
        rehearsal.drive(until=far_enough)
    staff.send_link(invited.account)
    told = {"path": invited.account.link.removeprefix(stack.public_url), "tenant": dict(invited.account.tenant.made)}
    note.write_text(json.dumps(told))
    note.chmod(0o600)
    return told


def welcome(stack: Stack, password: str, invited: dict[str, Any]) -> str:
    """What a person needs to know."""
    tenant = invited["tenant"]
    return f"""
The dashboard runs: {stack.public_url}
  sign in as          {STAFF}
  password            {password}

Three customers are there: {LIVE.name} is live, {APPROVING.name} waits for you to approve its mapping,
{INVITED.name} has a link that its admin has not used yet. To play that admin, open the link in a private window:
  link                {stack.public_url}{invited["path"]}
  Microsoft user      {tenant["admin"]["user_name"]}
  password            {tenant["admin"]["password"]}
and afterwards as {STAFF}, where {INVITED.name} asks for Haiilo's access token and for a person to try:
  access token        {tenant["scim_token"]}
  pilot person        {tenant["pilot"]["user_name"]}

Microsoft and Haiilo are played by a sandbox on this machine; nothing leaves it. Logs: {FOLDER / "run"}
Ctrl-C stops everything; make demo goes on from there. To begin anew, remove {FOLDER}.
"""


def watch(stack: Stack) -> None:
    """Until interrupted. A program that ends by itself is started again, and that is said."""
    while True:
        for name in stack.fallen():
            say(f"{name} ended by itself; starting it again. Its log: {FOLDER / 'run' / name}.log")
            stack.restart(name)
        time.sleep(1)


def main() -> int:
    """Exit status 0 after Ctrl-C, 1 when something did not start."""
    with interruptible():
        stack: Stack | None = None
        try:
            stack = Stack(options())
            stack.start()
            password = staff_password(stack)
            print(welcome(stack, password, seed(stack, password)), flush=True)
            watch(stack)
        except Interrupted:
            say("\nStopping; make demo goes on from here.")
            return 0
        except FAILURES as problem:
            say(str(problem))
            return 1
        finally:
            if stack is not None:
                stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
