"""Whom to suggest as test users: one for each way to be assigned and each shape of data that there is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, User
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.suggested import Suggested
from onboarding.steps.pilot.naming import MOST
from onboarding.steps.scope.evidence import ScopeEvidence, ends_shown

DIRECT, BY_GROUP = _("assigned directly"), _("through the group “%(group)s”")
GUEST, NO_SURNAME = _("guest user"), _("no last name in Entra")
NO_COUNTRY, ODD_COUNTRY = _("no country in Entra"), _("country “%(value)s” in Entra")
ODD_NAME = _("special characters in the user name")
PLAIN_NAME = re.compile(r"[A-Za-z0-9.@_-]*")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be suggested, and the account as Entra has it."""

    offered: Suggested
    account: User


def read(graph: GraphClient, desired: Desired) -> tuple[Candidate, ...]:
    """The enabled accounts of those whom the roster and the scope offer. One request."""
    scope = desired.evidence_of(ScopeEvidence)
    sample = scope.sample if scope else ()
    offered = {each.id: Suggested(each.id, each.name, each.user_name) for each in sample}
    offered |= {each.id: each for each in desired.suggested}
    accounts = graph.users.many(offered) if offered else {}
    return tuple(
        Candidate(offered[found], user) for found, user in accounts.items() if user.account_enabled is not False
    )


def offers(desired: Desired, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """Those who are suggested, as a person chooses from them; JSON."""
    return [
        {
            "id": each.account.id,
            "name": each.account.display_name,
            "user_name": each.account.user_principal_name,
            "why": [sentence.as_json() for sentence in _shapes(desired, each).values()],
        }
        for each in choose(desired, candidates)
    ]


def choose(desired: Desired, candidates: Sequence[Candidate]) -> list[Candidate]:
    """At most `MOST` people who have all shapes together, the plainest of each first."""
    shapes = {each.account.id: _shapes(desired, each) for each in candidates}
    plain_first = sorted(candidates, key=lambda each: len(shapes[each.account.id]))
    chosen: dict[str, Candidate] = {}
    covered: set[str] = set()
    for each in plain_first:
        if not shapes[each.account.id].keys() <= covered and len(chosen) < MOST:
            chosen[each.account.id] = each
            covered |= shapes[each.account.id].keys()
    return list(chosen.values()) or list(plain_first[:1])


def _shapes(desired: Desired, candidate: Candidate) -> Mapping[str, Sentence]:
    """What this person stands for, by the name of the shape."""
    return dict(_shapes_of(desired, candidate))


def _shapes_of(desired: Desired, candidate: Candidate) -> Iterator[tuple[str, Sentence]]:
    offered, account = candidate.offered, candidate.account
    if offered.by == "direct":
        yield "direct", say(DIRECT)
    elif offered.by == "group":
        yield "group", say(BY_GROUP, group=offered.group)
    is_guest = offered.is_guest or account.user_type.lower() == "guest"
    if is_guest:
        yield "guest", say(GUEST)
    if "surname" in account.raw and not account.surname.strip():
        yield "no_surname", say(NO_SURNAME)
    if not is_guest and not PLAIN_NAME.fullmatch(account.user_principal_name):
        yield "odd_name", say(ODD_NAME)
    if "country" in account.raw and any(mapped.expression == "[country]" for mapped in desired.profile.mappings):
        yield from _country(account.country)


def _country(country: str) -> Iterator[tuple[str, Sentence]]:
    if not country.strip():
        yield "no_country", say(NO_COUNTRY)
    elif country != country.strip():
        yield "odd_country", say(ODD_COUNTRY, value=ends_shown(country))
