"""What members of the portfolio do with letters: change a draft, release or withdraw it, send it again, settle it."""

from __future__ import annotations

import logging
import re

from django.contrib.auth.models import User
from django.template import TemplateSyntaxError
from django.utils.translation import gettext_noop as _

from onboarding.causes.mail import NOT_WRITTEN
from onboarding.customers.base import Refused, act, check_link_leads_somewhere, taken
from onboarding.domain.sentences import say
from onboarding.engine import ledger
from onboarding.engine.load_desired import seen
from onboarding.engine.may import Act
from onboarding.engine.queue import enqueue, enqueue_letters_on_commit
from onboarding.mail import letters
from onboarding.mail.by_hand import by_hand
from onboarding.mail.compose import LINK, LetterText, has_link
from onboarding.models import Contact, Letter, Onboarding, clock
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.step import CustomerRecord

log = logging.getLogger(__name__)

State = Letter.State
UNKNOWN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|%\(\w+\)s")  # as placeholders look in templates elsewhere


@act
def edit(letter: Letter, *, actor: User, subject: str, text: str, words: str = "") -> None:
    """Change the words of a draft, which then stay as they are; `words` is the fingerprint of the letter as the person
    was shown it. Raises `Refused` once it is released, when it is another one by now, or when the place of the link was
    lost.
    """
    taken(letter.onboarding, actor, Act.WRITE_LETTERS)
    row = _locked(letter)
    if row.state != State.DRAFT:
        raise Refused(say(_("This e-mail is no longer a draft. Check its state.")))
    _check_shown(row, words)
    if LINK in row.text and LINK not in text:
        raise Refused(
            say(
                _("The text no longer contains %(marker)s, which stands for the personal link. Put it back in."),
                marker=LINK,
            )
        )
    unknown = UNKNOWN.search(subject + " " + text)
    if unknown:
        raise Refused(say(_("Nothing is put in the place of %(marker)s. Take it out."), marker=unknown[0][:60]))
    letters.put_text(row, LetterText(" ".join(subject.split()), text.replace("\r\n", "\n").strip()))
    row.made_of = ""
    row.save(update_fields=["subject", "text", "html", "made_of"])


@act
def release(letter: Letter, *, actor: User, tenant: str = "", words: str = "") -> None:
    """Let the letter go. `tenant` is the tenant that the person confirms to be the customer's; `words` is the
    fingerprint of the letter as the person was shown it.

    Raises `Refused` where it is another one by now, and where a link would go out and the tenant is neither confirmed
    nor the one we resolve now.
    """
    taken(letter.onboarding, actor, Act.WRITE_LETTERS)
    row = _locked(letter)
    if row.state != State.DRAFT:
        raise Refused(say(_("This e-mail is no longer a draft. Check its state.")))
    _check_shown(row, words)
    if tenant:
        confirm_tenant(row.onboarding, tenant, actor=actor)
    if has_link(row.text):
        check_link_leads_somewhere(row.onboarding)
    if has_link(row.text) and not letters.confirmed_tenant(row.onboarding):
        raise Refused(say(_("Confirm first that the tenant is the customer's; the link leads there.")))
    _approve(row, actor)
    letters.note(row, _("E-mail to %(contact)s approved for sending: %(kind)s"), actor=actor)


@act
def write_to(onboarding: Onboarding, *, actor: User) -> Letter:
    """The letter about what is asked of the customer now, to the contact who can do it: a new draft, or the one that is
    there already.

    Raises `Refused` where nothing is asked of the customer, none of the contacts can do it, or no link leads anywhere.
    """
    row = taken(onboarding, actor, Act.WRITE_LETTERS)
    found = by_hand(row)
    if found is None:
        raise Refused(say(_("Nothing is asked of the customer at the moment. Check the current step.")))
    if found.contact is None:
        raise Refused(say(_("None of the contacts has the role for this. Add one who has.")))
    if found.ready is not None:
        return found.ready
    if found.by_link:
        check_link_leads_somewhere(row)
    return written(row, found.contact, found.kind, actor=actor, draft=True)


