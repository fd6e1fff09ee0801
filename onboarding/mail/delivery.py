"""Sends letters: claimed by one worker, given a fresh link, handed to the mail server, and noted. At most once.

A claim is a conditional UPDATE that also takes the day of the address, which exists once. The link is made after it and
lives in this process only. No transaction is open while the mail server is talked to. A letter that certainly did not
go out is tried again with growing pauses for a day, unless the refusal is final. A worker that dies in between leaves a
letter that says so: perhaps sent; only a person has it sent again.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from graphclient.names import NotAName, mail_address
from onboarding.causes import mail as causes
from onboarding.causes.base import Cause
from onboarding.invites import links
from onboarding.invites.links import MASK
from onboarding.mail import handover, letters, rules
from onboarding.mail.compose import LetterText, filled_in, has_link, html_of
from onboarding.mail.handover import NotSent, PerhapsSent
from onboarding.models import Letter, Link, Onboarding, asker_of, clock

log = logging.getLogger(__name__)

State = Letter.State
MAX_AT_ONCE = 200
BEGIN_NONE_AFTER = 20.0  # seconds of one run: a mail server that hangs must not keep a worker for long
GIVEN_UP_AFTER = timedelta(minutes=10)  # longer than any mail server is waited for
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # the last one again and again
TRIED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class _Given:
    """The link that a letter carries, and its token."""

    link: Link | None = None
    token: str = ""


def send_released() -> None:
    """Send every letter that is released and may go; first note those whose worker has died."""
    give_up(now=clock.now())
    began, missed = time.monotonic(), 0
    for pk in _ready(clock.now())[:MAX_AT_ONCE]:
        if time.monotonic() - began > BEGIN_NONE_AFTER:
            break
        try:
            send(pk)
            missed = 0
        except letters.DATABASE_AWAY:
            log.warning("letter %s: the database did not answer", pk)
            missed += 1
            if missed == letters.AWAY_AFTER:
                raise
        except Exception:
            log.exception("letter %s", pk)  # it is left as being sent, and soon said to be unknown; others go on


def _ready(now: datetime) -> QuerySet[Letter, int]:
    """Keys of the letters that may go now; those that were never tried before those that were."""
    gone = Letter.objects.filter(
        onboarding=OuterRef("onboarding"), to_email=OuterRef("to_email"), sent_on=timezone.localdate(now)
    )
    its_time = Q(next_try_at=None) | Q(next_try_at__lte=now)
    ready = Letter.objects.filter(its_time, ~Exists(gone), state=State.APPROVED, onboarding__state__in=rules.ACTIVE)
    return ready.order_by("tries", "approved_at").values_list("pk", flat=True)


def give_up(*, now: datetime) -> None:
    """Letters that were being sent for too long: nobody knows whether they went out, and that is said."""
    for letter in Letter.objects.filter(state=State.SENDING, claimed_at__lt=now - GIVEN_UP_AFTER):
        try:
            _finish(letter, State.UNKNOWN, "the sending was cut off", causes.PERHAPS_SENT)
        except letters.DATABASE_AWAY:
            raise
        except Exception:
            log.exception("letter %s", letter.pk)


def send(pk: int) -> None:
    """Send one letter, unless another worker does, it may not go any more, or one went to this address today."""
    letter = _claim(pk)
    if letter is None:
        return
    try:
        held = _hold_back(letter)
    except Exception as error:
        log.exception("letter %s", pk)
        _note_failure(letter, error, _Given())
        return
    if not held:
        _hand_over(letter)


@transaction.atomic
def _hold_back(letter: Letter) -> bool:
    """Put back a letter that may not go now, and say why; False where it may."""
    if letter.onboarding.state not in rules.ACTIVE:
        _put_back(letter, State.APPROVED)
    elif not letters.may_still_go(letter, now=clock.now()):
        _put_back(letter, State.APPROVED)
        letters.withdraw(letter)
    elif has_link(letter.text) and not letters.confirmed_tenant(letter.onboarding):
        _put_back(letter, State.DRAFT)
        letters.note(letter, _("Back to the drafts, because the tenant has to be confirmed: %(kind)s to %(contact)s"))
    else:
        return False
    return True


def _claim(pk: int) -> Letter | None:
    now = clock.now()
    try:
        with transaction.atomic():
            its_time = Q(next_try_at=None) | Q(next_try_at__lte=now)
            taken = Letter.objects.filter(its_time, pk=pk, state=State.APPROVED).update(
                state=State.SENDING, claimed_at=now, sent_on=timezone.localdate(now)
            )
    except IntegrityError:
        return None  # one went to this address today; this one stays where it is until tomorrow
    if not taken:
        return None
    return Letter.objects.select_related("onboarding__customer__owner", "contact").get(pk=pk)


def _put_back(letter: Letter, state: str) -> None:
    Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(state=state, claimed_at=None, sent_on=None)
    letter.state = state


def _hand_over(letter: Letter) -> None:
    """Talk to the mail server, and note how that ended."""
    given, line = _Given(), None
    try:
        _composed(letter)  # what cannot be written has failed, whether the server is there or not
        with handover.opened() as line:
            given = _link_for(letter)
            line.send(_composed(letter, given.token))
    except NotSent as problem:
        _note_not_sent(letter, problem, given)
    except PerhapsSent as problem:
        _finish(letter, State.UNKNOWN, _told(problem, given), causes.PERHAPS_SENT)
    except Exception as error:
        if line is not None and line.handed_over:
            raise
        log.exception("letter %s", letter.pk)
        _note_failure(letter, error, given)
    else:
        _finish(letter, State.SENT, link=given.link)


def _link_for(letter: Letter) -> _Given:
    """A fresh link for the contact, where the letter carries one. Raises `NotSent` where there is no contact."""
    if not has_link(letter.text):
        return _Given()
    if letter.contact is None:
        raise NotSent("the contact was removed", causes.NO_CONTACT, is_final=True)
    with letters.locked(letter.onboarding_id):
        link, token = links.make(letter.contact, actor=letter.approved_by, is_noted=not letter.tries)
        Letter.objects.filter(pk=letter.pk).update(link=link)
    return _Given(link, token)


def _composed(letter: Letter, token: str = "") -> EmailMultiAlternatives:
    """The letter as it goes to the mail server. Raises `NotSent` where no server would be given it."""
    try:
        to = _mailbox(letter.to_name, letter.to_email)
    except NotAName as error:
        raise NotSent(f"{letter.to_email}: {error}", causes.ADDRESS, is_final=True) from error
    try:
        message = _message(letter, token, to)
        message.message().as_bytes()
    except letters.DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("letter %s cannot be put together", letter.pk)
        raise NotSent(type(error).__name__, causes.NOT_COMPOSED, is_final=True) from error
    return message


def _mailbox(name: str, address: str) -> str:
    """Name and address for a header, on one line, the domain in ASCII. Raises `NotAName`."""
    name, address = " ".join(name.split()), mail_address(address)
    local, _at, domain = address.rpartition("@")
    return formataddr((name, address)) if address.isascii() else str(Address(name, local, domain))


def _sender() -> str:
    """Who sends, by the settings. Raises `NotAName`."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return settings.DEFAULT_FROM_EMAIL if address.isascii() else _mailbox(name, address)


