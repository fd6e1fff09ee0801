"""What the rules and texts of letters are given: where an onboarding stands, and whom that concerns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils import timezone

from onboarding.causes.mail import ABOUT_THE_LETTER
from onboarding.causes.roles import APPROVERS
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Court, Kind
from onboarding.mail import rules as mail_rules
from onboarding.models import ConsentAttempt, Contact, Letter, Link, Onboarding, StepState, clock
from onboarding.steps import STEPS
from onboarding.steps.asks import CustomerAsk, customer_ask, waiting_on
from onboarding.steps.consent.causes import NO_LINK
from onboarding.steps.consent.step import Consent

BEFORE_APPROVAL = frozenset(step.key for step in STEPS[: [step.key for step in STEPS].index(Consent.key)])
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


def is_ahead(onboarding: Onboarding) -> bool:
    """Whether the step that asks for the approval is still to come, or has not been judged yet."""
    key, kind = onboarding.current_key, onboarding.current_kind
    return key in BEFORE_APPROVAL or (key == Consent.key and kind == Kind.NEW)


def subject_of(onboarding: Onboarding, kind: str, state: StepState) -> StepState:
    """What a letter of this kind is about: `state`, where the onboarding stands, or the approval that is ahead."""
    if kind == mail_rules.INVITATION and is_ahead(onboarding):
        return StepState(onboarding=onboarding, key=Consent.key, code=NO_LINK.code)
    return state


def made_of(onboarding: Onboarding, state: StepState) -> str:
    """A fingerprint of what the words of a letter are made of: numbers of people, and what the customer is asked."""
    counted = [onboarding.in_haiilo, onboarding.standings, onboarding.people_counts, onboarding.scope_read_at is None]
    told = json.dumps([counted, state.key, state.code, state.message, state.offered], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def ask_of(state: StepState) -> CustomerAsk:
    """What the customer has to do about this verdict."""
    return customer_ask(state.key, state.code, state.sentence, state.offers)


class Gathered:
    """What the rules need about some onboardings: five queries, however many they are."""

    def __init__(self, onboardings: Sequence[Onboarding], *, now: datetime) -> None:
        pks = [onboarding.pk for onboarding in onboardings]
        self.now = now
        self.letters: dict[int, list[Letter]] = {pk: [] for pk in pks}
        written = Letter.objects.filter(onboarding__in=pks).defer("subject", "text", "html", "error")
        for letter in written.order_by("pk"):
            self.letters[letter.onboarding_id].append(letter)
        self._contacts: dict[int, list[mail_rules.Person]] = {pk: [] for pk in pks}
        for contact in Contact.objects.filter(onboarding__in=pks).only("onboarding_id", "role").order_by("pk"):
            self._contacts[contact.onboarding_id].append(mail_rules.Person(contact.pk, contact.role))
        states = StepState.objects.filter(onboarding__in=pks, key=F("onboarding__current_key"))
        self._states = {
            state.onboarding_id: state for state in states.only("onboarding_id", "key", "code", "message", "offers")
        }
        open_links = Link.objects.open().filter(onboarding__in=pks).exclude(contact=None).order_by("pk")
        self._holders = dict(open_links.values_list("onboarding_id", "contact_id"))  # the newest one comes last
        attempts = ConsentAttempt.objects.filter(answered_at=None, started_at__gt=now - ROUND_TRIP)
        self._busy = set(attempts.filter(link__onboarding__in=pks).values_list("link__onboarding", flat=True))

    def state_of(self, onboarding: Onboarding) -> StepState:
        """The verdict where one of them stands."""
        return self._states.get(onboarding.pk) or StepState(onboarding=onboarding, key=onboarding.current_key)

    def facts_of(self, onboarding: Onboarding) -> mail_rules.Facts:
        """Everything the rules need about one of them."""
        state = self.state_of(onboarding)
        return mail_rules.Facts(
            now=timezone.localtime(self.now),
            state=onboarding.state,
            kind=onboarding.current_kind,
            court=onboarding.current_court,
            waiting_on=waiting_on(state.key, state.code),
            since=timezone.localtime(onboarding.current_since),
            contacts=self._contacts[onboarding.pk],
            letters=[_written(letter) for letter in self.letters[onboarding.pk] if not letter.is_unwritten],
            roles=[role.value for role in ask_of(state).contacts],
            holder=self._holders.get(onboarding.pk),
            busy=onboarding.pk in self._busy,
            ahead=is_ahead(onboarding),
            live_at=onboarding.live_at,
        )


def _written(letter: Letter) -> mail_rules.Written:
    return mail_rules.Written(
        letter.contact_id,
        letter.kind,
        letter.waiting_on,
        letter.state,
        letter.sent_on or letter.day,
        refused=letter.state == Letter.State.FAILED and letter.trouble in ABOUT_THE_LETTER,
    )


def facts_of(onboarding: Onboarding, *, now: datetime) -> mail_rules.Facts:
    """Everything the rules need about one onboarding. Five queries."""
    return Gathered([onboarding], now=now).facts_of(onboarding)


def addressee(onboarding: Onboarding) -> Contact | None:
    """The contact whom the present cause concerns, or None."""
    wanted = mail_rules.addressee(facts_of(onboarding, now=clock.now()))
    return next((contact for contact in onboarding.contacts.all() if contact.pk == wanted), None)


def approver(contacts: Sequence[Contact]) -> Contact:
    """Who of them is likeliest to approve: an approver, else an IT admin, else the first one."""
    return next((each for role in APPROVERS for each in contacts if each.role == role), contacts[0])


def to_check(now: datetime, *, limit: int) -> list[Onboarding]:
    """Onboardings for which a letter may be due, or one may be over; at most `limit`. One query.

    Due may be one where they wait for the customer or for a link, or are newly live, unless one lies ready. Those that
    moved since the rules were last asked about them come first, then those that were asked about longest ago.
    """
    waits = Q(current_kind__in=mail_rules.WAITS)
    long_since = Q(current_since__lte=now - rules().remind_after)
    letters = Letter.objects.filter(onboarding=OuterRef("pk"))
    may_be_over = Q(state__in=mail_rules.UNSENT_STATES) | Q(state__in=Letter.TROUBLE_STATES, settled_at=None)
    checked = F("letter_check__checked_at")
    found = Onboarding.objects.exclude(state=State.PAUSED).filter(
        Exists(letters.filter(may_be_over))
        | Q(state__in=mail_rules.ACTIVE) & waits & Q(current_court=Court.CUSTOMER) & long_since
        | Q(state__in=mail_rules.ACTIVE) & waits & Q(current_key=Consent.key)
        | Q(state=State.LIVE, live_at__gt=now - mail_rules.NEWS_FOR)
    )
    moved = Case(When(current_since__gt=checked, then=0), default=1)
    return list(found.select_related("letter_check").order_by(moved, checked.asc(nulls_first=True), "pk")[:limit])
