"""Finding the enterprise application that provisioning belongs to, and ranking what was found with reasons.

Recognised by host first: neither Haiilo's entity ids nor its display names are fixed. `find` reads, the rest is pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from graphclient import (
    ConsentMissing,
    GraphClient,
    GraphError,
    Job,
    NotThere,
    OurCredentialRefused,
    Read,
    ServicePrincipal,
    Throttled,
    WriteRefused,
)
from graphclient.names import ascii_names
from graphclient.resources.service_principals import TAGGED, read_named
from onboarding.domain import consent_sizes
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.steps.base import Tenant
from onboarding.steps.shared import owned_objects
from onboarding.steps.shared.making import TEMPLATES
from onboarding.steps.shared.owned_objects import OwnedObjects, Owning
from onboarding.steps.shared.stored import ADDRESS, is_address
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

NAMES = ("Haiilo", "COYO", "Smarp")
MAX_CANDIDATES = 25  # candidates that are looked at closely
_TEST = re.compile(r"\b(test|testing|stage|staging|dev|qa|uat|sandbox|demo|old|copy|backup)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """An application with what it can be provisioned by, its jobs, and the address they send to."""

    app: ServicePrincipal
    templates: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    base_address: str = ""
    owning: Owning | None = None
    """What we own of it, where our permissions reach only that."""

    @property
    def needs_owner(self) -> str:
        """Where we cannot look closer without being an owner of it: our own principal's object id."""
        return self.owning.our_id if self.owning and not self.owning.principal else ""

    @property
    def template_id(self) -> str:
        """The SCIM template to use; empty where the application cannot take SCIM provisioning."""
        return next((template for template in TEMPLATES if template in self.templates), "")

    @property
    def usable(self) -> bool:
        """Whether provisioning can be set up on it."""
        return bool(self.template_id) and self.app.account_enabled

    @property
    def scim_jobs(self) -> tuple[Job, ...]:
        """Its jobs that send people to a SCIM address; those of other directions are none of ours."""
        return tuple(job for job in self.jobs if job.template_id in TEMPLATES)


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score and why."""

    candidate: Candidate
    score: int
    matches_host: bool
    reasons: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()

    def as_offer(self) -> dict[str, Any]:
        """What a person is shown to choose from; JSON."""
        candidate, app = self.candidate, self.candidate.app
        return {
            "service_principal_id": app.id,
            "app_id": app.app_id,
            "name": app.display_name,
            "enabled": app.account_enabled,
            "can_provision": bool(candidate.template_id),
            "template_id": candidate.template_id,
            "jobs": [job_offer(job, candidate.base_address) for job in candidate.scim_jobs],
            "reasons": [sentence.as_json() for sentence in self.reasons],
            "warnings": [sentence.as_json() for sentence in self.warnings],
            "score": self.score,
        }


def job_offer(job: Job, base_address: str) -> dict[str, str]:
    """A job as a person is shown it; JSON."""
    return {"id": job.id, "code": job.status.code, "template_id": job.template_id, "base_address": base_address}


# Reading


def reads() -> tuple[Read, ...]:
    """What `find` asks for in any case, for `GraphClient.read_ahead`."""
    return read_named(*NAMES), TAGGED


def find(
    tenant: Tenant, desired: Desired, *, closely: bool = True, held: OwnedObjects | None = None
) -> tuple[Candidate, ...]:
    """Applications by name and by host, without our own and those that other records in the tenant set up; `closely`
    reads jobs and addresses too.

    `held` is what we own, where that counts and was read already.
    """
    principals = tenant.graph.service_principals
    found = {app.id: app for app in principals.named(*NAMES)}
    host = desired.haiilo_host
    found |= {app.id: app for app in principals.single_sign_on() if host in hosts(app)}
    named = str(desired.answer(SsoApplicationEvidence.step, "app_id", ""))
    if named:
        with suppress(NotThere):
            app = principals.by_app_id(named)
            found[app.id] = app
    chosen = chosen_id(desired)  # also where it was renamed, so that it is missed only where it is gone
    if chosen and chosen not in found:
        with suppress(NotThere):
            found[chosen] = principals.get(chosen)
    if held is None and desired.size.by_ownership:
        held = owned_objects.read(tenant.graph, tenant.client_id)
    ours_all = {tenant.client_id, *consent_sizes.client_ids()}
    apps = [app for app in found.values() if app.app_id not in ours_all and app.id not in desired.taken_applications]
    ours = {app.id for app in apps if held is not None and held.holds(app)}
    apps.sort(
        key=lambda app: (
            app.id != chosen,
            app.id not in ours,
            host not in hosts(app),
            not app.account_enabled,
            app.display_name,
        )
    )
    return tuple(_look(tenant.graph, app, desired, closely=closely, held=held) for app in apps[:MAX_CANDIDATES])


def _look(
    graph: GraphClient, app: ServicePrincipal, desired: Desired, *, closely: bool, held: OwnedObjects | None
) -> Candidate:
    owning = owned_objects.owning(graph, held, app) if held is not None else None
    if owning is not None and not owning.principal:
        return Candidate(app, owning=owning)
    sync = graph.synchronization
    try:
        templates = tuple(template.id for template in sync.templates(app.id))
        jobs = tuple(sync.jobs(app.id)) if closely and templates else ()
        address = _address(graph, app) if jobs else ""
    except NotThere:
        return Candidate(app, owning=owning)
    return Candidate(app, templates, jobs, address, owning)


def _address(graph: GraphClient, app: ServicePrincipal) -> str:
    """Where its jobs send to; empty where Microsoft does not show that."""
    try:
        address = graph.synchronization.secrets(app.id).get(ADDRESS, "")
    except (ConsentMissing, OurCredentialRefused, Throttled, WriteRefused):
        raise
    except GraphError:
        return ""
    return address if is_address(address) else ""


def answered_id(desired: Desired) -> str:
    """Object id of the application that a person chose; empty where nobody did."""
    return str(desired.answer(SsoApplicationEvidence.step, "service_principal_id", ""))


def chosen_id(desired: Desired) -> str:
    """The application that a person chose or that was settled before; empty while there is none."""
    before = desired.evidence_of(SsoApplicationEvidence)
    return answered_id(desired) or (before.service_principal_id if before else "")


# Judging


def host_of(address: str) -> str:
    """The host of an address as the DNS is asked for it, also of one without scheme; empty where there is none.

    What is no name, such as an IP address, is returned in lower case: it is a place where people would be sent to.
    """
    try:
        host = (urlsplit(address if "//" in address else f"//{address}").hostname or "").lower()
    except ValueError:
        return ""
    return next(iter(ascii_names([host])), host)


def hosts(app: ServicePrincipal) -> set[str]:
    """All hosts that the application's addresses and names lead to."""
    addresses = [*app.reply_urls, *app.service_principal_names, app.login_url or "", app.homepage or ""]
    return {host for address in addresses if "." in (host := host_of(address))}


