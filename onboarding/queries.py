"""What pages need to know. Reads only, a fixed number of queries whatever the number of customers or people."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .lifecycle import State
from .models import Customer, CustomerSecret, Event, Link, Onboarding, ProvisionedPerson, StepState, TenantBinding
from .steps import STEPS, by_key
from .verdicts import Court
from .wanted import Arrived
from .wishes import SCIM_TOKEN, arrived
from .words import Sentence

Kind = StepState.Kind
Words = str | Promise

COURTS: dict[str, Words] = {
    Court.CS: _("our court"),
    Court.CUSTOMER: _("customer"),
    Court.MICROSOFT: _("Microsoft"),
    Court.HAIILO: _("Haiilo"),
}
MOVING = (Kind.NEW, Kind.WAITING)
MOST_EVENTS = 30

# Whom a customer on the board waits for. Every onboarding is in exactly one of these.
BUCKETS: dict[str, tuple[Words, Q]] = {
    "us": (_("Needs us"), Q(current_kind__in=[Kind.ASKING, Kind.TODO], current_court=Court.CS)),
    "customer": (_("Waiting for customer"), Q(current_kind=Kind.ASKING) & ~Q(current_court=Court.CS)),
    "running": (_("Running"), Q(current_kind__in=MOVING)),
    "attention": (_("Needs attention"), Q(current_kind=Kind.BROKEN)),
    "live": (_("Live"), Q(current_kind=Kind.DONE)),
}


# Cursors


def _cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read_cursor(text: str, length: int) -> list[Any] | None:
    """The values of a cursor, or None for one that we did not make."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    return values if isinstance(values, list) and len(values) == length else None


# The board


@dataclass(frozen=True)
class Dot:
    """One of the eleven steps on the board."""

    key: str
    title: Words
    kind: str
    kind_label: Words


@dataclass(frozen=True)
class Bucket:
    key: str
    label: Words
    count: int


@dataclass(frozen=True)
class BoardRow:
    """One customer: where it stands, whose court, since when, and the one sentence."""

    pk: int
    name: str
    product: Words
    dots: tuple[Dot, ...]
    step_title: Words
    kind: str
    court: str
    court_label: Words
    since: datetime
    sentence: str
    moving: bool
    progress: Mapping[str, Any]


@dataclass(frozen=True)
class Board:
    rows: list[BoardRow]
    buckets: list[Bucket]
    next: str
    total: int


def board(user: User, *, search: str = "", bucket: str = "", after: str = "", limit: int = 50) -> Board:
    """One page of the customers that `user` may see, by name. Three queries, and one for the user's portfolios."""
    mine = Onboarding.objects.for_user(user).exclude(state=State.CLOSED)
    if search:
        mine = mine.filter(
            Q(customer__name__icontains=search)
            | Q(customer__haiilo_host__icontains=search)
            | Q(customer__contact_email__icontains=search)
        )
    buckets = _count_buckets(mine)
    page = mine.filter(BUCKETS[bucket][1]) if bucket in BUCKETS else mine
    cursor = _read_cursor(after, 2) if after else None
    if cursor:
        name, pk = cursor
        page = page.filter(Q(customer__name__gt=name) | Q(customer__name=name, pk__gt=pk))
    found = list(
        page.select_related("customer").prefetch_related("steps").order_by("customer__name", "pk")[: limit + 1]
    )
    rows = [_board_row(onboarding) for onboarding in found[:limit]]
    more = _cursor(found[limit - 1].customer.name, found[limit - 1].pk) if len(found) > limit else ""
    return Board(rows, buckets, more, sum(bucket.count for bucket in buckets))


def _count_buckets(mine: QuerySet[Onboarding]) -> list[Bucket]:
    counts = mine.aggregate(**{key: Count("pk", filter=condition) for key, (_label, condition) in BUCKETS.items()})
    return [Bucket(key, label, counts[key]) for key, (label, _condition) in BUCKETS.items()]


def _board_row(onboarding: Onboarding) -> BoardRow:
    states = {state.key: state for state in onboarding.steps.all()}
    current = states.get(onboarding.current_key)
    dots = []
    for step in STEPS:
        kind = Kind(states[step.key].kind if step.key in states else Kind.NEW)
        dots.append(Dot(step.key, step.title, kind, kind.label))
    return BoardRow(
        pk=onboarding.pk,
        name=onboarding.customer.name,
        product=Customer.Product(onboarding.customer.product).label,
        dots=tuple(dots),
        step_title=by_key(onboarding.current_key).title,
        kind=onboarding.current_kind,
        court=onboarding.current_court,
        court_label=COURTS[onboarding.current_court],
        since=onboarding.current_since,
        sentence=str(current.sentence or "") if current else "",
        moving=onboarding.current_kind in MOVING,
        progress=current.progress if current else {},
    )


