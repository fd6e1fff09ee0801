"""The customers of a rehearsal: a CSV file with the columns name,domain,product,host,users,groups."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devtools.stack.host_suffixes import HOST_SUFFIXES

COLUMNS = ("name", "domain", "product", "host", "users", "groups")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
MOST_USERS = 200_000
NAMES = ("Contoso", "Fabrikam", "Northwind", "Adatum", "Litware", "Proseware", "Tailwind", "Wingtip")
GROUPS = ("Germany", "Finland", "Netherlands")


class BadFile(ValueError):
    """The file cannot be used; the message has one line per fault, with the row's number."""


@dataclass(frozen=True)
class Customer:
    """One customer to bring to live. `users` are assigned directly; the sandbox adds a group, a guest and others."""

    name: str
    domain: str
    product: str
    host: str
    users: int
    groups: tuple[str, ...]


def default(count: int, users: int) -> list[Customer]:
    """`count` customers with made-up names and `users` directly assigned users each."""
    return [_default(number, users) for number in range(count)]


def _default(number: int, users: int) -> Customer:
    again, index = divmod(number, len(NAMES))
    name = NAMES[index] + (f" {again + 1}" if again else "")
    label = name.lower().replace(" ", "")
    return Customer(name, f"{label}.example", "advocacy", f"{label}.smarpshare.com", users, GROUPS)


def write(path: Path, customers: list[Customer]) -> None:
    """Write what `read` reads."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for each in customers:
            out.writerow([each.name, each.domain, each.product, each.host, each.users, ";".join(each.groups)])


def read(path: Path) -> list[Customer]:
    """The customers of the file. Raises BadFile."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
            columns = set(rows[0]) - {None} if rows else set()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error
    if not rows:
        raise BadFile(f"{path} has no customers. The first line must be: {','.join(COLUMNS)}")
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise BadFile(f"{path} lacks the column(s) {', '.join(missing)}. The first line must be: {','.join(COLUMNS)}")
    cells = [{column: (row[column] or "").strip() for column in COLUMNS} for row in rows]
    faults = [f"row {number}: {fault}" for number, row in enumerate(cells, 2) for fault in _faults(row)]
    faults += _doubles(cells)
    if faults:
        raise BadFile(f"{path} cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    return [_customer(row) for row in cells]


def _customer(row: dict[str, str]) -> Customer:
    groups = tuple(group.strip() for group in row["groups"].split(";") if group.strip())
    product = row["product"].lower()
    return Customer(row["name"], row["domain"].lower(), product, row["host"].lower(), int(row["users"]), groups)


def _faults(row: dict[str, str]) -> Iterator[str]:
    if not row["name"]:
        yield "name is empty"
    if not DOMAIN.fullmatch(row["domain"].lower()):
        yield f"domain “{row['domain']}” is no domain name such as contoso.example"
    if row["product"].lower() not in ("advocacy", "home"):
        yield f"product “{row['product']}” must be advocacy or home"
    yield from _faults_of_host(row["product"].lower(), row["host"])
    if not row["users"].isascii() or not row["users"].isdigit() or not 1 <= int(row["users"]) <= MOST_USERS:
        yield f"users “{row['users']}” must be a number from 1 to {MOST_USERS}"
    if row["product"].lower() == "advocacy" and not row["groups"].strip(" ;"):
        yield "groups is empty; Advocacy needs at least one, several are separated by ;"


def _faults_of_host(product: str, host: str) -> Iterator[str]:
    allowed = HOST_SUFFIXES.get(product, ())
    if not DOMAIN.fullmatch(host.lower()):
        yield f"host “{host}” is no host name such as contoso.smarpshare.com"
    elif allowed and host.lower().partition(".")[2] not in allowed:
        ends = " or ".join(f".{suffix}" for suffix in allowed)
        yield f"host “{host}” of an {product.title()} customer must be one name before {ends}"


def _doubles(rows: list[dict[str, str]]) -> Iterator[str]:
    for column in ("name", "domain", "host"):
        first: dict[str, int] = {}
        for number, row in enumerate(rows, 2):
            value = row[column].lower()
            if value and value in first:
                yield f"row {number}: {column} “{row[column]}” is in row {first[value]} already"
            first.setdefault(value, number)
