"""The reader against the sandbox's Haiilo, in each way in which that may answer, and what is said of its people."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from devtools.stack.sandbox_control import SandboxTenant
from graphclient import Reroutes
from onboarding.domain.desired import SecretText
from onboarding.haiilo import (
    Ability,
    Expected,
    HaiiloError,
    HaiiloScim,
    TokenRefused,
    Transport,
    TryLater,
    Unreadable,
    compare,
    new_session,
)
from tests.conftest import Sandbox
from tests.fixtures.graph import Waits

from .answers import USER

NAMES = [f"person{number}@people.example" for number in range(5)]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Platform:
    """A customer's platform in the sandbox, and a reader with its token; accounts are made as Entra makes them."""

    url: str
    tenant: SandboxTenant

    @property
    def host(self) -> str:
        return str(self.tenant["haiilo_host"])

    @property
    def admin(self) -> str:
        return f"company.admin@{self.host}"

    def reader(self, token: str = "", **more: Any) -> HaiiloScim:
        session = new_session(Reroutes({f"https://{self.host}": self.url}))
        transport = Transport(self.host, session, sleep=Waits(), **more)
        secret = SecretText(token or str(self.tenant["scim_token"]))
        return HaiiloScim(str(self.tenant["base_url"]), secret, transport=transport)

    def send(self, method: str, path: str, body: Any) -> Any:
        headers = {"Host": self.host, "Authorization": f"Bearer {self.tenant['scim_token']}"}
        address = f"{self.url}/api/scim/v2{path}"
        answer = requests.request(method, address, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def make(self, name: str, **more: Any) -> str:
        body = {"schemas": [USER], "userName": name, "name": {"givenName": "Eva", "familyName": "Berg"}, **more}
        return str(self.send("POST", "/Users", body)["id"])


@pytest.fixture
def make_platform(sandbox: Sandbox) -> Callable[..., Platform]:
    def make(product: str = "advocacy", **wishes: Any) -> Platform:
        name = f"read{next(_numbers)}"
        suffix = "haiilo.app" if product == "home" else "smarpshare.com"
        wishes = {"domain": f"{name}.example", "haiilo_host": f"{name}.{suffix}", "users": 3, "calm": True, **wishes}
        return Platform(sandbox.url, sandbox.control.make_tenant(product=product, **wishes))

    return make


@pytest.fixture
def platform(make_platform: Callable[..., Platform]) -> Platform:
    """Advocacy, with five people and the local Company Admin."""
    made = make_platform()
    for name in NAMES:
        made.make(name)
    return made


def listed(platform: Platform) -> list[str]:
    return sorted(user.user_name for user in platform.reader().users(2))


def everybody(platform: Platform) -> list[str]:
    return sorted([*NAMES, platform.admin])


@pytest.mark.parametrize(
    "reality",
    [
        {},
        {"haiilo_page_size": 1},
        {"haiilo_pages": "overlapping"},
        {"haiilo_pages": "all_at_once"},
        {"haiilo_total": "too_low"},
        {"haiilo_total": "unsaid"},
        {"haiilo_total": "of_the_page"},
        {"haiilo_active": "as_text"},
        {"haiilo_reads": "blocked"},
    ],
    ids=str,
)
def test_lists_everybody(platform: Platform, reality: dict[str, Any]):
    platform.tenant.answer_as(**reality)
    assert listed(platform) == everybody(platform)
    assert {user.active for user in platform.reader().users()} == {True}
    assert platform.reader().abilities(NAMES[0]).ability is Ability.LISTS


@pytest.mark.parametrize(
    ("reality", "error"),
    [
        ({"haiilo_pages": "always_the_first"}, Unreadable),
        ({"haiilo_pages": "from_zero"}, Unreadable),
        ({"haiilo_total": "too_high"}, Unreadable),
        ({"haiilo_reads": "web_page"}, Unreadable),
        ({"haiilo_reads": "busy"}, TryLater),
        ({"haiilo_users": "list_forbidden"}, HaiiloError),
        ({"haiilo_users": "filter_required"}, HaiiloError),
        ({"haiilo_users": "neither"}, HaiiloError),
    ],
    ids=str,
)
def test_calls_nobody_missing_where_the_list_is_not_whole(
    platform: Platform, reality: dict[str, Any], error: type[HaiiloError]
):
    platform.tenant.answer_as(**reality)
    with pytest.raises(error):
        listed(platform)


@pytest.mark.parametrize(
    ("reality", "ability", "lists", "finds"),
    [
        ({"haiilo_users": "list_forbidden"}, Ability.FINDS, False, True),
        ({"haiilo_users": "filter_required"}, Ability.FINDS, False, True),
        ({"haiilo_pages": "always_the_first"}, Ability.FINDS, False, True),
        ({"haiilo_users": "neither"}, Ability.FORBIDDEN, False, False),
        ({"haiilo_reads": "web_page"}, Ability.NOT_SCIM, False, False),
        ({"haiilo_reads": "busy"}, Ability.SILENT, None, None),
    ],
    ids=str,
)
def test_finds_out_what_may_be_asked(
    platform: Platform, reality: dict[str, Any], ability: Ability, lists: bool | None, finds: bool | None
):
    platform.tenant.answer_as(**reality)
    found = platform.reader().abilities(NAMES[0])
    assert (found.ability, found.lists, found.finds) == (ability, lists, finds)
    assert found.retry_after == (120.0 if ability is Ability.SILENT else None)


def test_says_that_haiilo_is_slow_and_not_that_nobody_is_there(platform: Platform):
    platform.tenant.switch(F33={"seconds": 2})
    reader = platform.reader(read_seconds=0.1)
    assert reader.abilities(NAMES[0]).ability is Ability.SILENT
    with pytest.raises(TryLater, match="timed out"):
        reader.by_user_name(NAMES[0])


def test_says_that_the_token_is_refused(platform: Platform):
    reader = platform.reader(token="hat_of_somebody_else")
    assert reader.abilities().ability is Ability.TOKEN_REFUSED
    with pytest.raises(TokenRefused):
        reader.by_user_name(NAMES[0])


def test_says_that_somebody_else_answers_at_a_host_without_a_platform(make_platform: Callable[..., Platform]):
    there = make_platform()
    elsewhere = {"haiilo_host": "nobody.smarpshare.com", "base_url": "https://nobody.smarpshare.com/api/scim/v2"}
    gone = replace(there, tenant=replace(there.tenant, made={**there.tenant.made, **elsewhere}))
    assert gone.reader().abilities().ability is Ability.NOT_SCIM


@pytest.mark.parametrize(
    "name", ["o'neil+tag@people.example", 'quo"te\\d@people.example', "müller&co=1#2@people.example"]
)
def test_finds_names_with_every_sign(platform: Platform, name: str):
    identity = platform.make(name)
    assert [user.id for user in platform.reader().by_user_name(name)] == [identity]
    assert platform.reader().by_user_name(f"x{name}") == []


def test_tells_two_accounts_of_one_person(make_platform: Callable[..., Platform]):
    platform = make_platform()
    pilot = str(platform.tenant["pilot"]["user_name"])
    platform.make(pilot)
    platform.tenant.switch(F18=True)
    assert len(platform.reader().by_user_name(pilot)) == 2
    found = compare(platform.reader().users(2), [Expected("pilot", pilot)])
    assert [(each.attribute, len(each.accounts)) for each in found.twice] == [("user_name", 2)]
    assert (found.missing, found.others) == ((), 1)  # the Company Admin


def test_compares_home_both_ways(make_platform: Callable[..., Platform]):
    platform = make_platform("home")
    there, switched_off, stayed, old = (
        platform.make(name, externalId=f"id-{name}", emails=[{"type": "work", "value": name}]) for name in NAMES[:4]
    )
    replaced = [{"op": "Replace", "path": "active", "value": "False"}]
    patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": replaced}
    platform.send("PATCH", f"/Users/{switched_off}", patch)
    people = [
        Expected(f"id-{NAMES[0]}", NAMES[0], email="other@people.example", given="Eva", family="Berg"),
        Expected("somebody", NAMES[1], haiilo_id=switched_off),
        Expected(f"id-{NAMES[2]}", NAMES[2], should_be_there=False),
        Expected(f"id-{NAMES[4]}", NAMES[4]),
    ]
    found = compare(platform.reader().users(), people, made_by_entra=[old])
    assert [person.user_name for person in found.missing] == [NAMES[4]]
    assert [pair.account.id for pair in found.inactive] == [switched_off]
    assert [pair.account.id for pair in found.not_deactivated] == [stayed]
    assert [account.id for account in found.left_over] == [old]
    assert found.others == 1  # the Company Admin
    (different,) = found.different
    assert (different.pair.account.id, different.attribute, different.found) == (there, "email", NAMES[0])
    assert found.twice == ()


def test_names_nobody_as_active_whom_haiilo_does_not_tell_of(platform: Platform):
    platform.tenant.answer_as(haiilo_active="not_told")
    found = compare(platform.reader().users(), [Expected("x", NAMES[0], should_be_there=False)])
    assert [pair.account.user_name for pair in found.unclear] == [NAMES[0]]
    assert found.not_deactivated == ()


def test_asks_haiilo_for_nothing_but_users_and_only_reads(platform: Platform):
    before = len(platform.tenant.journal(kind="scim"))
    listed(platform)
    platform.reader().abilities(NAMES[0])
    asked = platform.tenant.journal(kind="scim")[before:]
    assert len(asked) == 4 + 4
    assert {(each["method"], each["path"]) for each in asked} == {("GET", "/api/scim/v2/Users")}
