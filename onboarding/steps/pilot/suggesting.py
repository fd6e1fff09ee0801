"""Whom to suggest as test users: few people who have each way to be assigned and each shape of data together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import GraphClient, User
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.suggested import Shape, Suggested, shapes_of
from onboarding.steps.pilot.naming import MOST
from onboarding.steps.scope.evidence import ScopeEvidence, ends_shown

DIRECT, BY_GROUP = _("assigned directly"), _("through the group “%(group)s”")
GUEST, NO_SURNAME = _("guest user"), _("no last name in Entra")
NO_COUNTRY, ODD_COUNTRY = _("no country in Entra"), _("country “%(value)s” in Entra")
ODD_NAME = _("special characters in the user name")
RARE = {
    Shape.NO_SURNAME: NO_SURNAME,
    Shape.OTHER_LETTERS: _("letters beyond those of English in the name"),
    Shape.APOSTROPHE: _("apostrophe in the name or user name"),
    Shape.LONG: _("very long name or user name"),
}
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
    """At most `MOST` people: the plainest one, then whoever has the most shapes that nobody chosen has; of equals the
    plainest. So as many shapes as can be are tried.
    """
    shapes = {each.account.id: _shapes(desired, each) for each in candidates}
    plain_first = sorted(candidates, key=lambda each: len(shapes[each.account.id]))
    chosen = plain_first[:1]
    covered = {shape for each in chosen for shape in shapes[each.account.id]}
    while len(chosen) < MOST:
        more = {each.account.id: len(shapes[each.account.id].keys() - covered) for each in plain_first}
        best = max(plain_first, key=lambda each: more[each.account.id], default=None)
        if best is None or not more[best.account.id]:
            break
        chosen.append(best)
        covered |= shapes[best.account.id].keys()
    return chosen


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
    shapes = set(shapes_of(account.raw))
    for shape, why in RARE.items():
        if shape in shapes:
            yield shape, say(why)
    if not is_guest and not PLAIN_NAME.fullmatch(account.user_principal_name):
        yield "odd_name", say(ODD_NAME)
    if "country" in account.raw and any(mapped.expression == "[country]" for mapped in desired.profile.mappings):
        yield from _country(account.country)


def _country(country: str) -> Iterator[tuple[str, Sentence]]:
    if not country.strip():
        yield "no_country", say(NO_COUNTRY)
    elif country != country.strip():
        yield "odd_country", say(ODD_COUNTRY, value=ends_shown(country))