def _message(letter: Letter, token: str, to: str) -> EmailMultiAlternatives:
    """Plain text and HTML; nothing is loaded from anywhere, nothing counts who has read it."""
    address = links.address_of(token) if token else ""
    asker = asker_of(letter.onboarding.customer.owner)
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=filled_in(letter.text, address),
        from_email=_sender(),
        to=[to],
        reply_to=[_mailbox(asker.name, asker.email)] if asker.email else None,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": letter.language},
    )
    words = LetterText(letter.subject, letter.text)
    message.attach_alternative(html_of(words, letter.language, address=address, is_open=True), "text/html")
    return message


def _told(problem: Exception, given: _Given) -> str:
    text = str(problem)
    return (text.replace(given.token, MASK) if given.token else text)[:300]


def _note_failure(letter: Letter, error: Exception, given: _Given) -> None:
    """Something of ours failed before the letter was handed over: certainly nothing went out.

    Where the database was away or busy, it is as if nothing had been tried. The message of any other exception may hold
    anything, so its class is told.
    """
    if isinstance(error, letters.DATABASE_AWAY):
        with transaction.atomic():  # without the onboarding's lock, which may be what was waited for in vain
            _forget(given)
            _put_back(letter, State.APPROVED)
    else:
        _note_not_sent(letter, NotSent(type(error).__name__, causes.OURS, is_final=False), given)


