"""Sends letters: claimed by one worker, given a fresh link, handed to the mail server, and noted. At most once.

A claim is a conditional UPDATE that also takes the day of the address, which exists once. The link is made after it and
lives in this process only. No transaction is open while the mail server is talked to. A worker that dies in between
leaves a letter that says so: perhaps sent; only a person has it sent again.
"""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from onboarding.invites import links
from onboarding.invites.links import MASK
from onboarding.mail import letters, rules
from onboarding.mail.compose import LetterText, filled_in, has_link, html_of
from onboarding.models import Letter, Link, Onboarding, asker_of, clock

log = logging.getLogger(__name__)

State = Letter.State
MAX_AT_ONCE = 200
GIVEN_UP_AFTER = timedelta(minutes=10)  # longer than any mail server is waited for
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


class _NotSent(Exception):
    """It is certain that nothing went out; the message is the reason."""


class _PerhapsSent(Exception):
    """The line broke after the mail server was given the letter, or before it answered."""


def send_released() -> None:
    """Send every letter that is released and may go; first note those whose worker has died."""
    give_up(now=clock.now())
    gone = Letter.objects.filter(
        onboarding=OuterRef("onboarding"), to_email=OuterRef("to_email"), sent_on=timezone.localdate(clock.now())
    )
    ready = Letter.objects.filter(~Exists(gone), state=State.APPROVED, onboarding__state__in=rules.ACTIVE)
    for pk in ready.order_by("approved_at").values_list("pk", flat=True)[:MAX_AT_ONCE]:
        try:
            send(pk)
        except Exception:
            log.exception("letter %s", pk)  # it is left as being sent, and soon said to be unknown; others go on


def give_up(*, now: datetime) -> None:
    """Letters that were being sent for too long: nobody knows whether they went out, and that is said."""
    for letter in Letter.objects.filter(state=State.SENDING, claimed_at__lt=now - GIVEN_UP_AFTER):
        _finish(letter, State.UNKNOWN, "the sending was cut off")


def send(pk: int) -> None:
    """Send one letter, unless another worker does, it may not go any more, or one went to this address today."""
    letter = _claim(pk)
    if letter is None:
        return
    if letter.onboarding.state not in rules.ACTIVE:
        _put_back(letter, State.APPROVED)
    elif not letters.may_still_go(letter, now=clock.now()):
        _put_back(letter, State.APPROVED)
        letters.withdraw(letter)
    elif has_link(letter.text) and not letters.confirmed_tenant(letter.onboarding):
        _put_back(letter, State.DRAFT)
        letters.note(letter, _("Back to the drafts, because the tenant has to be confirmed: %(kind)s to %(contact)s"))
    else:
        _hand_over(letter)


def _claim(pk: int) -> Letter | None:
    now = clock.now()
    try:
        with transaction.atomic():
            taken = Letter.objects.filter(pk=pk, state=State.APPROVED).update(
                state=State.SENDING, claimed_at=now, sent_on=timezone.localdate(now), error=""
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
    link, token = None, ""
    if has_link(letter.text):
        if letter.contact is None:
            _finish(letter, State.FAILED, "the contact was removed")
            return
        with transaction.atomic():
            link, token = links.make(letter.contact, actor=letter.approved_by)
            Letter.objects.filter(pk=letter.pk).update(link=link)
    try:
        _talk(_message(letter, token))
    except _NotSent as problem:
        if link is not None:
            links.take_back(link)
        _finish(letter, State.FAILED, _told(str(problem), token))
    except _PerhapsSent as problem:
        _finish(letter, State.UNKNOWN, _told(str(problem), token))
    else:
        _finish(letter, State.SENT, link=link)


def _message(letter: Letter, token: str) -> EmailMultiAlternatives:
    """Plain text and HTML; nothing is loaded from anywhere, nothing counts who has read it."""
    address = links.address_of(token) if token else ""
    asker = asker_of(letter.onboarding.customer.owner)
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=filled_in(letter.text, address),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((" ".join(letter.to_name.split()), letter.to_email))],
        reply_to=[formataddr((asker.name, asker.email))] if asker.email else None,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": letter.language},
    )
    words = LetterText(letter.subject, letter.text)
    message.attach_alternative(html_of(words, letter.language, address=address, is_open=True), "text/html")
    return message


def _talk(message: EmailMultiAlternatives) -> None:
    """Hand the message to the mail server. Raises `_NotSent` or `_PerhapsSent`."""
    try:
        connection = get_connection(fail_silently=False)
        connection.open()
    except (OSError, smtplib.SMTPException, ImproperlyConfigured) as error:
        raise _NotSent(f"the mail server could not be reached: {_reason(error)}") from error
    try:
        sent = connection.send_messages([message])
    except (*REFUSED, ValueError) as error:
        raise _NotSent(_reason(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _PerhapsSent(_reason(error)) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):  # how the goodbye went says nothing about the letter
            connection.close()
    if not sent:
        raise _NotSent("the mail server took nothing")


def _reason(error: Exception) -> str:
    """The server's own words where it had any; they name addresses at most."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text!r}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{error.smtp_code} {text}"
    return f"{type(error).__name__}: {error}"


def _told(problem: str, token: str) -> str:
    return (problem.replace(token, MASK) if token else problem)[:300]


_NOTES = {
    State.SENT: _("Sent to %(contact)s: %(kind)s"),
    State.FAILED: _("Could not be sent to %(contact)s: %(kind)s"),
    State.UNKNOWN: _("Perhaps not sent to %(contact)s: %(kind)s"),
}


@transaction.atomic
def _finish(letter: Letter, state: Letter.State, error: str = "", *, link: Link | None = None) -> None:
    """Note how the sending ended. A letter that certainly did not go out frees its day; earlier links end when a
    new one went out.
    """
    now = clock.now()
    settled = Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(
        state=state,
        error=error[:300],
        sent_at=now if state == State.SENT else None,
        sent_on=None if state == State.FAILED else F("sent_on"),
    )
    if not settled:
        return
    if link is not None:
        links.close_others(link)
        Onboarding.objects.filter(pk=letter.onboarding_id).update(next_run_at=Now())
    letters.note(letter, _NOTES[state])
    if error:
        log.warning("letter %s is %s", letter.pk, state)
