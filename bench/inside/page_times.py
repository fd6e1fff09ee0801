"""What a page about people takes: the whole answer, and of it the statements about people, beside SQL by hand.

CPU of both processes, ours and the one of the database that serves it: what a page waits for on a calm machine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.inside import crowd, customers
from onboarding.customers import name_access
from onboarding.models import Onboarding, Person
from onboarding.people.failures import failures
from onboarding.staff.people import queries
from onboarding.web import hidden_text
from onboarding.web.paging import cursor as place

ROUNDS, WARM = 40, 3
PAGE = 101
"""Rows that a page asks for: those it shows, and one that tells whether there are more."""
LIST = (
    "SELECT * FROM onboarding_person WHERE onboarding_id = %s AND erased_at IS NULL {} ORDER BY user_name, id LIMIT 101"
)
ORDERED = "{} ORDER BY user_name, id LIMIT 101"
BEHIND = "AND (user_name, id) > (%s, %s)"
SEARCHED = "AND (UPPER(name) LIKE %s OR UPPER(user_name) LIKE %s)"
EXPORT = (
    "SELECT * FROM onboarding_person WHERE onboarding_id = %s AND erased_at IS NULL ORDER BY user_name, id LIMIT 100"
)
"""As many as an export asks for at first."""
ONE = "SELECT * FROM onboarding_person WHERE onboarding_id = %s AND id = %s"
NOBODY = "zzqx"
Ms = float


@dataclass(frozen=True)
class Asked:
    """A page, and the statement by hand that fetches its rows."""

    path: str
    sql: str
    given: Sequence[Any]


def taken(sizes: Sequence[int]) -> dict[str, dict[int, dict[str, float]]]:
    """Of each page at each size: 95th percentiles in ms, and how many statements it has at most."""
    made = {size: customers.make(f"crowd-{size}") for size in sizes}
    for size, each in made.items():
        crowd.people(each, size)
    crowd.analyze()
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # what other processes do for us would not be counted
    user, _portfolio = customers.staff()
    name_access.permit(user, allowed=True)
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(user)
    pages = {size: pages_of(each, user.pk) for size, each in made.items()}
    return {name: {size: _times(client, pages[size][name]) for size in sizes} for name in pages[sizes[0]]}


def pages_of(made: Onboarding, reader: int) -> dict[str, Asked]:
    """The pages that are measured, by name."""
    path, hide = reverse("people", args=[made.pk]), partial(hidden_text.hidden, onboarding=made, reader=reader)
    named = made.people.filter(erased_at=None).order_by("user_name", "pk")
    middle = named[named.count() // 2]
    deep = f"{path}?{urlencode({'after': hide(place(middle.user_name, middle.pk))})}"
    hit = middle.user_name[1:12]
    return {
        "users page": Asked(path, LIST.format(""), [made.pk]),
        "users page in the middle": Asked(deep, LIST.format(BEHIND), [made.pk, middle.user_name, middle.pk]),
        "users page searched": _searched(made, path, hit, hide),
        "users page searched in vain": _searched(made, path, NOBODY, hide),
        "users page of who failed": Asked(f"{path}?standing=failed", LIST.format("AND standing = 'failed'"), [made.pk]),
        "users page of who was removed": Asked(
            f"{path}?standing=gone", LIST.format("AND standing = 'gone'"), [made.pk]
        ),
        "users page of a cause": _of_a_cause(made, path),
        "users page of a finding": _of_words(made, path, "finding", "guest", "finding_codes"),
        "users page of a value that differs": _of_words(made, path, "differs", "given", "differs_in"),
        "a person's story": Asked(reverse("person", args=[made.pk, middle.pk]), ONE, [made.pk, middle.pk]),
        "the first bytes of the list as CSV": Asked(reverse("people_csv", args=[made.pk]), EXPORT, [made.pk]),
    }


def _of_a_cause(made: Onboarding, path: str) -> Asked:
    failure = failures(Onboarding.objects.get(pk=made.pk))[0]
    query = {name: value for name, value in vars(queries.filter_for(failure)).items() if value}
    word = made.people.filter(standing=failure.standing, code=failure.code).values_list("cause", flat=True)[0]
    return Asked(f"{path}?{urlencode(query)}", LIST.format("AND cause = %s"), [made.pk, word])


def _of_words(made: Onboarding, path: str, name: str, word: str, column: str) -> Asked:
    """Of those who have this word in the column, alone or among others."""
    there = made.people.filter(**{f"{column}__contains": word}).values_list(column, flat=True).distinct()
    words = list(there)
    alike = LIST.format(f"AND {column} = %s")
    sql = ORDERED.format(" UNION ALL ".join(f"({alike})" for _each in words))
    return Asked(f"{path}?{urlencode({name: word})}", sql, [given for each in words for given in (made.pk, each)])


def _searched(made: Onboarding, path: str, text: str, hide: Callable[[str], str]) -> Asked:
    like = f"%{text.upper()}%"
    return Asked(f"{path}?{urlencode({'s': hide(text)})}", LIST.format(SEARCHED), [made.pk, like, like])


def _times(client: Client, asked: Asked) -> dict[str, float]:
    """By turns, so that other load slows both alike."""
    rounds = [(_page(client, asked.path), _by_hand(asked)) for _round in range(WARM + ROUNDS)][WARM:]
    return {
        "page": p95([page for (page, _people, _count), _hand in rounds]),
        "people": p95([people for (_page, people, _count), _hand in rounds]),
        "by_hand": p95([hand for _page, hand in rounds]),
        "statements": max(count for (_page, _people, count), _hand in rounds),
    }


def _page(client: Client, path: str) -> tuple[Ms, Ms, int]:
    """Of one answer: all of it, its statements about people, and how many statements it has. Raises RuntimeError where
    it is no page.
    """
    spent: list[tuple[str, Ms]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = used()
        told = execute(sql, params, many, context)
        spent.append((sql, used() - began))
        return told

    began = used()
    with connection.execute_wrapper(note):
        answer = _answer(client, path)
    whole = used() - began
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return whole, sum(ms for sql, ms in spent if Person._meta.db_table in sql), len(spent)


def _answer(client: Client, path: str) -> Any:
    """The page; of an export, which is sent row by row, its head and its first row."""
    if not path.endswith(".csv"):
        return client.get(path)
    answer: Any = client.post(path)
    rows = iter(answer.streaming_content)
    next(rows), next(rows)
    return answer


def _by_hand(asked: Asked) -> Ms:
    with connection.cursor() as cursor:
        began = used()
        cursor.execute(asked.sql, asked.given)
        cursor.fetchall()
        return used() - began


def used() -> Ms:
    """Of this process and the database's, until now; where the system does not tell it so exactly, the time."""
    server: int = connection.connection.info.backend_pid
    told = Path(f"/proc/{server}/schedstat")
    if not told.exists():
        return time.perf_counter() * 1000
    return time.process_time() * 1000 + int(told.read_text().split()[0]) / 1e6


def p95(values: Sequence[float]) -> float:
    """That of which 95 in 100 are not more."""
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]
