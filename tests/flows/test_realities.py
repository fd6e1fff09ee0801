"""What only a real tenant can tell, all at once: each reality ends as its row says (docs/realities.md).

Those that go live share tenants, up to eight in one; `make rehearse WORLD=name` plays each alone.
"""

from __future__ import annotations

import pytest

from devtools.commands.rehearse import PATIENCE
from devtools.worlds.play import play, together
from devtools.worlds.table import WORLDS

pytestmark = [pytest.mark.broker]


def test_every_reality_ends_live_or_in_the_right_sentence_with_the_right_owner(stack, rehearsal):
    told = [each.told() for each in play(rehearsal, together(WORLDS), patience=PATIENCE)]
    assert [each for each in told if not each["as_told"]] == []
    assert stack.sandbox.violations() == []
