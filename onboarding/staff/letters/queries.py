"""The outbox: which letters are drafted, on their way, sent, or in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from onboarding.domain.sentences import Sentence
from onboarding.engine.may import Act, where
from onboarding.mail.compose import has_link
from onboarding.mail.letters import confirmed_in
from onboarding.mail.rules import ACTIVE
from onboarding.models import Letter, Onboarding, StepState, clock
from onboarding.models.letter import is_stuck
from onboarding.steps.customer.step import CustomerRecord
from onboarding.web.expected_tenant import expected_in
from onboarding.web.paging import cursor, read_cursor
from onboarding.web.step_view import Text
from onboarding.web.stuck_mail import told

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
TABS: dict[str, Text] = {
    "drafts": _("To review"),
    "trouble": _("Failed"),
    "waiting": _("Sending"),
    "sent": _("Sent"),
    "withdrawn": _("Discarded"),
}


def _behind(now: datetime) -> dict[str, Q]:
    """Which letters are behind each tab. What is settled, or of a customer at rest, is among all of them only."""
    stuck = is_stuck(now) & Q(onboarding__state__in=ACTIVE)
    return {
        "drafts": Q(state=State.DRAFT),
        "trouble": stuck,
        "waiting": Q(state__in=[State.APPROVED, State.SENDING]) & ~stuck,
        "sent": Q(state=State.SENT),
        "withdrawn": Q(state=State.CANCELLED),
    }


MAX_NOT_WRITTEN = 50


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
    record: StepState | None = None

    @property
    def needs_tenant(self) -> bool:
        """Whether a personal link goes out with it."""
        return has_link(self.letter.text)

    @property
    def tenant(self) -> dict[str, str]:
        """The tenant that its link leads to, where somebody has to confirm it before."""
        return {} if self.is_confirmed else expected_in(self.record, self.letter.onboarding.customer)

    @property
    def is_confirmed(self) -> bool:
        """Whether no tenant has to be confirmed: it has no link, or a person has confirmed where that leads."""
        return not self.needs_tenant or (self.record is not None and bool(confirmed_in(self.record)))

    @property
    def cause(self) -> Sentence | None:
        """Why it has not gone, in a sentence."""
        return told(self.letter)

    @property
    def at(self) -> datetime:
        """When it was sent, or else written."""
        return self.letter.sent_at or self.letter.created_at


@dataclass(frozen=True)
class Outbox:
    """One page of letters, newest first. `next` is where the next page begins; to the customers `not_written` we fail
    to write at all.
    """

    rows: list[LetterRow]
    tabs: list[Tab]
    total: int
    next: str
    not_written: list[Onboarding]

    @property
    def drafts(self) -> int:
        """How many wait for a person to read them."""
        return next(tab.count for tab in self.tabs if tab.key == "drafts")


def outbox(
    user: User, *, onboarding: Onboarding | None = None, tab: str = "", after: str = "", limit: int = 50
) -> Outbox:
    """The letters to all customers of `user`, or to one of them. Four queries, and one for the user's portfolios."""
    mine: QuerySet[Letter] = Letter.objects.filter(onboarding__in=where(user, Act.SEE))
    if onboarding is not None:
        mine = mine.filter(onboarding=onboarding)
    behind = _behind(clock.now())
    in_tabs = {f"in_{key}": Count("pk", filter=which) for key, which in behind.items()}
    counts = mine.aggregate(in_all=Count("pk"), **in_tabs)
    found = mine.filter(behind[tab]) if tab in TABS else mine
    start = read_cursor(after)
    if start:
        found = found.filter(pk__lt=start[1])
    letters = list(found.select_related("onboarding__customer").defer("html").order_by("-pk")[: limit + 1])
    records = _records(letters) if tab == "drafts" else {}
    return Outbox(
        rows=[LetterRow(letter, MARKS[letter.state], records.get(letter.onboarding_id)) for letter in letters[:limit]],
        tabs=[Tab(key, label, counts[f"in_{key}"]) for key, label in TABS.items()],
        total=counts["in_all"],
        next=cursor("", letters[limit - 1].pk) if len(letters) > limit else "",
        not_written=_not_written(user, onboarding),
    )


def _records(letters: Sequence[Letter]) -> dict[int, StepState]:
    """What is known of the tenants of their customers."""
    states = StepState.objects.filter(key=CustomerRecord.key, onboarding__in={each.onboarding_id for each in letters})
    return {state.onboarding_id: state for state in states}


def _not_written(user: User, onboarding: Onboarding | None) -> list[Onboarding]:
    failing = where(user, Act.SEE).filter(letter_check__failing_since__isnull=False, state__in=ACTIVE)
    chosen = failing if onboarding is None else failing.filter(pk=onboarding.pk)
    return list(chosen.select_related("customer", "letter_check").order_by("customer__name", "pk")[:MAX_NOT_WRITTEN])