def written(onboarding: Onboarding, contact: Contact, kind: str, *, actor: User, draft: bool) -> Letter:
    """The letter of this kind that a person asks for. Raises `Refused` where we fail to write it."""
    try:
        return letters.write(onboarding, contact, kind, rule="by hand", draft=draft, by=actor)
    except (KeyError, ValueError, TypeError, TemplateSyntaxError) as error:  # a sentence or template of ours
        log.exception("letter by hand, onboarding %s", onboarding.pk)
        raise Refused(NOT_WRITTEN.for_staff({})) from error


@act
def retry(letter: Letter, *, actor: User) -> None:
    """Send a letter that failed, or perhaps did not go, once more with a fresh link, to the contact's address of today;
    one that would be tried again later, now. Raises `Refused` for others.
    """
    taken(letter.onboarding, actor, Act.WRITE_LETTERS)
    row = _locked(letter)
    if not may_retry(row):
        raise Refused(say(_("Only an e-mail that was not sent can be sent again.")))
    if row.contact is not None:
        row.to_name, row.to_email = row.contact.name, row.contact.email
    _approve(row, actor)
    letters.note(row, _("Sending again to %(contact)s: %(kind)s"), actor=actor)


def may_retry(letter: Letter) -> bool:
    """Whether it can be sent again: it did not go, perhaps did not, or is put off; and it has words and an address."""
    return (
        bool(letter.to_email)
        and not letter.is_unwritten
        and (letter.state in Letter.TROUBLE_STATES or letter.is_put_off)
    )


@act
def settle(letter: Letter, *, actor: User) -> None:
    """Note that a person has seen to a letter that did not go, or perhaps not: it troubles nobody any more.

    Raises `Refused` for others.
    """
    taken(letter.onboarding, actor, Act.WRITE_LETTERS)
    row = _locked(letter)
    if not may_settle(row):
        raise Refused(say(_("Nothing is open about this e-mail.")))
    row.settled_at = clock.now()
    row.save(update_fields=["settled_at"])
    letters.note(row, _("Marked as settled, e-mail to %(contact)s: %(kind)s"), actor=actor)


def may_settle(letter: Letter) -> bool:
    """Whether it is in trouble, and nobody has seen to it."""
    return letter.state in Letter.TROUBLE_STATES and letter.settled_at is None


@act
def cancel(letter: Letter, *, actor: User) -> None:
    """Withdraw a letter that has not gone. Raises `Refused` for others."""
    taken(letter.onboarding, actor, Act.WRITE_LETTERS)
    if not letters.withdraw(letter, actor=actor):
        raise Refused(say(_("This e-mail can no longer be discarded.")))


@act
def confirm_tenant(onboarding: Onboarding, tenant: str, *, actor: User) -> None:
    """Note that a person has seen which tenant the domains lead to, and says it is the customer's.

    Raises `Refused` when it is not the one that is found now.
    """
    taken(onboarding, actor, Act.WRITE_LETTERS)
    found = seen(onboarding.pk, CustomerEvidence)
    if found is None or not tenant or found.tenant_id != tenant:
        raise Refused(say(_("The domains now lead to another tenant. Check it again.")))
    if letters.confirmed_tenant(onboarding) == tenant:
        return
    ledger.keep_answer(onboarding.pk, CustomerRecord.key, {"confirmed_tenant": tenant}, actor=actor)
    ledger.note(
        onboarding.pk,
        "confirmed",
        say(_("The tenant %(tenant)s was confirmed to be the customer's."), tenant=tenant),
        step=CustomerRecord.key,
        actor=actor,
    )
    enqueue(onboarding.pk)


def _locked(letter: Letter) -> Letter:
    rows = Letter.objects.select_for_update(of=("self",)).select_related("onboarding", "contact")
    return rows.get(pk=letter.pk)


def _check_shown(row: Letter, words: str) -> None:
    if words and words != row.words:
        raise Refused(say(_("The e-mail was changed meanwhile. Read it again.")))


def _approve(row: Letter, actor: User) -> None:
    letters.begin_anew(row)
    row.state, row.approved_at, row.approved_by, row.sent_on = State.APPROVED, clock.now(), actor, None
    row.save()
    enqueue_letters_on_commit()
