"""How often a link may be tried. Nobody needs as many as these; who goes on pressing the button has to wait."""

from __future__ import annotations

from datetime import timedelta

from onboarding.models import ConsentAttempt, Link, clock

MAX_TRIPS = 20
COUNTED_WITHIN = timedelta(hours=1)


def are_used_up(link: Link) -> bool:
    """Whether this link led to Microsoft as often as it may, lately. Simultaneous ones may come to one or two more."""
    return ConsentAttempt.objects.filter(link=link, started_at__gt=clock.now() - COUNTED_WITHIN).count() >= MAX_TRIPS
