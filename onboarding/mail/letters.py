"""The letters as rows: written by rule or by a person, once per contact, kind and day. Nothing is sent from here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from onboarding.causes import mail as causes
from onboarding.domain import lifecycle
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.invites import links
from onboarding.mail import context, rules
from onboarding.mail.compose import LetterText, compose, html_of
from onboarding.models import Contact, Letter, Onboarding, StepState, clock
from onboarding.steps.asks import waiting_on
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.step import CustomerRecord

log = logging.getLogger(__name__)

State = Letter.State
IN_TROUBLE = Q(state__in=Letter.TROUBLE_STATES, settled_at=None)
DATABASE_AWAY = (OperationalError, InterfaceError)
"""Our database is away or busy: no fault of a letter's or a customer's."""
AWAY_AFTER = 3  # such errors in a row: then it is away, and a run ends
STATES_WRITTEN_ANEW = (State.CANCELLED, State.FAILED)
KINDS = {
    Letter.Kind.INVITATION: _("invitation"),
    Letter.Kind.REQUEST: _("request"),
    Letter.Kind.REMINDER: _("reminder"),
    Letter.Kind.ESCALATION: _("escalation"),
    Letter.Kind.COMPLETION: _("go-live summary"),
}


@contextmanager
def locked(onboarding_id: int) -> Iterator[None]:
    """A transaction that has locked the onboarding first, in the one order of locks that there is."""
    with transaction.atomic():
        Onboarding.objects.lock(onboarding_id)
        yield


@transaction.atomic
def write(
    onboarding: Onboarding, contact: Contact, kind: str, *, rule: str, draft: bool, by: User | None = None
) -> Letter:
    """The letter of this kind to this contact today, about what is asked: one row, however often it is asked for.

    One that was withdrawn or did not go out is written anew.
    """
    Onboarding.objects.lock(onboarding.pk)
    state, words, now = context.current_state(onboarding), compose(onboarding, contact, kind), clock.now()
    letter, made = Letter.objects.select_for_update().get_or_create(
        onboarding=onboarding,
        contact=contact,
        kind=kind,
        waiting_on=_cause(onboarding, kind, state),
        day=timezone.localdate(now),
        defaults={"to_name": contact.name, "to_email": contact.email, "subject": words.subject, "text": words.text},
    )
    if not made and letter.state not in STATES_WRITTEN_ANEW:
        return letter
    letter.to_name, letter.to_email, letter.language = contact.name, contact.email, contact.language
    letter.rule = rule
    letter.state = State.DRAFT if draft else State.APPROVED
    letter.made_of = context.made_of(onboarding, state)
    letter.approved_at, letter.approved_by = (None, None) if draft else (now, by)
    begin_anew(letter)
    put_text(letter, words)
    letter.save()
    text = _("Draft to %(contact)s: %(kind)s") if draft else _("E-mail to %(contact)s: %(kind)s")
    note(letter, text, actor=by)
    return letter


def _cause(onboarding: Onboarding, kind: str, state: StepState) -> str:
    """The name of what a letter of this kind is about where the onboarding stands at `state`."""
    about = context.subject_of(onboarding, kind, state)
    return waiting_on(about.key, about.code)


def begin_anew(letter: Letter) -> None:
    """Forget earlier tries and their trouble; the caller saves."""
    letter.error = letter.trouble = ""
    letter.tries, letter.first_tried_at, letter.next_try_at, letter.settled_at = 0, None, None, None


def put_text(letter: Letter, words: LetterText) -> None:
    """Set subject and text, and the page that shows them with the link masked; the caller saves."""
    letter.subject, letter.text = words.subject, words.text
    letter.html = html_of(words, letter.language, address=links.masked_address(), is_open=False)


@transaction.atomic
def bring_up_to_date(onboarding_id: int) -> None:
    """Write the drafts anew that were made of other numbers than those of now, but for what a person has changed."""
    Onboarding.objects.lock(onboarding_id)
    onboarding = _load(onboarding_id)
    now = context.made_of(onboarding, context.current_state(onboarding))
    drafts = onboarding.letters.select_for_update(of=("self",)).filter(state=State.DRAFT).exclude(made_of__in=("", now))
    for letter in drafts.exclude(contact=None).select_related("contact"):
        assert letter.contact is not None
        put_text(letter, compose(onboarding, letter.contact, letter.kind))
        letter.made_of = now
        letter.save(update_fields=["subject", "text", "html", "made_of"])


def note(letter: Letter, text: str, *, actor: User | None = None) -> None:
    """A line in the timeline about this letter; `text` has the gaps contact and kind."""
    sentence: Sentence = say(text, contact=letter.to_name, kind=say(KINDS[Letter.Kind(letter.kind)]))
    ledger.note(
        letter.onboarding_id, "letter", sentence, actor=actor, detail={"letter": letter.pk, "rule": letter.rule}
    )


def write_due(onboarding_id: int, *, now: datetime) -> list[Letter]:
    """Write the letters that are due for this onboarding now."""
    onboarding = _load(onboarding_id)
    contacts = {contact.pk: contact for contact in onboarding.contacts.all()}
    due = rules.due(context.facts_of(onboarding, now=now), context.rules())
    return [letter for each in due if (letter := _written(onboarding, contacts[each.contact], each))]


def write_first(onboarding: Onboarding) -> None:
    """The invitation to the contact of a new customer, as a draft for customer success to read."""
    contact = onboarding.contacts.get()
    _written(onboarding, contact, rules.Due(contact.pk, rules.INVITATION, "invitation", draft=True))


def _written(onboarding: Onboarding, contact: Contact, due: rules.Due) -> Letter | None:
    """The letter that is due; None where we fail to write it, which is said in its place."""
    failed = Letter.objects.filter(state=State.FAILED, trouble=causes.UNWRITTEN.code)
    unwritten = failed.filter(
        Q(settled_at=None) | Q(day=timezone.localdate(clock.now())),
        onboarding=onboarding,
        contact=contact,
        kind=due.kind,
    )
    try:
        letter = write(onboarding, contact, due.kind, rule=due.rule, draft=due.draft)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        log.exception("%s of onboarding %s cannot be written", due.kind, onboarding.pk)
        if not unwritten.update(error=type(error).__name__):
            _say_unwritten(onboarding, contact, due, error)
        return None
    unwritten.update(settled_at=clock.now())
    return letter


def _say_unwritten(onboarding: Onboarding, contact: Contact, due: rules.Due, error: Exception) -> None:
    """Keep a letter without words that has failed. The exception's message may hold anything, so its class is told."""
    fields = {
        "to_name": contact.name,
        "to_email": contact.email,
        "language": contact.language,
        "rule": due.rule,
        **dict.fromkeys(("subject", "text", "html"), ""),
        "state": State.FAILED,
        "trouble": causes.UNWRITTEN.code,
        "error": type(error).__name__,
        "settled_at": None,
    }
    cause = _cause(onboarding, due.kind, context.current_state(onboarding))
    letter, _made = Letter.objects.update_or_create(
        onboarding=onboarding,
        contact=contact,
        kind=due.kind,
        waiting_on=cause,
        day=timezone.localdate(clock.now()),
        defaults=fields,
    )
    note(letter, _("Could not be written to %(contact)s: %(kind)s"))


