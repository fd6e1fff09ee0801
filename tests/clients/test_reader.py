"""The reader of Haiilo's accounts on scim2-server, a SCIM server that nobody here wrote."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from devtools.stack import ports
from devtools.stack.processes import Program, Supervisor
from graphclient import Reroutes
from onboarding.domain.desired import SecretText
from onboarding.haiilo import Abilities, Ability, HaiiloScim, HaiiloUser, TokenRefused, Transport, new_session
from tests.clients.strict import HOST, TOKEN

pytestmark = pytest.mark.clients

NAMES = [f"person{number}@people.example" for number in range(5)] + [
    'quo"te\\d@people.example',
    "müller@people.example",
]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture(scope="module")
def server(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where scim2-server listens, with these people in it."""
    port, supervisor = ports.free(), Supervisor(tmp_path_factory.mktemp("scim2-server"))
    command = [str(clients / "scim2-server"), "--port", str(port), "--bearer-token", TOKEN]
    url = f"http://{ports.HOST}:{port}"
    try:
        supervisor.start(Program("scim2-server", command, os.environ, lambda log: "Serving SCIM" in log))
        for name in NAMES:
            body = {
                "schemas": [USER],
                "userName": name,
                "externalId": f"id of {name}",
                "name": {"givenName": "Eva", "familyName": "Berg"},
                "emails": [{"value": "eva@people.example", "type": "work"}],
                "active": name != NAMES[0],
            }
            headers = {"Authorization": f"Bearer {TOKEN}"}
            requests.post(f"{url}/v2/Users", json=body, headers=headers, timeout=30).raise_for_status()
        yield url
    finally:
        supervisor.stop()


def reader(server: str, token: str = TOKEN) -> HaiiloScim:
    transport = Transport(HOST, new_session(Reroutes({f"https://{HOST}": server})))
    return HaiiloScim(f"https://{HOST}/v2", SecretText(token), transport=transport)


def read(user: HaiiloUser) -> tuple[object, ...]:
    return user.user_name, user.external_id, user.emails, user.active, user.given, user.family


@pytest.mark.parametrize("size", [1, 3, 7, 200])
def test_reads_every_account_whole(server: str, size: int):
    found = list(reader(server).users(size))
    assert sorted(map(read, found)) == sorted(
        (name, f"id of {name}", ("eva@people.example",), name != NAMES[0], "Eva", "Berg") for name in NAMES
    )
    assert all(user.id and user.changed_at for user in found)


@pytest.mark.parametrize("name", NAMES)
def test_finds_each_by_its_user_name(server: str, name: str):
    assert [user.user_name for user in reader(server).by_user_name(name.upper())] == [name]
    assert reader(server).by_user_name(f"x{name}") == []


def test_finds_out_that_it_lists_and_finds(server: str):
    assert reader(server).abilities() == Abilities(Ability.LISTS, True, True, len(NAMES))


def test_is_told_that_the_token_is_refused(server: str):
    assert reader(server, "wrong").abilities().ability is Ability.TOKEN_REFUSED
    with pytest.raises(TokenRefused):
        reader(server, "wrong").by_user_name(NAMES[0])