# One customer


@dataclass(frozen=True)
class PlannedChange:
    """One change of a plan: its sentence, and its lines as (sign, sentence)."""

    sentence: str
    details: list[tuple[str, str]]
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    fingerprint: str
    button: str
    changes: list[PlannedChange]
    approved: bool


@dataclass(frozen=True)
class StepView:
    """One step as a page shows it."""

    key: str
    number: int
    title: Words
    kind: str
    kind_label: Words
    court: str
    court_label: Words
    sentence: str
    warnings: list[str]
    code: str
    request_id: str
    evidence: Mapping[str, Any]
    offers: Mapping[str, Any]
    plan: Plan | None
    progress: Mapping[str, Any]
    since: datetime | None
    checked_at: datetime | None
    done_at: datetime | None
    answer: Mapping[str, Any]
    answered_by: User | None
    answered_at: datetime | None
    is_current: bool
    url: str


@dataclass(frozen=True)
class Record:
    onboarding: Onboarding
    customer: Customer
    steps: list[StepView]
    current: StepView | None
    events: list[Event]
    moving: bool
    tenant: TenantBinding | None
    tenant_expected: str | None
    links: list[Link]
    secret: CustomerSecret | None
    arrived: Arrived


def record(onboarding: Onboarding) -> Record:
    """All that the customer page shows. Seven queries."""
    states = {state.key: state for state in onboarding.steps.select_related("answered_by")}
    steps = [_step_view(onboarding, number, states.get(step.key)) for number, step in enumerate(STEPS, start=1)]
    current = next((step for step in steps if step.is_current), None)
    customer_state = states.get("customer")
    return Record(
        onboarding=onboarding,
        customer=onboarding.customer,
        steps=steps,
        current=current,
        events=list(onboarding.events.select_related("actor").order_by("-id")[:MOST_EVENTS]),
        moving=onboarding.state == State.OPEN and any(step.kind in MOVING for step in steps if step.is_current),
        tenant=TenantBinding.objects.filter(onboarding=onboarding).first(),
        tenant_expected=customer_state.evidence.get("tenant_id") if customer_state else None,
        links=list(onboarding.links.select_related("created_by").order_by("-id")[:10]),
        secret=CustomerSecret.objects.select_related("saved_by")
        .filter(onboarding=onboarding, kind=SCIM_TOKEN)
        .defer("sealed")
        .first(),
        arrived=arrived(onboarding.pk),
    )


def _step_view(onboarding: Onboarding, number: int, state: StepState | None) -> StepView:
    step = STEPS[number - 1]
    state = state or StepState(onboarding=onboarding, key=step.key)
    kind = Kind(state.kind)
    return StepView(
        key=step.key,
        number=number,
        title=step.title,
        kind=kind,
        kind_label=kind.label,
        court=state.court,
        court_label=COURTS[state.court],
        sentence=str(state.sentence or ""),
        warnings=_texts(state.warnings),
        code=state.code,
        request_id=state.request_id,
        evidence=state.evidence,
        offers=state.offers,
        plan=_plan(state),
        progress=state.progress,
        since=state.since,
        checked_at=state.checked_at,
        done_at=state.done_at,
        answer=state.answer,
        answered_by=state.answered_by,
        answered_at=state.answered_at,
        is_current=step.key == onboarding.current_key,
        url=reverse("step", args=[onboarding.pk, step.key]),
    )


def _texts(stored: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(sentence) for entry in stored if (sentence := Sentence.from_json(entry))]


def _plan(state: StepState) -> Plan | None:
    if not state.plan:
        return None
    return Plan(
        fingerprint=state.plan["fingerprint"],
        button=str(Sentence.from_json(state.plan["button"]) or ""),
        changes=[
            PlannedChange(
                sentence=str(Sentence.from_json(change["summary"]) or ""),
                details=[
                    (detail["sign"], str(Sentence.from_json(detail["text"]) or "")) for detail in change["details"]
                ],
                payload=change["payload"],
            )
            for change in state.plan["changes"]
        ],
        approved=state.answer.get("approved_plan") == state.plan["fingerprint"],
    )


