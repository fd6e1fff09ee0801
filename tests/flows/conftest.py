"""The whole product as processes, driven by robots that act like people. One stack; each flow has own customers."""

from __future__ import annotations

import itertools
import os
import re
import secrets
from collections.abc import Callable, Iterator

import environ
import playwright.sync_api as playwright
import psycopg
import pytest
from psycopg import sql

from devtools.robots import expectation
from devtools.robots.customers import Customer
from devtools.robots.people import StaffMember
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer
from devtools.stack.processes import wait_until
from devtools.stack.progress import say
from devtools.stack.stack import Stack, StackOptions

STAFF = "alice"
SOON = 60.0  # seconds; only a failure takes them
AT_CONSENT = re.compile(r'id="step_consent"[^>]*aria-current="step"')
_numbers = itertools.count(1)
FAST = {
    "SWEEP_SECONDS": "1",
    "LEASE_SECONDS": "5",  # a killed worker is missed that soon
    "QUIET_SECONDS": "2",
    "QUIET_LOOKS": "2",
}


@pytest.fixture(scope="session")
def stack_database(django_db_modify_db_settings: None) -> Iterator[str]:
    """A database of its own for the stack, on the suite's server; empty means SQLite in the stack's folder."""
    server = environ.Env().db_url("DATABASE_URL")
    if server["ENGINE"].endswith("sqlite3"):
        yield ""
        return
    name = f"flows_{secrets.token_hex(4)}"
    where = {"host": server["HOST"], "user": server["USER"], "password": server["PASSWORD"], "dbname": server["NAME"]}
    where |= {"port": server["PORT"]} if server["PORT"] else {}
    with psycopg.connect(**where, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, stack_database: str) -> Iterator[Stack]:
    """Broker, sandbox, web, worker and beat in a throw-away folder."""
    folder = tmp_path_factory.mktemp("stack")
    made = Stack(StackOptions(folder, database_url=stack_database, pace=30, speed=600, seed=1, environment=FAST))
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def password(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Alice's, who is of the portfolio."""
    path = tmp_path_factory.mktemp("staff") / "password"
    path.write_text(secrets.token_urlsafe(18))
    stack.manage("add_staff", "--user-name", STAFF, "--password-file", str(path), "--portfolio", "Customer success")
    return path.read_text()


@pytest.fixture(scope="session")
def staff(stack: Stack, password: str) -> StaffMember:
    """Alice with a browser of her own, signed in. Once: a password takes a third of a second of the processor."""
    alice = StaffMember(stack.public_url)
    alice.sign_in(STAFF, password)
    return alice


@pytest.fixture
def rehearsal(stack: Stack, staff: StaffMember) -> Rehearsal:
    """Nobody on the way yet."""
    return Rehearsal(stack, staff, say)


@pytest.fixture(scope="session")
def new_customer() -> Callable[..., Customer]:
    """Customers with fresh names."""

    def make(users: int = 4, product: str = "advocacy") -> Customer:
        label = f"flow{next(_numbers)}"
        host = f"{label}.smarpshare.com" if product == "advocacy" else f"{label}.haiilo.example"
        return Customer(label.title(), f"{label}.example", product, host, users, ("Germany", "Finland"))

    return make


@pytest.fixture
def invited(rehearsal: Rehearsal, staff: StaffMember, new_customer: Callable[..., Customer]) -> RehearsedCustomer:
    """A customer whose admin has a link; their tenant is known."""
    rehearsed = rehearsal.add(new_customer(users=1), calm=True)
    assert wait_until(lambda: AT_CONSENT.search(staff.open(rehearsed.account).html) is not None, SOON)
    staff.send_link(rehearsed.account)
    return rehearsed


@pytest.fixture
def browse(browser: playwright.Browser, stack: Stack) -> Iterator[Callable[..., playwright.Page]]:
    """A browser of one's own, with a page in it. Whatever it complains about fails the test."""
    contexts: list[playwright.BrowserContext] = []
    complaints: list[str] = []

    def make(locale: str = "en-GB", *, scripts: bool = True) -> playwright.Page:
        context = browser.new_context(base_url=stack.public_url, locale=locale, java_script_enabled=scripts)
        context.set_default_timeout(SOON * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def differences(rehearsed: RehearsedCustomer) -> list[dict[str, str]]:
    """Between those in scope and those in Haiilo."""
    customer, tenant = rehearsed.account.customer, rehearsed.account.tenant
    wanted = expectation.expected(tenant.directory(), customer.product)
    assert len(wanted) > customer.users, "the sandbox adds a group's members and a guest"
    return expectation.mismatches(wanted, expectation.found(tenant.arrived(), customer.product))
