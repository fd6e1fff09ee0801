"""A dozen failure modes, walked at once: each cause seen, in the right court, every number true, and well afterwards.

`make walk` walks all of them (docs/failure-modes.md); what the product still lacks is listed there by name.
"""

from __future__ import annotations

import pytest

from devtools.stack.progress import say
from devtools.walk.play import play
from devtools.walk.table import FAILURES

pytestmark = [pytest.mark.broker]


def test_shows_each_failure_with_its_owner_and_tells_nothing_untrue(stack, staff):
    ready = [each for each in FAILURES if each.quick and not each.awaits]
    walked = play(stack, staff, ready, say, pace=stack.options.pace, at_once=len(ready), hurried=True)
    assert {each.failure.name: each.told.news for each in walked if each.told.news} == {}
    assert all(each.told.verified for each in walked)
    assert stack.sandbox.violations() == []
