"""Another tenant is to be the expected one: one member of the portfolio proposes it, another one approves.

Who could do both alone could lead a customer's secret into a stranger's tenant by one mistake (or one stolen session).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from onboarding.causes import trip
from onboarding.customers.base import Refused, check_member
from onboarding.domain.sentences import Sentence, say
from onboarding.engine import ledger
from onboarding.engine.load_desired import seen
from onboarding.engine.queue import enqueue
from onboarding.models import ConsentAttempt, Customer, Onboarding, Rebinding, TenantBinding, clock
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.step import CustomerRecord

TENANT_IS_BOUND = _("A tenant is bound to this customer already. A binding is never moved.")


def propose(onboarding: Onboarding, *, actor: User, tenant_id: str, reason: str) -> Rebinding:
    """Propose that `tenant_id` is the expected tenant. Raises `Refused` once one is bound, or one is proposed."""
    check_member(onboarding, actor)
    expected = seen(onboarding.pk, CustomerEvidence)
    before = expected.tenant_id if expected else ""
    try:
        with transaction.atomic():
            _check_unbound(Onboarding.objects.select_for_update().get(pk=onboarding.pk), tenant_id)
            if tenant_id == before:
                raise Refused(say(_("This tenant is the expected one already.")))
            made = Rebinding.objects.create(
                onboarding=onboarding, expected_before=before, tenant_id=tenant_id, reason=reason, proposed_by=actor
            )
            text = _("Proposed: the customer's tenant is %(tenant)s, not %(before)s. Reason: %(reason)s")
            _note(made, say(text, tenant=tenant_id, before=before or "-", reason=reason), actor)
    except IntegrityError as error:
        raise Refused(say(_("Another tenant is proposed already. Decide on that first."))) from error
    return made


@transaction.atomic
def approve(rebinding: Rebinding, *, actor: User) -> None:
    """Expect the proposed tenant at once, for links, answers and workers alike.

    Raises `Refused` for the author, and once a tenant is bound.
    """
    row = _open(rebinding, actor)
    if row.proposed_by_id == actor.pk and not settings.SINGLE_APPROVER:
        raise Refused(say(_("You proposed it. Somebody else in your team has to approve it.")))
    _check_unbound(row.onboarding, row.tenant_id)
    Customer.objects.filter(pk=row.onboarding.customer_id).update(tenant_hint=row.tenant_id)
    ledger.expect_tenant(row.onboarding_id, row.tenant_id)
    # The refusals were about a tenant that is no longer expected; the links go on from here.
    ConsentAttempt.objects.filter(link__onboarding=row.onboarding, error=trip.WRONG_TENANT.code).update(
        error="", error_code=""
    )
    _decide(row, actor, accepted=True)
    _note(row, say(_("Approved: the customer's tenant is %(tenant)s."), tenant=row.tenant_id), actor)
    ledger.make_stale(row.onboarding_id)
    enqueue(row.onboarding_id)


@transaction.atomic
def reject(rebinding: Rebinding, *, actor: User) -> None:
    """Leave everything as it is; the author may take the proposal back in this way, too."""
    row = _open(rebinding, actor)
    _decide(row, actor, accepted=False)
    _note(row, say(_("Rejected: the expected tenant stays %(before)s."), before=row.expected_before or "-"), actor)


def _open(rebinding: Rebinding, actor: User) -> Rebinding:
    check_member(rebinding.onboarding, actor)
    Onboarding.objects.select_for_update().get(pk=rebinding.onboarding_id)
    row = Rebinding.objects.select_related("onboarding").filter(pk=rebinding.pk, decided_at=None).first()
    if row is None:
        raise Refused(say(_("This proposal was decided already.")))
    return row


def _check_unbound(onboarding: Onboarding, tenant_id: str) -> None:
    if TenantBinding.objects.filter(onboarding=onboarding).exists():
        raise Refused(say(TENANT_IS_BOUND))
    if TenantBinding.objects.filter(tenant_id=tenant_id).exists():
        raise Refused(say(_("That tenant belongs to another customer already.")))


def _decide(row: Rebinding, actor: User, *, accepted: bool) -> None:
    row.decided_by, row.decided_at, row.accepted = actor, clock.now(), accepted
    row.save(update_fields=["decided_by", "decided_at", "accepted"])


def _note(row: Rebinding, sentence: Sentence, actor: User) -> None:
    ledger.note(
        row.onboarding_id, "rebinding", sentence, step=CustomerRecord.key, actor=actor, detail={"rebinding": row.pk}
    )
