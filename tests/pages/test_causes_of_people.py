"""Each who is not as they should be counts in one group, whose filter shows exactly those who count in it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.urls import reverse

from onboarding.models import clock

from .desk import people, read

CAUSES = "What keeps people from being as they should be"
NO_GROUP = {"result": "failed", "code": "BadRequest", "reason": "400.76 Group does not exist: Suomi"}
CONFLICT = {"result": "failed", "code": "EntryConflict", "reason": "There is one already."}

Rows = list[dict[str, Any]]


def groups(now: datetime) -> dict[str, Rows]:
    """A part of the sentence of each group, and rows that count in it, however else they differ."""
    later, at = now + timedelta(hours=1), now.timestamp()
    had = {"last": "outside", "created": at}
    left = {"result": "skipped", "code": "NotEffectivelyEntitled", "seen": had}
    unassigned = {"scope": "out", "scope_at": later}
    there = {"seen": {"last": "created", "created": at}, "in_haiilo_at": later}
    kept = {"result": "failed", "action": "delete", "code": "InternalServerError", "seen": had | {"last": "failed"}}
    several = {"result": "", "seen": {}, "scope": "in", "scope_at": later, "in_haiilo": "twice", "in_haiilo_at": later}
    return {
        "more than one account for this person. Merge": [
            there | {"in_haiilo": "twice"},
            CONFLICT | there | {"in_haiilo": "twice"},
        ],
        "Microsoft links none of several": [
            several,
            several | {"result": "removed", "seen": {"last": "removed", "removed": at}},
        ],
        "No longer in scope, and still in Haiilo": [
            left,
            left | {"scope": "disabled"},
            unassigned | {"seen": had | {"last": "created"}},
            CONFLICT | unassigned | {"seen": had | {"last": "failed"}},
        ],
        "Haiilo failed at that moment": [kept],
        "Haiilo has none now": [there | {"in_haiilo": "absent"}] * 2,
        "The account is disabled in Haiilo": [there | {"in_haiilo": "inactive"}] * 3,
        "Haiilo has another account": [CONFLICT, CONFLICT | {"in_haiilo": "absent"}],
        "not the name of a Haiilo group": [NO_GROUP],
    }


def test_groups_each_by_what_explains_it_and_shows_exactly_those(alice, customer):
    wanted = groups(clock.now())
    for rows in wanted.values():
        for row in rows:
            people(customer, 1, **row)
    html = alice.get(reverse("people", args=[customer.pk])).content.decode()
    listed = html[html.index(CAUSES) : html.index("people_search")]
    found = re.findall(r'<li class="stack".*?href="([^"]+)".*?<p><bdi>([^<]+)<', listed, re.DOTALL)
    assert len(found) == len(wanted)
    seen: list[str] = []
    for part, rows in wanted.items():
        [(href, sentence)] = [each for each in found if part in unescape(each[1])]
        page = read(alice.get(unescape(href)))
        names = re.findall(r"p\d{4}@contoso\.example", page.text)
        assert len(names) == len(rows), part
        assert page.text.count(unescape(sentence)) == len(rows) + 1, "the group says it, and the row of each"
        seen += names
    assert len(set(seen)) == len(seen) == sum(len(rows) for rows in wanted.values())
