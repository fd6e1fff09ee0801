"""Which letters are due, by rule. Pure: facts and the time come in, a list of letters comes out.

The first letter to a customer is a draft for customer success to read. Once a person has released one, the rest goes by
itself: a reminder when nothing has moved for some days, a word to the sponsor when that does not help, and the numbers
when all is live. A letter is due only while what it is about (`waiting_on`) still holds.

A letter that did not go out has told nobody, so it is due again on another day; where it was refused, as a draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onboarding.causes.base import ContactRole
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Court

INVITATION, REMINDER, ESCALATION, COMPLETION = "invitation", "reminder", "escalation", "completion"
REQUEST = "request"
APPROVAL = "consent:approval"  # what is waited for as long as nobody has approved by the link
MAX_REMINDERS = 5  # about one waiting_on; after that a person has to find another way
NEWS_FOR = timedelta(days=7)  # how long after go-live the completion letter is still news
WAITS = frozenset({"asking", "broken"})
ACTIVE = frozenset({State.OPEN, State.LIVE})
SATURDAY = 5
FAILED = "failed"
CANCELLED = "cancelled"
SENT_STATES = frozenset({"sent", "sending", "unknown"})
TOLD_NOBODY = frozenset({CANCELLED, FAILED})
UNSENT_STATES = frozenset({"draft", "approved"})


@dataclass(frozen=True)
class Rules:
    """How patient we are."""

    remind_after: timedelta
    escalate_after: timedelta
    weekends: bool = False


@dataclass(frozen=True)
class Person:
    """A contact, as far as the rules care."""

    pk: int
    role: str


@dataclass(frozen=True)
class Written:
    """A letter that exists already: `day` is when it went, or else when it was written. `contact` is None once the
    contact was removed. `refused`: it did not go, and the same letter would be refused again.
    """

    contact: int | None
    kind: str
    waiting_on: str
    state: str
    day: date
    refused: bool = False


@dataclass(frozen=True)
class Facts:
    """What the rules judge.

    `roles` says whom the present cause concerns, best first; `holder` is the contact with the newest link that still
    works; `busy`: somebody is on the way through Microsoft's pages right now; `ahead`: the step that asks for the
    approval has not been judged yet.
    """

    now: datetime
    state: str
    kind: str
    court: str
    waiting_on: str
    since: datetime
    contacts: Sequence[Person] = ()
    letters: Sequence[Written] = ()
    roles: Sequence[str] = (ContactRole.IT_ADMIN,)
    holder: int | None = None
    busy: bool = False
    ahead: bool = False
    live_at: datetime | None = None

    @property
    def today(self) -> date:
        """The day of `now`, in the time zone it carries."""
        return self.now.date()


@dataclass(frozen=True)
class Due:
    """A letter to be written. `rule` is the reason, kept with it; a draft waits for a person."""

    contact: int
    kind: str
    rule: str
    draft: bool


def due(facts: Facts, rules: Rules) -> list[Due]:
    """The letters to write now: none at rest, none at weekends unless `rules` say so, one a contact and day at most."""
    if facts.state not in ACTIVE or facts.busy:
        return []
    if facts.today.weekday() >= SATURDAY and not rules.weekends:
        return []
    wanted: list[Due] = []
    for each in (*_completion(facts), *_invitation(facts), *_reminder(facts, rules), *_escalation(facts, rules)):
        if _is_free(facts, each.contact) and each.contact not in {other.contact for other in wanted}:
            wanted.append(each)
    return wanted


def still_holds(facts: Facts, kind: str, waiting_on: str) -> bool:
    """Whether a letter that was written about `waiting_on` may still go out."""
    if facts.state not in ACTIVE:
        return False
    if kind == COMPLETION:
        return facts.state == State.LIVE and facts.kind == "done"
    if kind == INVITATION and waiting_on == APPROVAL and facts.ahead:
        return True
    return facts.waiting_on == waiting_on and facts.kind in WAITS


def addressee(facts: Facts) -> int | None:
    """Whom the rules write to about the present cause: who can end it, else the first contact."""
    return suited(facts) or (facts.contacts[0].pk if facts.contacts else None)


def suited(facts: Facts) -> int | None:
    """Who can end the present cause: who has the link that works, else the first contact of the best role, if any."""
    if facts.holder is not None and facts.waiting_on == APPROVAL:
        return facts.holder
    return _first(facts, facts.roles)


def asks_the_customer(facts: Facts) -> bool:
    """Whether the customer can be written to about where it stands: an approval or an act of theirs is missing."""
    return facts.state in ACTIVE and (_waits_for_customer(facts) or _waits_for_the_link(facts))


def kind_by_hand(facts: Facts) -> str:
    """Which letter a person writes about the present cause: the invitation, until somebody was told of the approval."""
    return INVITATION if _waits_for_the_link(facts) and not _is_told(facts) else REQUEST


def _first(facts: Facts, roles: Sequence[str]) -> int | None:
    for role in roles:
        for person in facts.contacts:
            if person.role == role:
                return person.pk
    return None


def _waits_for_customer(facts: Facts) -> bool:
    return facts.court == Court.CUSTOMER and facts.kind in WAITS


def _waits_for_the_link(facts: Facts) -> bool:
    return facts.waiting_on == APPROVAL and facts.kind in WAITS


def _is_told(facts: Facts) -> bool:
    """Whether a letter about the present cause went out, or lies ready."""
    return any(letter.waiting_on == facts.waiting_on and letter.state not in TOLD_NOBODY for letter in facts.letters)


def _must_be_read(facts: Facts, contact: int) -> bool:
    """Whether a person has to read the next letter to this contact: no letter was released yet, or the last one to
    them was refused.
    """
    released = any(letter.state in SENT_STATES or letter.state in ("approved", FAILED) for letter in facts.letters)
    tried = [
        letter
        for letter in facts.letters
        if letter.contact == contact and (letter.state in SENT_STATES or letter.state == FAILED)
    ]
    return not released or bool(tried and max(tried, key=lambda letter: letter.day).refused)


def _invitation(facts: Facts) -> Iterator[Due]:
    """Nobody has the link yet: the first letter, for customer success to read."""
    person = addressee(facts)
    if _waits_for_the_link(facts) and facts.holder is None and not _is_told(facts) and person is not None:
        yield Due(person, INVITATION, "invitation", draft=True)


def _reminder(facts: Facts, rules: Rules) -> Iterator[Due]:
    person = addressee(facts)
    if person is None or not (_waits_for_customer(facts) or _link_ran_out(facts)):
        return
    about_this = [
        letter for letter in facts.letters if letter.waiting_on == facts.waiting_on and letter.state in SENT_STATES
    ]
    reminders = sum(1 for letter in about_this if letter.kind == REMINDER)
    last = max((letter.day for letter in about_this if letter.kind != ESCALATION), default=facts.since.date())
    if reminders < MAX_REMINDERS and facts.today - last >= rules.remind_after:
        yield Due(person, REMINDER, f"reminder {reminders + 1}", draft=_must_be_read(facts, person))


def _link_ran_out(facts: Facts) -> bool:
    """It was sent, nobody used it, it is over: for the customer nothing has changed, so we go on reminding."""
    sent = any(letter.waiting_on == facts.waiting_on and letter.state in SENT_STATES for letter in facts.letters)
    return sent and _waits_for_the_link(facts) and facts.holder is None


def _escalation(facts: Facts, rules: Rules) -> Iterator[Due]:
    sponsor = _first(facts, (ContactRole.SPONSOR,))
    if sponsor is None or sponsor == addressee(facts) or not _waits_for_customer(facts):
        return
    asked = any(letter.waiting_on == facts.waiting_on and letter.state in SENT_STATES for letter in facts.letters)
    told = any(
        letter.kind == ESCALATION and letter.waiting_on == facts.waiting_on and letter.state not in TOLD_NOBODY
        for letter in facts.letters
    )
    if asked and not told and facts.now - facts.since >= rules.escalate_after:
        yield Due(sponsor, ESCALATION, "escalation", draft=_must_be_read(facts, sponsor))


def _completion(facts: Facts) -> Iterator[Due]:
    """The numbers, once, to those who waited for them."""
    if facts.state != State.LIVE or facts.kind != "done" or facts.live_at is None:
        return
    if facts.now - facts.live_at > NEWS_FOR:
        return
    told = {letter.contact for letter in facts.letters if letter.kind == COMPLETION and letter.state != FAILED}
    for person in facts.contacts:
        if person.role in (ContactRole.SPONSOR, ContactRole.IT_ADMIN) and person.pk not in told:
            yield Due(person.pk, COMPLETION, "completion", draft=_must_be_read(facts, person.pk))


def _is_free(facts: Facts, contact: int) -> bool:
    """Nothing went to this contact today, nothing lies ready for them, and none about this was discarded today."""
    return not any(letter.contact == contact and _keeps_back(facts, letter) for letter in facts.letters)


def _keeps_back(facts: Facts, letter: Written) -> bool:
    if letter.state == CANCELLED:
        return letter.waiting_on == facts.waiting_on and letter.day == facts.today
    return letter.state in UNSENT_STATES or letter.state == "sending" or letter.day == facts.today
