"""The customer's admin has signed in and consented, and the tenant is proved to be the customer's.

Proof takes all of: a validated ID token whose ``tid`` is the expected tenant, a consent callback bound to the same
browser and link, an app-only token of that tenant with which Graph answers, and a verified domain of the customer.
The callback alone proves nothing (Microsoft identity platform, "Admin consent": never use ``tenant`` to authorise).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import ConsentMissing, GraphError, NotAllowed, Organization, RoleMissing, TokenRefused
from graphclient.names import ascii_names, both_spellings
from onboarding.causes.base import Cause
from onboarding.causes.index import lookup
from onboarding.domain.desired import ConsentSeen, Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.consent.causes import (
    ACCESS_LOST,
    BLOCKED,
    CAUSES,
    CONSENT_MISSING,
    DOMAIN_MISMATCH,
    ENDED,
    FAILED,
    FAILED_UNEXPLAINED,
    LINK_EXPIRED,
    LINK_OPENED,
    LINK_SENT,
    NO_LINK,
    OTHER_TENANT_ANSWERED,
    WRONG_ACCOUNT,
    WRONG_TENANT,
)
from onboarding.steps.consent.evidence import ConsentEvidence
from onboarding.steps.shared.permission_causes import PERMISSIONS_INCOMPLETE, PERMISSIONS_MISSING
from onboarding.steps.shared.permissions import missing_of, names_granted, taking_effect

RECHECK_SPREADING_AFTER = timedelta(seconds=10)
_ENDED = {str(cause.code): cause for cause in ENDED}
_UNNAMED = {  # what there is to say where no family of causes has the code
    BLOCKED.code: _("Ask the admin to open the link from a device and a place that the policy allows."),
    WRONG_ACCOUNT.code: _("Ask the admin to open the link again and choose the work account."),
}


@dataclass(frozen=True)
class Facts:
    """What Graph says about the tenant when asked with a token of that tenant; None while it does not answer us.

    `missing`: names of permissions that were not granted, as far as we may see that.
    """

    organization: Organization | None = None
    permission_missing: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consent(Step[Facts]):
    """Identity proved by OpenID Connect and a verified domain, consent proved by a token that works."""

    key: ClassVar[str] = ConsentEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Consent")
    stage: ClassVar[stages.Stage] = stages.APPROVAL
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    evidence: ClassVar[type[Evidence]] = ConsentEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    waits_for_link: ClassVar[bool] = True
    gives_access: ClassVar[bool] = True
    reads_consent: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """One harmless read with a token of the tenant that is to be proved.

        Raises what says more than that the approval has not arrived: a token that is refused for another reason, and,
        once it should have arrived, any other refusal.
        """
        if desired.consent is None or desired.consent.granted_at is None:
            return Facts()
        try:
            return Facts(tenant.graph.organization.get())
        except RoleMissing:
            missing = _missing(tenant, desired)
            tenant.forget_token()  # it says what was granted when it was fetched
            return Facts(permission_missing=True, missing=missing)
        except NotAllowed as error:
            if isinstance(error, TokenRefused) or not _may_be_on_its_way(error, desired):
                raise
            tenant.forget_token()
            return Facts()

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when every proof agrees; a mismatch never binds."""
        consent = desired.consent
        if consent is None or consent.granted_at is None:
            return _refusal(consent) if consent and consent.error else _about_link(desired)
        if consent.signed_in_tenant != desired.expected_tenant:
            return WRONG_TENANT.asking()
        if facts.organization is None:
            spreading = taking_effect(consent, desired.now, recheck_in=RECHECK_SPREADING_AFTER)
            return spreading or _not_arrived(desired, facts)
        return _compare(desired, consent, facts.organization)


def _may_be_on_its_way(error: NotAllowed, desired: Desired) -> bool:
    """Whether the refusal may only mean that Microsoft has not spread the approval to all its servers yet."""
    young = taking_effect(desired.consent, desired.now, recheck_in=RECHECK_SPREADING_AFTER) is not None
    return young or isinstance(error, ConsentMissing)


def _about_link(desired: Desired) -> Asking:
    link = desired.link
    if link is None:
        return NO_LINK.asking()
    if link.expires_at <= desired.now:
        return LINK_EXPIRED.asking()
    return (LINK_OPENED if link.seen_at else LINK_SENT).asking(contact=link.contact)


def _refusal(consent: ConsentSeen) -> Asking:
    """Why the trip to Microsoft ended without consent: by our own code, else by Microsoft's."""
    known, ended = lookup(consent.error_code), _ENDED.get(consent.error)
    if ended is not None:
        return ended.asking(why=_why(ended, known)) if ended.code in _UNNAMED else ended.asking()
    if known is not None:
        return replace(known.asking(), code=consent.error_code)
    return FAILED_UNEXPLAINED.asking(code=consent.error_code) if consent.error_code else FAILED.asking()


def _why(ended: Cause, known: Cause | None) -> Sentence:
    return known.for_staff({}) if known else say(_UNNAMED[ended.code])


def _not_arrived(desired: Desired, facts: Facts) -> Asking:
    if facts.missing:
        return PERMISSIONS_MISSING.asking(offers={"missing": list(facts.missing)}, names=", ".join(facts.missing))
    if facts.permission_missing:
        return PERMISSIONS_INCOMPLETE.asking()
    return (ACCESS_LOST if desired.proved else CONSENT_MISSING).asking()


def _compare(desired: Desired, consent: ConsentSeen, organization: Organization) -> Verdict:
    if organization.id.lower() != desired.expected_tenant:
        return OTHER_TENANT_ANSWERED.broken()
    verified = ascii_names(domain.name for domain in organization.verified_domains)
    matching = [domain for domain in desired.domains if ascii_names([domain]) & verified]
    if not matching:
        domains = ", ".join(map(both_spellings, desired.domains))
        return DOMAIN_MISMATCH.asking(tenant=organization.display_name, domains=domains)
    evidence = ConsentEvidence(
        tenant_id=organization.id.lower(),
        tenant_name=organization.display_name,
        verified_domain=matching[0],
        admin_name=consent.signed_in_name,
        admin_object_id=consent.signed_in_object_id,
    )
    note = say(
        _("%(admin)s approved for %(tenant)s. Tenant verified by the domain %(domain)s."),
        admin=consent.signed_in_name or say(_("The admin")),
        tenant=organization.display_name,
        domain=both_spellings(matching[0]),
    )
    return Done(evidence, note)


def _missing(tenant: Tenant, desired: Desired) -> tuple[str, ...]:
    """Empty where that cannot be seen: the permission to look is among them, or Microsoft does not answer."""
    try:
        return tuple(missing_of(desired, names_granted(tenant.graph, tenant.client_id)))
    except GraphError:
        return ()
