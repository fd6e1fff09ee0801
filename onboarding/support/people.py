"""People as a bundle tells them: in numbers, by causes, and on request some object ids for Microsoft to look up."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.db import connection

from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.standings import Standing
from onboarding.engine.load_desired import headcount
from onboarding.models import Onboarding, Person
from onboarding.models.person import mark_in
from onboarding.people.failures import MAX_GROUPS, failures
from onboarding.support.shapes import LEFT_OUT, attributes, code, guid, moment, unknown

NOBODY = "nobody is known by an id yet: neither the assignments nor Microsoft's log have told of anybody"
NOT_LOGGED = "Microsoft's log has told of nobody, or could not be read: see provisioning_log"
OF_EACH_CAUSE = 3
TOLD = ("source_id", "standing", "result", "action", "code", "event_id", "at", "user_name")
ACTIONS = frozenset({"create", "update", "delete", "disable", "stageddelete", "other", "none"})
MOST_IDS = MAX_GROUPS * OF_EACH_CAUSE


def numbers(onboarding: Onboarding) -> dict[str, Any]:
    """How many are where, by whose word, and when that was told. No query."""
    found = headcount(onboarding)
    return {
        "in_haiilo": found.in_haiilo,
        "in_haiilo_told_by": found.source.value or "nobody",
        "in_haiilo_as_of": moment(found.as_of),
        "in_scope": found.in_scope,
        "scope_read_at": moment(found.scope_read_at),
        "haiilos_list_read_at": moment(found.haiilo_read_at),
        "by_standing": {each.value: found.of(each) for each in Standing} if found.standings else unknown(NOBODY),
        "by_result_in_microsofts_log": _results(found),
    }


def _results(found: Headcount) -> dict[str, Any]:
    if found.is_empty:
        return unknown(NOT_LOGGED)
    return {each.value: found.result(each) for each in Person.Result}


def causes(onboarding: Onboarding) -> list[dict[str, Any]]:
    """Why people are not as they should be, the most frequent first. One query."""
    return [_cause(each) for each in failures(onboarding)]


def _cause(found: Failure) -> dict[str, Any]:
    return {
        "people": found.count,
        "standing": str(found.standing),
        "code": found.code and code(found.code),
        "known_words": mark_in(found.reason),
        "empty_attributes": found.lacking and attributes(found.lacking),
        "place_in_scope": str(found.scope),
        "haiilo_says": str(found.in_haiilo),
    }


def some_by_cause(onboarding: Onboarding) -> list[dict[str, Any]]:
    """Some of each frequent cause, by their object ids in Entra ID and the newest row of Microsoft's log about each.
    Nobody whose name was erased. One query on PostgreSQL.
    """
    largest = sorted(onboarding.causes.items(), key=lambda each: (-each[1], each[0]))[:MAX_GROUPS]
    named = Person.objects.filter(onboarding=onboarding.pk, erased_at=None).only(*TOLD).order_by("user_name", "pk")
    parts = [named.filter(cause=cause)[:OF_EACH_CAUSE] for cause, _count in largest]
    if not parts:
        return []
    if connection.features.supports_slicing_ordering_in_compound:
        return [_person(row) for row in parts[0].union(*parts[1:], all=True)]
    return [_person(row) for row in chain.from_iterable(parts)]


def _person(row: Person) -> dict[str, Any]:
    return {
        "object_id": guid(row.source_id),
        "standing": row.standing,
        "result": row.result,
        "action": row.action if row.action.lower() in ACTIONS else row.action and LEFT_OUT,
        "code": row.code and code(row.code),
        "log_row": row.event_id and guid(row.event_id),
        "at": moment(row.at),
    }
