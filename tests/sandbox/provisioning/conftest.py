"""The rig as fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .rig import Rig, Site, new_world


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Where the platforms of the test that runs are served."""
    made = Site()
    yield made
    made.close()


@pytest.fixture
def make_rig(site: Site) -> Callable[..., Rig]:
    """Make a rig in this test's world; keyword arguments are the rig's."""
    world = new_world()
    base = site.show(world)
    return lambda **options: Rig(world, base, **options)


@pytest.fixture
def rig(make_rig: Callable[..., Any]) -> Rig:
    """Advocacy."""
    made: Rig = make_rig()
    return made


@pytest.fixture
def home(make_rig: Callable[..., Any]) -> Rig:
    """Home, with the default mappings."""
    made: Rig = make_rig(host="contoso.haiilo.example", product="home")
    return made