def _forget(given: _Given) -> None:
    """Delete a link that has reached nobody; the next try makes another."""
    if given.link is not None:
        given.link.delete()


def _note_not_sent(letter: Letter, problem: NotSent, given: _Given) -> None:
    """It certainly did not go: try it again later, or end it where that is of no use or has been done for a day."""
    now = clock.now()
    tried_since = letter.first_tried_at or now
    if problem.is_final or now - tried_since >= TRIED_FOR:
        if given.link is not None:
            links.take_back(given.link)
        cause = problem.cause if problem.is_final else causes.GIVEN_UP
        _finish(letter, State.FAILED, _told(problem, given), cause)
        return
    with letters.locked(letter.onboarding_id):
        _forget(given)
        _put_off(letter, problem.cause, _told(problem, given), now=now, tried_since=tried_since)


def _put_off(letter: Letter, cause: Cause, error: str, *, now: datetime, tried_since: datetime) -> None:
    """Try it again after a pause that grows. Its day is free meanwhile. The first time gets a line in the timeline."""
    pause = PAUSES[min(letter.tries, len(PAUSES) - 1)] / settings.PACE
    settled = Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(
        state=State.APPROVED,
        claimed_at=None,
        sent_on=None,
        error=error,
        trouble=cause.code,
        tries=F("tries") + 1,
        first_tried_at=tried_since,
        next_try_at=now + pause,
    )
    if settled and not letter.tries:
        letters.note(letter, _("Not sent yet to %(contact)s, tried again by itself: %(kind)s"))
    log.warning("letter %s was not taken: %s, again in %s", letter.pk, cause.code, pause)


_NOTES = {
    State.SENT: _("Sent to %(contact)s: %(kind)s"),
    State.FAILED: _("Could not be sent to %(contact)s: %(kind)s"),
    State.UNKNOWN: _("Perhaps not sent to %(contact)s: %(kind)s"),
}


def _finish(
    letter: Letter, state: Letter.State, error: str = "", cause: Cause | None = None, *, link: Link | None = None
) -> None:
    """Note how the sending ended. A letter that certainly did not go out frees its day; when one went out, earlier
    links end, and so does the trouble with earlier letters to this contact.
    """
    now = clock.now()
    with letters.locked(letter.onboarding_id):
        ended = Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(
            state=state,
            error=error[:300],
            trouble=cause.code if cause else "",
            next_try_at=None,
            sent_at=now if state == State.SENT else None,
            sent_on=None if state == State.FAILED else F("sent_on"),
        )
        if not ended:
            return
        if link is not None:
            links.close_others(link)
        if link is not None or state == State.FAILED:  # who has a link, or has none, decides whose turn it is
            Onboarding.objects.filter(pk=letter.onboarding_id).update(next_run_at=clock.Now())
        if state == State.SENT:
            letters.settle_earlier(letter, now=now)
        letters.note(letter, _NOTES[state])
    if error:
        log.warning("letter %s is %s", letter.pk, state)
