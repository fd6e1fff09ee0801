"""Tokens of the login service: believed while a key of theirs is published and their time lasts, at each use."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from sandbox.clock import Clock
from sandbox.login import keys
from sandbox.world import World


@pytest.fixture
def world() -> World:
    made = World(Clock())
    keys.roll(made)
    return made


def lasting(seconds: float, **more: Any) -> dict[str, Any]:
    return {"tid": "a", "iat": int(time.time()), "exp": int(time.time() + seconds), **more}


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let it be so much later."""
    moment = time.time() + seconds
    monkeypatch.setattr(keys, "time", SimpleNamespace(time=lambda: moment))


def test_gives_the_claims_as_often_as_it_is_asked(world: World) -> None:
    token = keys.sign(world, lasting(60, aud="Graph"))
    keys.verify(world, token)["tid"] = "changed by who was told"
    assert (keys.verify(world, token)["tid"], keys.verify(world, token)["aud"]) == ("a", "Graph")


def test_takes_no_token_whose_time_is_over_also_where_it_was_good_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = keys.sign(world, lasting(60))
    assert keys.verify(world, token)
    at(monkeypatch, 61)
    with pytest.raises(keys.Expired):
        keys.verify(world, token)


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_takes_no_token_before_its_time(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    token = keys.sign(world, lasting(900, **{name: int(time.time() + 300)}))
    with pytest.raises(keys.Expired):
        keys.verify(world, token)
    at(monkeypatch, 301)
    assert keys.verify(world, token)


def test_takes_a_token_of_the_key_before_and_of_none_before_that(world: World) -> None:
    token = keys.sign(world, lasting(60))
    keys.roll(world)
    assert keys.verify(world, token)
    keys.roll(world)
    with pytest.raises(keys.NotOurs, match="Invalid signing key"):
        keys.verify(world, token)


def test_takes_no_token_that_another_key_has_signed_in_the_name_of_ours(world: World) -> None:
    other = World(Clock())
    keys.roll(other)
    kid = world.keys[-1].kid
    forged = jwt.encode(lasting(60), other.keys[-1].private, algorithm="RS256", headers={"kid": kid})
    with pytest.raises(keys.NotOurs, match="parsing failed"):
        keys.verify(world, forged)
    with pytest.raises(keys.NotOurs):
        keys.verify(world, "no token at all")
