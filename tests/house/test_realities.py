"""The table of realities: told as it stands in the code, each row with a name, a source and known settings."""

from __future__ import annotations

import pytest

from devtools.commands import realities, rehearse
from devtools.worlds import play
from devtools.worlds.table import WORLDS, named
from devtools.worlds.world import NO_SOURCE
from onboarding.domain.verdicts import Court
from onboarding.steps import STEPS
from sandbox import faults, reality
from sandbox.reality import Mark, Reality


def test_is_told_in_the_document_as_it_stands_in_the_code():
    assert realities.PAGE.read_text() == realities.page(), "run: python -m devtools.commands.realities"


def test_names_each_reality_once():
    names = [world.name for world in WORLDS]
    assert len(set(names)) == len(names)
    assert named("no such reality") is None


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_names_what_differs_who_says_so_and_how_it_ends(world):
    reality.changed(Reality(), world.reality)
    faults.check(world.switches)
    assert world.mark in set(Mark)
    assert (world.source != NO_SOURCE) or world.mark == Mark.UNCONFIRMED
    assert world.differs.endswith(".")
    assert world.seen.endswith(".")
    assert world.admin in play.ADMINS
    assert world.ends.step in {"", *(step.key for step in STEPS)}
    assert world.ends.court in {"", *Court}


def test_lists_the_names():
    assert all(f"  {world.name} " in rehearse.listed() for world in WORLDS)


def test_refuses_a_name_that_there_is_not():
    with pytest.raises(rehearse.UnknownWorld, match="no reality “nowhere”"):
        rehearse.chosen_worlds("nowhere")
    assert rehearse.chosen_worlds("recorded") == [named("recorded")]


def test_shares_tenants_only_where_nothing_contradicts_and_leaves_nothing_out():
    shared = play.together(WORLDS)
    assert len(shared) < len(WORLDS)
    for world in WORLDS:
        assert any(dict(world.reality).items() <= dict(each.reality).items() for each in shared)
    assert sum(len(each.reality) for each in shared) == sum(len(world.reality) for world in WORLDS)
