"""What nobody may do alone: one member of the portfolio proposes it with a reason, another one decides.

A kind of act is an entry in `KINDS`: what stands now, whether the change may be made, and how. Everything else is the
same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from onboarding.customers import address_change, addresses, removals, sharing, tenant_change
from onboarding.customers.base import Refused, act, taken
from onboarding.customers.records import create_customer
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.engine.may import Act
from onboarding.engine.queue import interrupt
from onboarding.models import Onboarding, Portfolio, Proposal, clock
from onboarding.steps.customer.step import CustomerRecord

Values = Mapping[str, str]


@dataclass(frozen=True)
class ProposalKind:
    """One kind of act that takes two people. `checked` raises `Refused`, when it is proposed and again when it is
    approved; `told` says values in words. `step`: what alone is read anew then; everything, where it is None.
    """

    present: Callable[[Onboarding], dict[str, str]]
    checked: Callable[[Onboarding, Values], dict[str, str]]
    carry_out: Callable[[Onboarding, Values, User], None]
    told: Callable[[Values], Sentence]
    step: Callable[[Onboarding], str] | None = None


KINDS: Mapping[str, ProposalKind] = {
    Proposal.Kind.TENANT: ProposalKind(
        tenant_change.present, tenant_change.checked, tenant_change.carry_out, tenant_change.told
    ),
    Proposal.Kind.ADDRESS: ProposalKind(
        address_change.present, address_change.checked, address_change.carry_out, addresses.told
    ),
    Proposal.Kind.SHARING: ProposalKind(sharing.present, sharing.checked, sharing.carry_out, sharing.told),
    Proposal.Kind.REMOVALS: ProposalKind(
        removals.present, removals.checked, removals.carry_out, removals.told, removals.held_by
    ),
}


def propose(onboarding: Onboarding, kind: str, after: Values, *, actor: User, reason: str) -> Proposal:
    """Propose `after` in place of what stands now.

    Raises `Refused` for what may not be or is so already, and while another proposal of this kind is open.
    """
    try:
        return _propose(onboarding, kind, after, actor, reason)
    except IntegrityError as error:
        raise Refused(say(_("Another change is proposed already. Decide on that first."))) from error


@act
def _propose(onboarding: Onboarding, kind: str, after: Values, actor: User, reason: str) -> Proposal:
    held, this = taken(onboarding, actor, Act.PROPOSE), KINDS[kind]
    before, then = this.present(held), this.checked(held, after)
    if then == before:
        raise Refused(say(_("The record says so already.")))
    made = Proposal.objects.create(
        onboarding=held, kind=kind, before=before, after=then, reason=reason, proposed_by=actor
    )
    text = _("Proposed: %(after)s, so far %(before)s. Reason: %(reason)s")
    _note(made, say(text, after=this.told(then), before=this.told(before), reason=reason), actor)
    return made


@act
def approve(proposal: Proposal, *, actor: User) -> None:
    """Make the proposed change; a run under way ends.

    Raises `Refused` for the author, and for what may not be or has changed since.
    """
    row = _open(proposal, actor)
    this = KINDS[row.kind]
    _check_second_person(row, actor)
    _check_still_possible(row)
    this.carry_out(row.onboarding, row.after, actor)
    _decide(row, actor, accepted=True)
    text = _("Approved: %(after)s, so far %(before)s")
    _note(row, say(text, after=this.told(row.after), before=this.told(row.before)), actor)
    ledger.make_stale(row.onboarding_id, this.step(row.onboarding) if this.step else None)
    interrupt(row.onboarding_id)


@act
def reject(proposal: Proposal, *, actor: User) -> None:
    """Leave everything as it is; the author may take the proposal back in this way, too."""
    row = _open(proposal, actor)
    _decide(row, actor, accepted=False)
    this = KINDS[row.kind]
    text = _("Rejected: %(after)s. It stays %(before)s")
    _note(row, say(text, after=this.told(row.after), before=this.told(row.before)), actor)


@act
def create_with_own_address(
    *, actor: User, portfolio: Portfolio, haiilo_host: str, reason: str, **fields: Any
) -> Onboarding:
    """Create a customer without an address yet, and propose the customer's own. Raises `Refused` as both do."""
    made = create_customer(actor=actor, portfolio=portfolio, haiilo_host="", **fields)
    after = {"product": fields["product"], "haiilo_host": haiilo_host}
    propose(made, Proposal.Kind.ADDRESS, after, actor=actor, reason=reason)
    return made


def may_approve(proposal: Proposal, actor: User) -> bool:
    """Whether this person is the second one, or one is enough here."""
    return bool(settings.SINGLE_APPROVER) or proposal.proposed_by_id != actor.pk


def _check_second_person(row: Proposal, actor: User) -> None:
    if not may_approve(row, actor):
        raise Refused(say(_("You proposed it. Somebody else in your team has to approve it.")))


def _check_still_possible(row: Proposal) -> None:
    this = KINDS[row.kind]
    this.checked(row.onboarding, row.after)
    if this.present(row.onboarding) != row.before:
        raise Refused(say(_("The record was changed since. Reject this proposal, then propose it anew.")))


def _open(proposal: Proposal, actor: User) -> Proposal:
    """The proposal, still open, with its onboarding locked."""
    taken(proposal.onboarding, actor, Act.DECIDE)
    row = Proposal.objects.select_related("onboarding").filter(pk=proposal.pk, decided_at=None).first()
    if row is None:
        raise Refused(say(_("This proposal was decided already.")))
    return row


def _decide(row: Proposal, actor: User, *, accepted: bool) -> None:
    row.decided_by, row.decided_at, row.accepted = actor, clock.now(), accepted
    row.save(update_fields=["decided_by", "decided_at", "accepted"])


def _note(row: Proposal, sentence: Sentence, actor: User) -> None:
    detail = {"proposal": row.pk, "before": row.before, "after": row.after}
    ledger.note(row.onboarding_id, "proposal", sentence, step=CustomerRecord.key, actor=actor, detail=detail)