# People


@dataclass(frozen=True)
class People:
    rows: list[ProvisionedPerson]
    next: str
    counts: Mapping[str, int]
    total: int
    in_scope: int | None


def people(
    onboarding: Onboarding, *, result: str = "", search: str = "", after: str = "", limit: int = 100
) -> People:
    """One page of people by user name. Three queries."""
    found = _filtered(onboarding, result, search)
    cursor = _read_cursor(after, 2) if after else None
    if cursor:
        user_name, pk = cursor
        found = found.filter(Q(user_name__gt=user_name) | Q(user_name=user_name, pk__gt=pk))
    rows = list(found.order_by("user_name", "pk")[: limit + 1])
    counts = dict(onboarding.people.values_list("result").annotate(people=Count("id")).order_by())
    scope = onboarding.steps.filter(key="scope").first()
    return People(
        rows=rows[:limit],
        next=_cursor(rows[limit - 1].user_name, rows[limit - 1].pk) if len(rows) > limit else "",
        counts={value: counts.get(value, 0) for value in ProvisionedPerson.Result.values},
        total=sum(counts.values()),
        in_scope=scope.evidence.get("total") if scope else None,
    )


def people_rows(onboarding: Onboarding, *, result: str = "", search: str = "") -> Iterator[ProvisionedPerson]:
    """All people that the filter leaves, one by one, for an export; memory does not grow with their number."""
    return _filtered(onboarding, result, search).order_by("user_name", "pk").iterator(chunk_size=1000)


def _filtered(onboarding: Onboarding, result: str, search: str) -> QuerySet[ProvisionedPerson]:
    found: QuerySet[ProvisionedPerson] = onboarding.people.all()
    if result in ProvisionedPerson.Result.values:
        found = found.filter(result=result)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(user_name__icontains=search))
    return found


# The link page


@dataclass(frozen=True)
class Permission:
    """One permission that we ask for: what it lets us do, and what it does not."""

    name: str
    allows: Words
    not_allows: Words


PERMISSIONS = (
    Permission(
        "Synchronization.ReadWrite.All",
        _("Set up, start and watch the provisioning of your Haiilo application."),
        _("It would also allow this for other applications; the dashboard refuses to touch any but Haiilo's."),
    ),
    Permission(
        "Application.Read.All",
        _("Find your Haiilo application and see who is assigned to it."),
        _("It cannot change any application."),
    ),
    Permission(
        "ProvisioningLog.Read.All",
        _("See who was created in Haiilo, and why somebody was not."),
        _("It cannot read sign-in or other audit logs."),
    ),
    Permission(
        "User.Read.All",
        _("Choose one person for the trial run, and see who is disabled or a guest."),
        _("It cannot change any user and reads no mail or files."),
    ),
    Permission(
        "GroupMember.Read.All",
        _("Count the members of the groups that are assigned to Haiilo."),
        _("It cannot change any group and reads no conversations."),
    ),
    Permission(
        "Organization.Read.All",
        _("Check that the organisation is yours, by its verified domains, and which licence it has."),
        _("It cannot change any setting."),
    ),
)


@dataclass(frozen=True)
class LinkView:
    """What the customer's admin is shown."""

    link: Link
    customer_name: str
    product: Words
    asked_by: str
    asked_by_email: str
    permissions: Sequence[Permission]
    state: str
    steps: list[StepView]
    moving: bool
    arrived: Arrived
    in_scope: int | None


def link_view(link: Link) -> LinkView:
    """The link page and, after the consent, the progress page."""
    onboarding = link.onboarding
    states = {state.key: state for state in onboarding.steps.all()}
    steps = [_step_view(onboarding, number, states.get(step.key)) for number, step in enumerate(STEPS, start=1)]
    asker = link.created_by
    scope = states.get("scope")
    return LinkView(
        link=link,
        customer_name=onboarding.customer.name,
        product=Customer.Product(onboarding.customer.product).label,
        asked_by=(asker.get_full_name() or asker.get_username()) if asker else "",
        asked_by_email=asker.email if asker else "",
        permissions=PERMISSIONS,
        state=link.condition(),
        steps=steps,
        moving=any(step.kind in MOVING for step in steps if step.is_current),
        arrived=arrived(onboarding.pk),
        in_scope=scope.evidence.get("total") if scope else None,
    )
