"""What the rules and texts of letters are given: where an onboarding stands, and whom that concerns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from onboarding.causes.roles import APPROVERS
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Court
from onboarding.mail import rules as mail_rules
from onboarding.models import ConsentAttempt, Contact, Letter, Link, Onboarding, StepState, clock
from onboarding.steps.asks import CustomerAsk, customer_ask, waiting_on
from onboarding.steps.consent.step import Consent

ROUND_TRIP = timedelta(minutes=30)  # how long somebody may be on Microsoft's pages


def rules() -> mail_rules.Rules:
    """How patient we are, from the settings."""
    return mail_rules.Rules(
        timedelta(days=settings.REMIND_AFTER_DAYS), timedelta(days=settings.ESCALATE_AFTER_DAYS), settings.WEEKEND_MAIL
    )


def current_state(onboarding: Onboarding) -> StepState:
    """The verdict where this onboarding stands."""
    state = StepState.objects.filter(onboarding=onboarding, key=onboarding.current_key).first()
    return state or StepState(onboarding=onboarding, key=onboarding.current_key)


def ask_of(state: StepState) -> CustomerAsk:
    """What the customer has to do about this verdict."""
    return customer_ask(state.key, state.code, state.sentence, state.offers)


def facts_of(onboarding: Onboarding, *, now: datetime) -> mail_rules.Facts:
    """Everything the rules need about one onboarding. Five queries."""
    state = current_state(onboarding)
    holders = Link.objects.open().filter(onboarding=onboarding).exclude(contact=None).order_by("-pk")
    letters = onboarding.letters.only("contact_id", "kind", "waiting_on", "state", "sent_on", "day")
    return mail_rules.Facts(
        now=timezone.localtime(now),
        state=onboarding.state,
        kind=onboarding.current_kind,
        court=onboarding.current_court,
        waiting_on=waiting_on(state.key, state.code),
        since=timezone.localtime(onboarding.current_since),
        contacts=[mail_rules.Person(contact.pk, contact.role) for contact in onboarding.contacts.order_by("pk")],
        letters=[
            mail_rules.Written(each.contact_id, each.kind, each.waiting_on, each.state, each.sent_on or each.day)
            for each in letters
        ],
        roles=[role.value for role in ask_of(state).contacts],
        holder=holders.values_list("contact_id", flat=True).first(),
        busy=ConsentAttempt.objects.filter(
            link__onboarding=onboarding, answered_at=None, started_at__gt=now - ROUND_TRIP
        ).exists(),
        live_at=onboarding.live_at,
    )


def addressee(onboarding: Onboarding) -> Contact | None:
    """The contact whom the present cause concerns, or None."""
    wanted = mail_rules.addressee(facts_of(onboarding, now=clock.now()))
    return next((contact for contact in onboarding.contacts.all() if contact.pk == wanted), None)


def approver(contacts: Sequence[Contact]) -> Contact:
    """Who of them is likeliest to approve: an approver, else an IT admin, else the first one."""
    return next((each for role in APPROVERS for each in contacts if each.role == role), contacts[0])


def candidates(now: datetime) -> list[int]:
    """Keys of onboardings for which a letter may be due: they wait for the customer or for a link, or are newly live.

    Where one lies ready, none is due; that is left out here so that a large portfolio costs one query.
    """
    waits = Q(current_kind__in=mail_rules.WAITS)
    long_since = Q(current_since__lte=now - rules().remind_after)
    lying = Letter.objects.filter(onboarding=OuterRef("pk"), state__in=mail_rules.UNSENT_STATES)
    found = Onboarding.objects.filter(~Exists(lying), state__in=mail_rules.ACTIVE).filter(
        (waits & Q(current_court=Court.CUSTOMER) & long_since)
        | (waits & Q(current_key=Consent.key))
        | Q(state=State.LIVE, live_at__gt=now - mail_rules.NEWS_FOR)
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def with_letters_waiting() -> list[int]:
    """Keys of onboardings for which a letter is written and has not gone."""
    waiting = Onboarding.objects.filter(letters__state__in=mail_rules.UNSENT_STATES)
    return list(waiting.order_by("pk").distinct().values_list("pk", flat=True))