def rank(desired: Desired, candidates: Sequence[Candidate]) -> list[Ranked]:
    """Best first; the order does not depend on the order of what was found."""
    ranked = [_judge(desired, candidate, candidates) for candidate in candidates]
    return sorted(ranked, key=lambda each: (-each.score, each.candidate.app.display_name, each.candidate.app.id))


def clear_choice(ranked: Sequence[Ranked]) -> Ranked | None:
    """The one candidate that needs no person: it alone has the customer's host among those that can be used."""
    fitting = [each for each in ranked if each.matches_host and each.candidate.usable]
    return fitting[0] if len(fitting) == 1 else None


def _judge(desired: Desired, candidate: Candidate, all_of_them: Sequence[Candidate]) -> Ranked:
    points = list(_points(desired, candidate))
    warnings = tuple(_warnings(desired, candidate, all_of_them))
    score = sum(worth for worth, _reason in points) - 15 * len(warnings)
    reasons = tuple(reason for _worth, reason in points)
    return Ranked(candidate, score, _fits(desired, candidate), reasons, warnings)


def _is_sign_in(desired: Desired, app: ServicePrincipal) -> bool:
    return app.preferred_single_sign_on_mode == "saml" and desired.haiilo_host in hosts(app)


def _fits(desired: Desired, candidate: Candidate) -> bool:
    if not desired.profile.same_app_as_sso and _is_sign_in(desired, candidate.app):
        return False
    return desired.haiilo_host in hosts(candidate.app) or _sends_to(candidate) == desired.haiilo_host


def _sends_to(candidate: Candidate) -> str:
    return host_of(candidate.base_address) if candidate.scim_jobs else ""


def _points(desired: Desired, candidate: Candidate) -> Iterator[tuple[int, Sentence]]:
    app, host = candidate.app, desired.haiilo_host
    if app.app_id == desired.answer(SsoApplicationEvidence.step, "app_id"):
        yield 30, say(_("The customer named it."))
    if host in hosts(app) and (desired.profile.same_app_as_sso or not _is_sign_in(desired, app)):
        yield 50, say(_("Its addresses lead to %(host)s."), host=host)
    if _sends_to(candidate) == host:
        yield 40, say(_("Its provisioning job sends to %(host)s already."), host=host)
    name = next((name for name in NAMES if app.display_name.lower().startswith(name.lower())), "")
    if name:
        yield 20, say(_("Its name begins with %(name)s."), name=name)
    if app.preferred_single_sign_on_mode == "saml" and desired.profile.same_app_as_sso:
        yield 10, say(_("It signs people in by SAML."))
    if not desired.profile.same_app_as_sso and not _is_sign_in(desired, app):
        yield 10, say(_("It is not the sign-in application, as %(product)s needs it."), product=desired.profile.label)
    if candidate.template_id:
        yield 20, say(_("It supports provisioning."))


def _warnings(desired: Desired, candidate: Candidate, all_of_them: Sequence[Candidate]) -> Iterator[Sentence]:
    app, host = candidate.app, desired.haiilo_host
    if not app.account_enabled:
        yield say(_("It is disabled in the tenant. Have it enabled, or choose another one."))
    if candidate.needs_owner:
        yield say(_("Our application is not an owner of it."))
    elif not candidate.template_id:
        yield say(
            _(
                "It does not support provisioning, because it was created from an app registration. "
                "A second, non-gallery application is needed for that."
            )
        )
    if _TEST.search(app.display_name):
        yield say(_("Its name sounds like a test."))
    elsewhere = sorted(other for other in hosts(app) if other != host and _is_haiilo(other))
    if elsewhere and host not in hosts(app):
        yield say(_("It leads to another Haiilo address: %(host)s."), host=elsewhere[0])
    if _sends_to(candidate) not in ("", host):
        yield say(_("Its provisioning job sends elsewhere: %(address)s."), address=candidate.base_address)
    twins = [other.app for other in all_of_them if other.app.id != app.id and host in hosts(other.app)]
    if twins and host in hosts(app):
        yield say(_("There is a second application for the same address: %(name)s."), name=twins[0].display_name)
    if not desired.profile.same_app_as_sso and _is_sign_in(desired, app):
        yield say(
            _("This is the sign-in application. %(product)s needs a separate one."), product=desired.profile.label
        )


def _is_haiilo(host: str) -> bool:
    return host.endswith((".smarpshare.com", ".haiilo.app", ".haiilo.com", ".coyoapp.com"))