def _load(onboarding_id: int) -> Onboarding:
    return Onboarding.objects.select_related("customer__owner").get(pk=onboarding_id)


def may_still_go(letter: Letter, *, now: datetime) -> bool:
    """Whether what the letter is about still holds."""
    facts = context.facts_of(letter.onboarding, now=now)
    return rules.still_holds(facts, letter.kind, letter.waiting_on)


def confirmed_tenant(onboarding: Onboarding) -> str:
    """The tenant that a person has confirmed to be the customer's, empty while it is not the one we resolve now."""
    state = onboarding.steps.filter(key=CustomerRecord.key).first()
    return confirmed_in(state) if state else ""


def confirmed_in(record: StepState) -> str:
    """The same, where the step of the customer's record is at hand."""
    found = record.seen(CustomerEvidence)
    return found.tenant_id if found and record.answer.get("confirmed_tenant") == found.tenant_id else ""


@transaction.atomic
def withdraw(letter: Letter, *, actor: User | None = None) -> bool:
    """Take back a letter that has not gone; False when it has, or was taken back already."""
    waiting = Letter.objects.filter(pk=letter.pk, state__in=[State.DRAFT, State.APPROVED])
    if not waiting.update(state=State.CANCELLED):
        return False
    note(letter, _("Discarded, not sent to %(contact)s: %(kind)s"), actor=actor)
    return True


def withdraw_outdated(onboarding_id: int, *, now: datetime) -> None:
    """Withdraw letters that are ready and about something that is over, and settle those in trouble about it. Of a
    paused onboarding none is withdrawn.
    """
    onboarding = _load(onboarding_id)
    if onboarding.state == lifecycle.State.PAUSED:
        return
    facts = context.facts_of(onboarding, now=now)
    for letter in onboarding.letters.filter(Q(state__in=rules.UNSENT_STATES) | IN_TROUBLE):
        if not rules.still_holds(facts, letter.kind, letter.waiting_on) and not withdraw(letter):
            Letter.objects.filter(IN_TROUBLE, pk=letter.pk).update(settled_at=now)


def settle_earlier(letter: Letter, *, now: datetime) -> None:
    """What did not reach this contact before is settled: they have a letter now."""
    if letter.contact_id is not None:
        earlier = Letter.objects.filter(IN_TROUBLE, onboarding=letter.onboarding_id, contact=letter.contact_id)
        earlier.exclude(pk=letter.pk).update(settled_at=now)
