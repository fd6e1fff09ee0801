"""What an endpoint lets us ask, and what it means where it does not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onboarding.haiilo import Abilities, Ability, HaiiloScim
from tests.graphclient.graph_stub import DROP, Answering, Asked, GraphStub, Reply

from .answers import USERS, account, page, platform, refusal

ALL = [account(number) for number in range(1, 4)]
KNOWN = ALL[1]["userName"]
HTML = Reply(200, body=b"<html><title>Haiilo</title></html>")


def told(listing: Answering, searching: Answering) -> Callable[[Asked], Reply]:
    """One answer to a list, another one to a search."""

    def answer(asked: Asked) -> Reply:
        chosen = searching if "filter" in asked.query else listing
        return chosen if isinstance(chosen, Reply) else chosen(asked)

    return answer


def pages(first: Reply, other: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: first if asked.query["startIndex"] == "1" else other


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lists_and_finds(far: GraphStub, reader: HaiiloScim, count: int):
    far.on("GET", USERS, platform(ALL[:count]))
    assert reader.abilities() == Abilities(Ability.LISTS, True, True, count)
    assert len(far.asked) <= 4


@pytest.mark.parametrize(
    ("listing", "searching", "ability", "lists", "finds"),
    [
        # a list, and a search that is refused, or ignored, or finds nobody who is there
        (platform(ALL), refusal(403), Ability.LISTS, True, False),
        (platform(ALL), page(*ALL), Ability.LISTS, True, False),
        (platform(ALL), page(), Ability.LISTS, True, False),
        (platform(ALL), refusal(503), Ability.LISTS, True, None),
        # the first page for ever; a total and nothing behind it
        (page(ALL[0], total=3), platform(ALL), Ability.FINDS, False, True),
        (page(ALL[0], total=3), refusal(400), Ability.NEITHER, False, False),
        (pages(page(*ALL[:2], total=3), page(total=3)), refusal(400), Ability.NEITHER, False, False),
        (pages(Reply(200, {"Resources": ALL[:2]}), page()), refusal(400), Ability.LISTS, True, False),
        # the same one to every search
        (refusal(403), page(ALL[1]), Ability.NEITHER, False, False),
        # no list
        (refusal(403), platform(ALL), Ability.FINDS, False, True),
        (refusal(400, scimType="tooMany"), platform(ALL), Ability.FINDS, False, True),
        (HTML, platform(ALL), Ability.FINDS, False, True),
        (refusal(400), refusal(501), Ability.NEITHER, False, False),
        (refusal(403), refusal(400), Ability.NEITHER, False, False),
        (refusal(403), page(*ALL), Ability.NEITHER, False, False),
        (refusal(403), refusal(403), Ability.FORBIDDEN, False, False),
        # nobody, and nobody: is that the truth?
        (page(), page(), Ability.UNPROVED, None, None),
        (refusal(403), page(), Ability.UNPROVED, False, None),
        # no answer
        (DROP, DROP, Ability.SILENT, None, None),
        (refusal(503), refusal(503), Ability.SILENT, None, None),
        (refusal(403), DROP, Ability.SILENT, False, None),
        # somebody else answers
        (HTML, HTML, Ability.NOT_SCIM, False, False),
        (Reply(403, body=b"<html>firewall"), Reply(403, body=b"<html>firewall"), Ability.NOT_SCIM, False, False),
        (Reply(302, headers={"Location": "https://x.example"}), HTML, Ability.NOT_SCIM, False, False),
    ],
)
def test_tells_each_kind_of_endpoint(
    far: GraphStub,
    reader: HaiiloScim,
    listing: Answering,
    searching: Answering,
    ability: Ability,
    lists: bool | None,
    finds: bool | None,
):
    far.on("GET", USERS, told(listing, searching))
    found = reader.abilities(KNOWN)
    assert (found.ability, found.lists, found.finds) == (ability, lists, finds)


def test_asks_no_more_with_a_token_that_is_refused(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, refusal(401, "The access token is not valid."))
    found = reader.abilities(KNOWN)
    assert found == Abilities(Ability.TOKEN_REFUSED, reason="401 The access token is not valid.")
    assert len(far.asked) == 1


def test_proves_no_search_without_somebody_to_look_for(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, told(refusal(403), platform(ALL)))
    assert reader.abilities().ability is Ability.UNPROVED
    assert reader.abilities("nobody.of.theirs@contoso.example").ability is Ability.UNPROVED
    assert reader.abilities(KNOWN).ability is Ability.FINDS


def test_says_how_long_to_wait(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, refusal(429, headers={"Retry-After": "600"}))
    found = reader.abilities()
    assert (found.ability, found.retry_after) == (Ability.SILENT, 600.0)


def test_shows_no_name_in_its_reason(far: GraphStub, reader: HaiiloScim):
    def quoting(asked: Asked) -> Reply:
        return refusal(400, f"cannot read {asked.query.get('filter', 'a list')}")

    far.on("GET", USERS, told(page(ALL[0], total=3), quoting))
    found: Any = reader.abilities(KNOWN)
    assert "user" not in found.reason.replace("userName", "")
    assert found.reason.startswith("400 cannot read")
