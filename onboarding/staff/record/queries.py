"""One customer: the whole record on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User

from onboarding.customers.base import why_no_link
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.headcount import Headcount
from onboarding.domain.lifecycle import MOVES, State
from onboarding.domain.sentences import Sentence
from onboarding.domain.standings import Standing
from onboarding.domain.verdicts import Court, Kind
from onboarding.engine import holds, neighbours
from onboarding.engine.load_desired import headcount
from onboarding.models import (
    Customer,
    CustomerSecret,
    Event,
    Link,
    Onboarding,
    Proposal,
    SecretRequest,
    StepState,
    TenantBinding,
)
from onboarding.models.link import admin_of
from onboarding.staff.record.proposed import Proposed, proposed
from onboarding.staff.record.token import TokenView, token_view
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.step import CustomerRecord
from onboarding.web.kept_token import KeptTokenView, kept_token_of
from onboarding.web.paging import version
from onboarding.web.read_only import ReadOnlyView, read_only_view
from onboarding.web.standings import beside_arrived
from onboarding.web.step_view import MOVING, StepView, is_between, steps_of
from onboarding.web.stuck_mail import Mail, mail_of

MAX_EVENTS = 30
MAX_LINKS = 10


@dataclass(frozen=True)
class Forwarded:
    """Somebody who cannot approve named somebody who can, and whether that one has opened their link."""

    holder: str
    link: Link


@dataclass(frozen=True)
class Record:
    """What the customer page shows. `version` is the same as long as nothing on it has changed.

    `tenant_in_question`: the one that is bound, asked about or expected; empty while there is none. `no_link`: why no
    link can be made now. `handover`: the newest secret that the customer was asked for, and
    `handed_over_by`: the name of who did, empty where nobody has, or once it is erased.
    `moving`: something happens by itself, or is about to. `watched`: that, or the next act is somebody else's; then
    the page refreshes itself, too.
    """

    onboarding: Onboarding
    customer: Customer
    steps: list[StepView]
    current: StepView | None
    events: list[Event]
    moving: bool
    watched: bool
    paused: bool
    may_pause: bool
    tenant: TenantBinding | None
    tenant_expected: str | None
    tenant_in_question: str
    links: list[Link]
    forwarded: list[Forwarded]
    alarm: Event | None
    alarm_is_about_another_s: bool
    forged: Event | None
    locked: Event | None
    proposals: list[Proposed]
    secret: CustomerSecret | None
    handover: SecretRequest | None
    handed_over_by: str
    token: KeptTokenView
    tokens: TokenView | None
    people: Headcount
    read_only: ReadOnlyView
    no_link: Sentence | None
    mail: Mail
    version: str

    @property
    def others(self) -> list[tuple[Standing, int]]:
        """How many people are otherwise than simply in Haiilo."""
        return beside_arrived(self.people)

    @property
    def reads_only(self) -> bool:
        """Whether we change nothing, so that no plan can be approved."""
        return self.read_only.reads_only

    @property
    def sharing_is_proposed(self) -> bool:
        """Whether a second person is asked already whether this record shares a tenant."""
        return any(each.row.kind == Proposal.Kind.SHARING for each in self.proposals)

    @property
    def tenant_is_proposed(self) -> bool:
        """Whether another tenant waits for a second person already."""
        return any(each.row.kind == Proposal.Kind.TENANT for each in self.proposals)

    @property
    def removals_are_proposed(self) -> bool:
        """Whether a second person is asked already whether removals are let through."""
        return any(each.row.kind == Proposal.Kind.REMOVALS for each in self.proposals)


def record(onboarding: Onboarding, reader: User) -> Record:
    """All that the customer page shows to this reader. Twenty queries at most."""
    states = {state.key: state for state in onboarding.steps.select_related("answered_by")}
    steps = steps_of(onboarding, states)
    current = next((step for step in steps if step.is_current), None)
    events = list(onboarding.events.select_related("actor").order_by("-id")[:MAX_EVENTS])
    links = list(onboarding.links.select_related("created_by", "forwarded_from").order_by("-id")[:MAX_LINKS])
    numbers, mail, token = headcount(onboarding), mail_of(onboarding), kept_token_of(onboarding)
    secrets = CustomerSecret.objects.select_related("saved_by").defer("sealed")
    secret = secrets.filter(onboarding=onboarding, kind=SCIM_TOKEN).first()
    asked = onboarding.secret_requests.select_related("asked_by").order_by("-pk").first()
    alarm, bound = holds.wrong_tenant(onboarding.pk), TenantBinding.objects.filter(onboarding=onboarding).first()
    active = onboarding.state in (State.OPEN, State.LIVE)
    mode = read_only_view(onboarding, states, live=all(step.kind == Kind.DONE for step in steps))
    goes_on = current is not None and (current.kind in MOVING or current.pending or is_between(steps))
    moving = active and current is not None and (goes_on or mode.moving)
    return Record(
        onboarding=onboarding,
        customer=onboarding.customer,
        steps=steps,
        current=current,
        events=events,
        moving=moving,
        watched=moving or (active and (_is_with_others(current) or mode.waits)),
        paused=onboarding.state == State.PAUSED,
        may_pause=State.PAUSED in MOVES[State(onboarding.state)],
        alarm=alarm,
        alarm_is_about_another_s=alarm is not None and _has_others(onboarding, alarm),
        forged=holds.forged(onboarding.pk),
        locked=holds.locked(onboarding.pk),
        proposals=proposed(onboarding, reader),
        tenant=bound,
        tenant_expected=_expected(states),
        tenant_in_question=_tenant(bound, states),
        links=[link for link in links if link.forwarded_from is None],
        forwarded=[Forwarded(link.forwarded_from.contact_name, link) for link in links if link.forwarded_from],
        secret=secret,
        handover=asked,
        handed_over_by=admin_of(asked.link_id) if asked else "",
        token=token,
        tokens=token_view(onboarding, states.get(ConnectionEvidence.step), secret),
        people=numbers,
        read_only=mode,
        no_link=why_no_link(states.get(CustomerRecord.key)),
        mail=mail,
        version=version(
            onboarding.state,
            [(step.key, step.kind, step.court, step.sentence, step.pending, step.progress) for step in steps],
            [(step.warnings, step.code, step.plan, step.offers.get("results")) for step in steps],
            [step.waiting for step in steps],
            events[0].pk if events else 0,
            [(link.pk, link.seen_at, link.condition()) for link in links],
            numbers,
            (token.is_asked, token.agreed and token.agreed.noted_at),
            (mode.stage, mode.kind, mode.sentence, mode.pending),
            mail.shown,
            asked and (asked.pk, asked.is_open),
        ),
    )


def _is_with_others(step: StepView | None) -> bool:
    return step is not None and step.kind == Kind.ASKING and step.court != Court.CS


def _has_others(onboarding: Onboarding, alarm: Event) -> bool:
    """Whether the tenant that answered is another record's."""
    return neighbours.others(onboarding.pk, str(alarm.detail.get("tenant", ""))).exists()


def _tenant(bound: TenantBinding | None, states: Mapping[str, StepState]) -> str:
    state = states.get(CustomerRecord.key)
    return bound.tenant_id if bound else neighbours.tenant_in_question(state) if state else ""


def _expected(states: Mapping[str, StepState]) -> str | None:
    state = states.get(CustomerRecord.key)
    found = state.seen(CustomerEvidence) if state else None
    return found.tenant_id if found else None
