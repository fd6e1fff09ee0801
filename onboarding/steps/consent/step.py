"""Step 2: the customer's admin has signed in and consented, and the tenant is proved to be the customer's.

Proof takes all of: a validated ID token whose ``tid`` is the expected tenant, a consent callback bound to the same
browser and link, an app-only token of that tenant with which Graph answers, and a verified domain of the customer.
The callback alone proves nothing (Microsoft identity platform, "Admin consent": never use ``tenant`` to authorise).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import GraphError, NotAllowed, Organization, RoleMissing
from onboarding.causes.index import explain_code
from onboarding.domain.desired import ConsentSeen, Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.shared.permissions import missing_of, names_granted

PROPAGATES_WITHIN = timedelta(minutes=15)  # Entra may take some ten minutes to spread a consent

REFUSALS = {
    "declined": _("The consent was declined. Ask the admin to open the link again and accept."),
    "not_allowed": _(
        "The account may not approve this. A Global Administrator or Privileged Role Administrator "
        "has to open the link."
    ),
    "wrong_tenant": _(
        "Somebody signed in from another tenant than the customer's. Nothing was bound. Check who has the link."
    ),
    "failed": _("Microsoft ended the consent with an error. Ask the admin to open the link again."),
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

    key: ClassVar[str] = "consent"
    title: ClassVar[str | Promise] = gettext_lazy("Consent")
    stage: ClassVar[stages.Stage] = stages.APPROVAL
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    waits_for_link: ClassVar[bool] = True
    gives_access: ClassVar[bool] = True
    asks_first: ClassVar[bool] = False

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """One harmless read with a token of the tenant that is to be proved."""
        if desired.consent is None or desired.consent.granted_at is None:
            return Facts()
        try:
            return Facts(tenant.graph.organization.get())
        except NotAllowed as error:
            missing = _missing(tenant, desired) if isinstance(error, RoleMissing) else ()
            tenant.forget_token()  # it says what was granted when it was fetched
            return Facts(permission_missing=isinstance(error, RoleMissing), missing=missing)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when every proof agrees; a mismatch never binds."""
        consent = desired.consent
        if consent is None or consent.granted_at is None:
            return self._nobody_yet(desired, consent)
        if consent.signed_in_tenant != desired.expected_tenant:
            return Asking(say(REFUSALS["wrong_tenant"]), Court.CS, code="wrong_tenant")
        if facts.organization is None:
            return self._spreading(desired, consent, facts)
        return self._compare(desired, consent, facts.organization)

    def _nobody_yet(self, desired: Desired, consent: ConsentSeen | None) -> Verdict:
        if consent is not None and consent.error:
            text, court = self._refusal(consent)
            return Asking(text, court, code=consent.error)
        link = desired.link
        if link is None:
            return Asking(say(_("Send the customer's admin the personal link.")), Court.CS, code="no_link")
        if link.expires_at <= desired.now:
            return Asking(say(_("The link has expired. Send a new one.")), Court.CS, code="link_expired")
        if link.seen_at is None:
            text = say(_("%(contact)s has not opened the link yet."), contact=link.contact)
        else:
            text = say(_("%(contact)s has opened the link, but not approved yet."), contact=link.contact)
        return Asking(text, Court.CUSTOMER, code="link_sent")

    def _refusal(self, consent: ConsentSeen) -> tuple[Sentence, Court]:
        if consent.error == "wrong_tenant":
            return say(REFUSALS["wrong_tenant"]), Court.CS
        if consent.error in REFUSALS and consent.error != "failed":
            return say(REFUSALS[consent.error]), Court.CUSTOMER
        if consent.error_code:
            return explain_code(consent.error_code)
        return say(REFUSALS["failed"]), Court.CUSTOMER

    def _spreading(self, desired: Desired, consent: ConsentSeen, facts: Facts) -> Verdict:
        assert consent.granted_at is not None
        if desired.now - consent.granted_at < PROPAGATES_WITHIN:
            return Waiting(
                say(_("Microsoft is still spreading the consent; this can take up to 15 minutes.")),
                timedelta(seconds=10),
            )
        if facts.missing:
            text = say(
                _("Permissions are missing: %(names)s. Ask the admin to open a new link and accept all of them."),
                names=", ".join(facts.missing),
            )
            return Asking(text, Court.CUSTOMER, offers={"missing": list(facts.missing)}, code="permissions_missing")
        if facts.permission_missing:
            text = say(_("The consent lacks permissions. Ask the admin to open a new link and accept all of them."))
        elif desired.proved:
            text = say(_("We have lost access to the tenant: our application was removed there. Send a new link."))
        else:
            text = say(_("The consent never arrived at Microsoft. Ask the admin to open a new link and accept."))
        return Asking(text, Court.CUSTOMER, code="access_lost" if desired.proved else "consent_missing")

    def _compare(self, desired: Desired, consent: ConsentSeen, organization: Organization) -> Verdict:
        if organization.id.lower() != desired.expected_tenant:
            return Broken(say(_("Graph answered for another tenant than the one asked.")), Court.HAIILO, "wrong_tenant")
        verified = {domain.name.lower() for domain in organization.verified_domains}
        matching = [domain for domain in desired.domains if domain.lower() in verified]
        if not matching:
            return Asking(
                say(
                    _("The tenant “%(tenant)s” has not verified any of the domains %(domains)s. Check the record."),
                    tenant=organization.display_name,
                    domains=", ".join(desired.domains),
                ),
                Court.CS,
                code="domain_mismatch",
            )
        return Done(
            evidence={
                "tenant_id": organization.id.lower(),
                "tenant_name": organization.display_name,
                "verified_domain": matching[0],
                "admin_name": consent.signed_in_name,
                "admin_object_id": consent.signed_in_object_id,
            },
            note=say(
                _("%(admin)s consented for %(tenant)s; the domain %(domain)s proves the tenant."),
                admin=consent.signed_in_name or say(_("The admin")),
                tenant=organization.display_name,
                domain=matching[0],
            ),
        )


def _missing(tenant: Tenant, desired: Desired) -> tuple[str, ...]:
    """Empty where that cannot be seen: the permission to look is among them, or Microsoft does not answer."""
    try:
        return tuple(missing_of(desired, names_granted(tenant.graph, tenant.client_id)))
    except GraphError:
        return ()
