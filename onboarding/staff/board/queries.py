"""The board: which customers there are, and whom each of them waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Court, Kind
from onboarding.engine.load_desired import headcount
from onboarding.engine.may import Act, where
from onboarding.models import Customer, Onboarding
from onboarding.steps import STEPS, by_key
from onboarding.web.paging import cursor, read_cursor, version
from onboarding.web.step_view import MOVING, Text, age_of
from onboarding.web.stuck_mail import customers_with_stuck_mail, drafts_to_review
from onboarding.web.waiting import waiting

# Whom a customer on the board waits for. Every onboarding is in exactly one of these.
BUCKETS: dict[str, tuple[Text, Q]] = {
    "us": (_("Waiting for us"), Q(current_kind__in=[Kind.ASKING, Kind.TODO], current_court=Court.CS)),
    "customer": (_("Waiting for the customer"), Q(current_kind=Kind.ASKING) & ~Q(current_court=Court.CS)),
    "running": (_("Running"), Q(current_kind__in=MOVING)),
    "attention": (_("Problems"), Q(current_kind=Kind.BROKEN)),
    "live": (_("Live"), Q(current_kind=Kind.DONE)),
}


@dataclass(frozen=True)
class Dot:
    """One of the eleven steps on the board."""

    key: str
    title: Text
    kind: str
    kind_label: Text


@dataclass(frozen=True)
class Bucket:
    """One tab of the board and how many customers are behind it."""

    key: str
    label: Text
    count: int


@dataclass(frozen=True)
class BoardRow:
    """One customer: where it stands, whose court, since when, and the one sentence.

    `amiss`: for how many people of a live customer somebody has to act.
    """

    pk: int
    name: str
    product: Text
    dots: tuple[Dot, ...]
    step_title: Text
    kind: str
    kind_label: Text
    court: str
    since: datetime
    sentence: str
    paused: bool
    moving: bool
    progress: Mapping[str, Any]
    amiss: int = 0

    @property
    def age(self) -> str:
        """How long it has stood like this, in its largest unit."""
        return age_of(self.since)

    @property
    def waiting(self) -> str:
        """Whom the customer waits for and how long already, in a phrase."""
        return waiting(self.court, self.since)


@dataclass(frozen=True)
class Board:
    """One page of the board. `version` is the same as long as nothing on it has changed. `stuck_mail`: to how many
    customers, found or not, e-mails are stuck; `drafts`: how many e-mails to them wait to be reviewed.
    """

    rows: list[BoardRow]
    buckets: list[Bucket]
    next: str
    total: int
    moving: bool
    stuck_mail: int
    drafts: int
    version: str

    @property
    def needs_us(self) -> int:
        """How many customers wait for us."""
        return next(each.count for each in self.buckets if each.key == "us")

    @property
    def needs_attention(self) -> int:
        """How many have something broken."""
        return next(each.count for each in self.buckets if each.key == "attention")


def board(user: User, *, search: str = "", bucket: str = "", after: str = "", limit: int = 50) -> Board:
    """One page of the customers that `user` may see, by name. Five queries, and one for the user's portfolios."""
    mine = where(user, Act.SEE).exclude(state=State.CLOSED)
    stuck_mail, drafts = customers_with_stuck_mail(mine), drafts_to_review(where(user, Act.SEE))
    if search:
        # Not the contacts' names or addresses: what is searched for stands in the page's own address.
        mine = mine.filter(Q(customer__name__icontains=search) | Q(customer__haiilo_host__icontains=search))
    buckets = _count_buckets(mine)
    page = mine.filter(BUCKETS[bucket][1]) if bucket in BUCKETS else mine
    start = read_cursor(after)
    if start:
        name, pk = start
        page = page.filter(Q(customer__name__gt=name) | Q(customer__name=name, pk__gt=pk))
    found = list(
        page.select_related("customer").prefetch_related("steps").order_by("customer__name", "pk")[: limit + 1]
    )
    rows = [_row(onboarding) for onboarding in found[:limit]]
    return Board(
        rows=rows,
        buckets=buckets,
        next=cursor(found[limit - 1].customer.name, found[limit - 1].pk) if len(found) > limit else "",
        total=sum(each.count for each in buckets),
        moving=any(row.moving for row in rows),
        stuck_mail=stuck_mail,
        drafts=drafts,
        version=version([each.count for each in buckets], [_shown(row) for row in rows], stuck_mail, drafts),
    )


def _count_buckets(mine: QuerySet[Onboarding]) -> list[Bucket]:
    counts = mine.aggregate(**{key: Count("pk", filter=condition) for key, (_label, condition) in BUCKETS.items()})
    return [Bucket(key, label, counts[key]) for key, (label, _condition) in BUCKETS.items()]


def _row(onboarding: Onboarding) -> BoardRow:
    states = {state.key: state for state in onboarding.steps.all()}
    current = states.get(onboarding.current_key)
    dots = []
    for step in STEPS:
        kind = Kind(states[step.key].kind if step.key in states else Kind.NEW)
        dots.append(Dot(step.key, step.title, kind, kind.label))
    paused = onboarding.state == State.PAUSED
    return BoardRow(
        pk=onboarding.pk,
        name=onboarding.customer.name,
        product=Customer.Product(onboarding.customer.product).label,
        dots=tuple(dots),
        step_title=by_key(onboarding.current_key).title,
        kind=onboarding.current_kind,
        kind_label=Kind(onboarding.current_kind).label,
        court=onboarding.current_court,
        since=onboarding.current_since,
        sentence=str(current.sentence or "") if current else "",
        paused=paused,
        moving=onboarding.current_kind in MOVING and not paused,
        progress=current.progress if current else {},
        amiss=headcount(onboarding).amiss if onboarding.live_at else 0,
    )


def _shown(row: BoardRow) -> tuple[object, ...]:
    kinds = tuple(str(dot.kind) for dot in row.dots)
    return (
        row.pk,
        row.name,
        kinds,
        row.kind,
        row.court,
        row.since,
        row.waiting,
        row.sentence,
        row.paused,
        sorted(row.progress.items()),
        row.amiss,
    )
