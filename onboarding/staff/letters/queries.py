"""The outbox: which letters are drafted, on their way, sent, or in trouble."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from onboarding.models import Letter, Onboarding
from onboarding.web.paging import cursor, read_cursor
from onboarding.web.step_view import Text

State = Letter.State
# As a page shows it: a shape for each state of a letter.
MARKS: dict[str, str] = {
    State.DRAFT: "todo",
    State.APPROVED: "waiting",
    State.SENDING: "waiting",
    State.SENT: "done",
    State.UNKNOWN: "asking",
    State.FAILED: "broken",
    State.CANCELLED: "new",
}
TABS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "drafts": (_("To review"), (State.DRAFT,)),
    "trouble": (_("Failed"), (State.FAILED, State.UNKNOWN)),
    "waiting": (_("Sending"), (State.APPROVED, State.SENDING)),
    "sent": (_("Sent"), (State.SENT,)),
    "withdrawn": (_("Discarded"), (State.CANCELLED,)),
}


@dataclass(frozen=True)
class Tab:
    """One state of letters and how many there are."""

    key: str
    label: Text
    count: int


@dataclass(frozen=True)
class LetterRow:
    """One letter in the list."""

    letter: Letter
    mark: str

    @property
    def at(self) -> datetime:
        """When it was sent, or else written."""
        return self.letter.sent_at or self.letter.created_at


@dataclass(frozen=True)
class Outbox:
    """One page of letters, newest first. `next` is where the next page begins."""

    rows: list[LetterRow]
    tabs: list[Tab]
    total: int
    next: str

    @property
    def drafts(self) -> int:
        """How many wait for a person to read them."""
        return next(tab.count for tab in self.tabs if tab.key == "drafts")


def outbox(
    user: User, *, onboarding: Onboarding | None = None, tab: str = "", after: str = "", limit: int = 50
) -> Outbox:
    """The letters to all customers of `user`, or to one of them. Two queries, and one for the user's portfolios."""
    mine: QuerySet[Letter] = Letter.objects.filter(onboarding__in=Onboarding.objects.for_user(user))
    if onboarding is not None:
        mine = mine.filter(onboarding=onboarding)
    counts = mine.aggregate(**{key: Count("pk", filter=Q(state__in=states)) for key, (_label, states) in TABS.items()})
    found = mine.filter(state__in=TABS[tab][1]) if tab in TABS else mine
    start = read_cursor(after)
    if start:
        found = found.filter(pk__lt=start[1])
    letters = list(found.select_related("onboarding__customer").defer("html").order_by("-pk")[: limit + 1])
    return Outbox(
        rows=[LetterRow(letter, MARKS[letter.state]) for letter in letters[:limit]],
        tabs=[Tab(key, label, counts[key]) for key, (label, _states) in TABS.items()],
        total=sum(counts.values()),
        next=cursor("", letters[limit - 1].pk) if len(letters) > limit else "",
    )
