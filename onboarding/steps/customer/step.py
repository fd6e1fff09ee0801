"""The customer's record, and which tenant stands behind the customer's domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import GraphError, OtherCloud, TryLater, Unreadable
from graphclient.names import both_spellings
from onboarding.causes.base import Cause
from onboarding.causes.clouds import OTHER_CLOUD, named
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Done, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import AnswerFormClass, Step, Tenant
from onboarding.steps.customer.causes import (
    ADDRESS_MISSING,
    CAUSES,
    DOMAINS_UNKNOWN,
    NO_SUCH_TENANT,
    SEVERAL_TENANTS,
    TENANT_UNKNOWN,
)
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.form import TenantForm

RECHECK_UNREADABLE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Facts:
    """Tenant id by domain (and by the tenant id that a person named), as Microsoft's public metadata says; None where
    it knows no such tenant. Not in it are those in another cloud (`elsewhere`: the cloud's name), and those about which
    Microsoft's answer could not be read.
    """

    tenants: Mapping[str, str | None]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomerRecord(Step[Facts]):
    """Resolves the expected tenant before any link goes out, so that a stranger's consent is recognised."""

    key: ClassVar[str] = CustomerEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Customer")
    stage: ClassVar[stages.Stage] = stages.APPROVAL
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    evidence: ClassVar[type[Evidence]] = CustomerEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    names_tenant: ClassVar[bool] = True
    forms: ClassVar[Mapping[str, AnswerFormClass]] = dict.fromkeys((each.code for each in TENANT_UNKNOWN), TenantForm)

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """Ask Microsoft's OpenID metadata for the tenant of each domain; no token is needed for that.

        One answer that cannot be read keeps nobody. Raises `TryLater` where nothing was found and one was only late.
        """
        found: dict[str, str | None] = {}
        elsewhere: dict[str, str] = {}
        unreadable: list[str] = []
        late: TryLater | None = None
        for name in dict.fromkeys((*desired.domains, *filter(None, (_named(desired),)))):
            try:
                found[name] = tenant.resolve(name)
            except OtherCloud as error:
                elsewhere[name] = error.cloud
            except GraphError as error:
                unreadable.append(name)
                late = error if isinstance(error, TryLater) and not isinstance(error, Unreadable) else late
        if late is not None and not any(found.values()):
            raise late
        return Facts(found, elsewhere, tuple(unreadable))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done when there is an address for the data, and the domains lead to one tenant or a person has named it."""
        if not desired.haiilo_host:
            return ADDRESS_MISSING.asking()
        hint = _named(desired)
        if hint:
            return _judge_named(hint, facts)
        found = {tid: domain for domain, tid in facts.tenants.items() if tid}
        if len(found) > 1:
            offered = [{"tenant_id": tid, "domain": domain} for tid, domain in found.items()]
            return SEVERAL_TENANTS.asking(offers={"tenants": offered}, warnings=_aside(facts), count=len(found))
        if not found:
            return _judge_nothing(desired, facts)
        [(tid, domain)] = found.items()
        return _done(tid, domain, facts)


def _named(desired: Desired) -> str:
    """The tenant id that a person has named, empty where none was."""
    return str(desired.answer(CustomerRecord.key, "tenant_id", "")).lower()


def _judge_named(tid: str, facts: Facts) -> Verdict:
    if tid in facts.elsewhere:
        return OTHER_CLOUD.asking(cloud=named(facts.elsewhere[tid]))
    if tid in facts.unreadable:
        return _unreadable([tid])
    if facts.tenants.get(tid, tid) is None:
        return NO_SUCH_TENANT.asking(tenant=tid)
    by_domain = (domain for domain, found in facts.tenants.items() if found == tid and domain != tid)
    return _done(tid, next(by_domain, ""), facts)


def _judge_nothing(desired: Desired, facts: Facts) -> Verdict:
    if facts.unreadable:
        return _unreadable(facts.unreadable)
    if facts.elsewhere:
        return OTHER_CLOUD.asking(cloud=named(next(iter(facts.elsewhere.values()))))
    return DOMAINS_UNKNOWN.asking(domains=", ".join(map(both_spellings, desired.domains)))


def _unreadable(names: Sequence[str]) -> Waiting:
    why = _("Microsoft's answer about %(domains)s cannot be read. We ask again.")
    return Waiting(say(why, domains=", ".join(map(both_spellings, names))), RECHECK_UNREADABLE_AFTER)


def _done(tid: str, domain: str, facts: Facts) -> Done:
    note = say(_("The customer's tenant is %(tenant)s."), tenant=both_spellings(domain) if domain else tid)
    return Done(CustomerEvidence(tid, domain), note, _aside(facts))


def _aside(facts: Facts) -> tuple[Sentence, ...]:
    """What is to be told of the domains that do not count."""
    in_other_clouds = _("%(domain)s is in %(cloud)s. Nobody is set up from there.")
    said = [
        say(in_other_clouds, domain=both_spellings(name), cloud=named(cloud)) for name, cloud in facts.elsewhere.items()
    ]
    if facts.unreadable:
        unreadable = _("Microsoft's answer about %(domains)s could not be read. We went on without it.")
        said.append(say(unreadable, domains=", ".join(map(both_spellings, facts.unreadable))))
    return tuple(said)
