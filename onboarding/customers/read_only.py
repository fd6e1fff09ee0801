"""Watch a customer only, from go-live on, and set up again where something has to be changed. For members only.

Each way takes the admin's approval of another application of ours; the step ``read_only`` judges whether it holds.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404
from django.utils.translation import gettext_noop as _

from onboarding.customers.base import Refused, act, taken
from onboarding.customers.links import issue_link
from onboarding.domain import consent_sizes
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Kind
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue
from onboarding.mail import context
from onboarding.models import Contact, Link, Onboarding, ReadOnlyMode, StepState, clock
from onboarding.steps.live.step import Live
from onboarding.steps.read_only.step import ReadOnly


@act
def enter(onboarding: Onboarding, *, actor: User, contact: Contact | None = None) -> tuple[Link, str]:
    """Ask the admin to approve the application for watching, by a link whose token is returned once.

    Once more with the same, or another contact, it is a new link. Raises `Refused` where it cannot be offered.
    """
    row = _held(onboarding, actor)
    if not consent_sizes.MONITOR.is_configured:
        raise Refused(say(_("Our read-only application is not registered, so read-only mode cannot be offered.")))
    if onboarding.state != State.LIVE or onboarding.current_kind != Kind.DONE:
        raise Refused(say(_("Read-only mode is available when the customer is live without open problems.")))
    if row is not None and row.is_open and row.is_active:
        raise Refused(say(_("This customer is in read-only mode already.")))
    if row is None or not row.is_open:
        given = {"asked_by": actor, "asked_at": clock.now(), "reads_only_since": None, "removed_at": None}
        ReadOnlyMode.objects.update_or_create(
            onboarding=onboarding, defaults={**given, "leave_asked_at": None, "ended_at": None}
        )
        StepState.objects.filter(onboarding=onboarding, key=ReadOnly.key).delete()
        _note(onboarding, say(_("Read-only mode was offered to the customer.")), actor)
    return _link(onboarding, actor, contact, consent_sizes.MONITOR)


@act
def leave(onboarding: Onboarding, *, actor: User, contact: Contact | None = None) -> tuple[Link, str]:
    """Ask the admin to approve the application for setting up again. Raises `Refused` where we may set up already."""
    row = _held(onboarding, actor)
    if row is None or not row.is_active:
        raise Refused(say(_("Nothing has to be approved: we may set up already.")))
    if row.leave_asked_at is None:
        row.leave_asked_at = clock.now()
        row.save(update_fields=["leave_asked_at"])
        _note(onboarding, say(_("Something has to be changed: the admin is asked to let us set up again.")), actor)
    return _link(onboarding, actor, contact, onboarding.customer.size)


@act
def take_back(onboarding: Onboarding, *, actor: User) -> None:
    """Take back what was asked for and is not approved yet: to enter the mode, or to leave it."""
    row = _held(onboarding, actor)
    if row is None or not row.is_open or (row.is_active and row.leave_asked_at is None):
        raise Refused(say(_("There is nothing to withdraw. Check the current step.")))
    asked = onboarding.customer.size if row.is_active else consent_sizes.MONITOR
    Link.objects.open().filter(onboarding=onboarding, consent_size=asked.key).update(revoked_at=clock.now())
    row.ended_at, row.leave_asked_at = None if row.is_active else clock.now(), None
    row.save(update_fields=["ended_at", "leave_asked_at"])
    StepState.objects.filter(onboarding=onboarding, key=ReadOnly.key).delete()
    _note(onboarding, say(_("Withdrawn; everything stays as it is.")), actor)
    enqueue(onboarding.pk)


@act
def look(onboarding: Onboarding, *, actor: User) -> None:
    """Have the read-only mode judged now, not when the next run is due."""
    taken(onboarding, actor, Act.RECHECK)
    ledger.make_stale(onboarding.pk, ReadOnly.key)
    enqueue(onboarding.pk)


def _held(onboarding: Onboarding, actor: User) -> ReadOnlyMode | None:
    """The open row, locked until the end of the transaction."""
    taken(onboarding, actor, Act.CHANGE_MODE)
    onboarding.refresh_from_db()
    return ReadOnlyMode.objects.filter(onboarding=onboarding).first()


def _link(
    onboarding: Onboarding, actor: User, contact: Contact | None, size: consent_sizes.ConsentSize
) -> tuple[Link, str]:
    if contact is not None and contact.onboarding_id != onboarding.pk:
        raise Http404
    contact = contact or context.approver(list(onboarding.contacts.order_by("pk")))
    return issue_link(onboarding, actor=actor, contact=contact, size=size)


def _note(onboarding: Onboarding, sentence: Sentence, actor: User) -> None:
    ledger.note(onboarding.pk, ReadOnly.key, sentence, step=Live.key, actor=actor)
