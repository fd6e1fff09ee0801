"""The human decisions about an onboarding, and which may follow which."""

from __future__ import annotations

from enum import Enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """What people decided; progress is not stored here but computed from the steps."""

    OPEN = "open", _("open")
    PAUSED = "paused", _("paused")
    LIVE = "live", _("live")
    CLOSED = "closed", _("closed")


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.PAUSED, State.LIVE, State.CLOSED}),
    State.PAUSED: frozenset({State.OPEN, State.LIVE, State.CLOSED}),
    State.LIVE: frozenset({State.PAUSED, State.CLOSED}),
    State.CLOSED: frozenset(),
}


class Milestone(Enum):
    """How far a change to reading only has come.

    `READS_ONLY`: the tenant is read by the application that only reads. `REMOVED`: Microsoft refuses the one for
    setting up. `ENDED`: the one for setting up was approved again.
    """

    NONE = "none"
    READS_ONLY = "reads_only"
    REMOVED = "removed"
    ENDED = "ended"


class IllegalMove(ValueError):
    """A decision that cannot follow the present one."""


def check_move(now: State, then: State) -> None:
    """Raise `IllegalMove` unless `then` may follow `now`."""
    if then not in MOVES[now]:
        raise IllegalMove(f"{now} cannot become {then}")
