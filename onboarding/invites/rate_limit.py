"""How often a link may be tried: by one browser, from one address, and in all. Nobody needs as many; a machine that
goes on pressing the button shuts itself out, and not the person whom the link is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import say
from onboarding.engine import holds, ledger
from onboarding.models import ConsentAttempt, Event, Link, clock
from onboarding.models.link import digest
from onboarding.steps.consent.step import Consent

MAX_TRIPS = 20  # of one browser
MAX_OF_SOURCE, MAX_OF_LINK = 40, 400
COUNTED_WITHIN = timedelta(hours=1)
MAX_AGENT = 120


@dataclass(frozen=True)
class Source:
    """Where a request comes from: the network address, and what the browser calls itself."""

    address: str = ""
    agent: str = ""

    @property
    def hash(self) -> str:
        """By what its tries are counted; empty where the address is not known."""
        return digest(self.address) if self.address else ""


def are_used_up(link: Link, *, browser: str, source: Source) -> bool:
    """Whether this link led to Microsoft as often as it may lately, for this browser, from this address or in all.

    Simultaneous ones may come to one or two more. A lock is a line in the timeline, once within the hour.
    """
    since = max(clock.now() - COUNTED_WITHIN, link.tries_from or link.created_at)
    tries = ConsentAttempt.objects.filter(link=link, started_at__gt=since)
    is_locked = (
        tries.filter(session_hash=digest(browser)).count() >= MAX_TRIPS
        or (bool(source.hash) and tries.filter(source_hash=source.hash).count() >= MAX_OF_SOURCE)
        or tries.count() >= MAX_OF_LINK
    )
    if is_locked:
        _tell(link, source)
    return is_locked


def _tell(link: Link, source: Source) -> None:
    detail = {"link": link.pk, "address": source.address, "browser": source.agent}
    since = max(clock.now() - COUNTED_WITHIN, link.tries_from or link.created_at)
    told = Event.objects.filter(onboarding=link.onboarding_id, kind=holds.LOCKED, at__gt=since)
    if told.filter(detail__link=link.pk, detail__address=source.address).exists():
        return
    text = _("The link of %(contact)s was tried too often from %(address)s, with %(browser)s. It is locked there.")
    said = say(text, contact=link.contact_name, address=source.address or "?", browser=source.agent or "?")
    ledger.note(link.onboarding_id, holds.LOCKED, said, step=Consent.key, detail=detail)
