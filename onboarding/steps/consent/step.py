"""The customer's admin has signed in and consented, and the tenant is proved to be the customer's.

Proof takes all of: a validated ID token whose ``tid`` is the expected tenant, a consent callback bound to the same
browser and link (or, where the tenant shows an approval already, a sign-in by the link), an app-only token of that
tenant with which Graph answers, and a verified domain of the customer.
The callback alone proves nothing (Microsoft identity platform, "Admin consent": never use ``tenant`` to authorise).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import (
    ConsentMissing,
    GraphError,
    NotAllowed,
    Organization,
    OtherCloud,
    OurCredentialRefused,
    RoleMissing,
    TokenRefused,
    TryLater,
)
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
    APPROVED_UNSIGNED,
    BLOCKED,
    CAUSES,
    CONSENT_MISSING,
    DOMAIN_MISMATCH,
    ENDED,
    FAILED,
    FAILED_SAYING,
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
from onboarding.steps.shared.permission_causes import ONLY_DELEGATED, PERMISSIONS_INCOMPLETE, PERMISSIONS_MISSING
from onboarding.steps.shared.permissions import (
    RECHECK_YOUNG_AFTER,
    missing_of,
    names_granted,
    seen_twice,
    taking_effect,
)

RECHECK_SPREADING_AFTER = timedelta(seconds=10)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)  # between looks for an approval
_ENDED = {str(cause.code): cause for cause in ENDED}
_UNNAMED = {  # what there is to say where no family of causes has the code
    BLOCKED.code: _("Ask the admin to open the link from a device and a place that the policy allows."),
    WRONG_ACCOUNT.code: _("Ask the admin to open the link again and choose the work account."),
}


@dataclass(frozen=True)
class Facts:
    """What Graph says about the tenant when asked with a token of that tenant; None while it does not answer us.

    `missing`: names of permissions that were not granted, as far as we may see that; `has_some`: others were granted.
    `no_principal`: the code with which Microsoft says that our application is not in the tenant.
    """

    organization: Organization | None = None
    permission_missing: bool = False
    missing: tuple[str, ...] = ()
    has_some: bool = False
    no_principal: str = ""


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
        """One harmless read with a token of the tenant that is to be proved, also while a link is out and no answer
        has come back: an approval may be given in the portal, or its answer be lost.

        Raises what says more than that the approval has not arrived: a token that is refused for another reason, and,
        once it should have arrived, any other refusal.
        """
        if _was_granted(desired):
            return _look(tenant, desired)
        if desired.expected_tenant is None or not _is_link_out(desired):
            return Facts()
        try:
            return _look(tenant, desired)
        except (TokenRefused, OtherCloud, OurCredentialRefused):
            raise
        except GraphError as error:
            if isinstance(error, TryLater) and error.asks_to_wait:
                raise
            return Facts()  # unknown; what is to be said about the link does not depend on it

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when every proof agrees; a mismatch never binds."""
        consent = desired.consent
        if consent is None or consent.granted_at is None:
            return _unanswered(desired, facts)
        if consent.signed_in_tenant != desired.expected_tenant:
            return WRONG_TENANT.asking()
        if facts.organization is None:
            return _not_arrived(desired, facts)
        return _compare(desired, consent, facts.organization)


def _was_granted(desired: Desired) -> bool:
    return desired.consent is not None and desired.consent.granted_at is not None


def _is_link_out(desired: Desired) -> bool:
    return desired.link is not None and desired.link.expires_at > desired.now


def _look(tenant: Tenant, desired: Desired) -> Facts:
    try:
        return Facts(tenant.graph.organization.get())
    except RoleMissing:
        granted = _granted(tenant)
        tenant.forget_token()  # it says what was granted when it was fetched
        missing = () if granted is None else tuple(missing_of(desired, granted))
        return Facts(permission_missing=True, missing=missing, has_some=bool(granted))
    except ConsentMissing as error:
        tenant.forget_token()
        return Facts(no_principal=error.code)
    except NotAllowed as error:
        if isinstance(error, TokenRefused | OtherCloud) or not _is_spreading(desired):
            raise
        tenant.forget_token()
        return Facts()


def _is_spreading(desired: Desired) -> bool:
    """Whether the approval is so new that Microsoft may not have spread it to all its servers yet."""
    return taking_effect(desired, recheck_in=RECHECK_SPREADING_AFTER) is not None


def _unanswered(desired: Desired, facts: Facts) -> Asking:
    """Where no approval came back to us: what the tenant says, else how far the link has come.

    Nothing is bound by what the tenant says alone: that somebody of that tenant holds our link is not proved by it.
    """
    consent, pause = desired.consent, _pause(desired)
    if facts.organization is not None and _is_link_out(desired):
        contact = desired.link.contact if desired.link else ""
        return replace(APPROVED_UNSIGNED.asking(contact=contact), recheck_in=pause)
    if facts.permission_missing and facts.has_some and facts.missing:
        return _names_missing(PERMISSIONS_MISSING, facts, recheck_in=pause)
    return replace(_refusal(consent) if consent and consent.error else _about_link(desired), recheck_in=pause)


def _pause(desired: Desired) -> timedelta:
    """The longer nothing has happened, the longer until the next look; long, where no link is out."""
    link, consent = desired.link, desired.consent
    if link is None or not _is_link_out(desired):
        return LONGEST_PAUSE
    moments = [link.created_at, link.seen_at, link.begun_at, consent.signed_in_at if consent else None]
    newest = max(moment for moment in moments if moment)
    return min(max((desired.now - newest) / 2, SHORTEST_PAUSE), LONGEST_PAUSE)


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
    if consent.error_text:
        return FAILED_SAYING.asking(code=consent.error_code, reason=consent.error_text)
    return FAILED_UNEXPLAINED.asking(code=consent.error_code) if consent.error_code else FAILED.asking()


def _why(ended: Cause, known: Cause | None) -> Sentence:
    return known.for_staff({}) if known else say(_UNNAMED[ended.code])


def _not_arrived(desired: Desired, facts: Facts) -> Verdict:
    """What is missing of an approval that somebody gave; half of one is told at the second look that finds it so."""
    is_half = facts.has_some and bool(facts.missing)
    spreading = taking_effect(desired, recheck_in=RECHECK_SPREADING_AFTER, missing=facts.missing if is_half else ())
    if spreading is not None and not (is_half and seen_twice(desired, Consent.key, facts.missing)):
        return spreading
    if facts.missing:
        cause = PERMISSIONS_MISSING if facts.has_some else ONLY_DELEGATED
        return _names_missing(cause, facts, recheck_in=RECHECK_YOUNG_AFTER if spreading else None)
    if facts.permission_missing:
        return PERMISSIONS_INCOMPLETE.asking()
    seen = {"detail": facts.no_principal} if facts.no_principal else {}
    return (ACCESS_LOST if desired.proved else CONSENT_MISSING).asking(offers=seen)


def _names_missing(cause: Cause, facts: Facts, *, recheck_in: timedelta | None) -> Asking:
    offers = {"missing": list(facts.missing)}
    return replace(cause.asking(offers=offers, names=", ".join(facts.missing)), recheck_in=recheck_in)


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


def _granted(tenant: Tenant) -> frozenset[str] | None:
    """Names of the permissions we have: by Graph, else as our token hints; None where neither can be read."""
    try:
        return names_granted(tenant.graph, tenant.client_id)
    except GraphError:
        return tenant.roles_in_token()
