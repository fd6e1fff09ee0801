"""Gathers the desired state of one onboarding from the database into the one frozen value that steps are given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Max

from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.desired import (
    SCIM_TOKEN,
    ConsentSeen,
    Desired,
    LinkSent,
    ProvedTenant,
    ReadEvidence,
    ReadOnlyDesired,
    SecretText,
)
from onboarding.domain.encryption import CannotDecrypt
from onboarding.domain.evidence import Evidence
from onboarding.domain.former_schema import FormerSchema
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.leavers import Leavers
from onboarding.domain.log_trouble import LogTrouble
from onboarding.domain.prospects import Prospects
from onboarding.domain.scope_read import ScopeRead
from onboarding.domain.suggested import Suggested
from onboarding.domain.verdicts import ApprovedPlan
from onboarding.engine import approvals, former_schema, intents, neighbours
from onboarding.models import (
    ConsentAttempt,
    CustomerSecret,
    Link,
    Onboarding,
    StepState,
    TenantBinding,
    clock,
)
from onboarding.people.failures import TO_MEND, failures
from onboarding.people.leavers import TO_BE_REMOVED, leavers
from onboarding.people.scope_place import Place
from onboarding.people.suggested import suggested
from onboarding.steps.base import Step
from onboarding.steps.customer.step import CustomerRecord

E = TypeVar("E", bound=Evidence)
T = TypeVar("T")


@dataclass
class Rows:
    """What the database holds of one onboarding: as it was read, or as the run that holds its lease has changed it."""

    onboarding: Onboarding
    states: dict[str, StepState]
    secret: CustomerSecret | None
    fits: bool
    """Whether the secret was entered for the host that the record names."""
    token: SecretText | None
    binding: TenantBinding | None
    read_only: ReadOnlyDesired | None
    approved: dict[str, ApprovedPlan]
    taken_applications: Mapping[str, str] = field(default_factory=dict)
    link: LinkSent | None = None
    consent: ConsentSeen | None = None
    failures: tuple[Failure, ...] = ()
    """Why people are not as they should be; read after the log, where there are any."""
    leavers: Leavers = field(default_factory=Leavers)
    """Who is to be removed from Haiilo; read where a step goes by the people, and there are any."""
    suggested: tuple[Suggested, ...] = ()
    """Whom the roster offers as test users; read where a step asks for them."""
    former_schema: FormerSchema | None = None
    """What the job before ours mapped; read where a step takes it over."""
    knows_consent: bool = False
    """Whether `link` and `consent` have been read: most runs look at no step that goes by them."""
    scope_read: ScopeRead | None = None
    changes: dict[str, _Changes] = field(default_factory=dict, repr=False)
    """What the intents of each step come to, as they were read last."""
    read_evidence: ReadEvidence = field(default_factory=dict, repr=False)
    """Evidence that was asked for since these rows were read, so that it is read from its stored form once."""
    haiilo: tuple[Mapping[str, Any], HaiiloList] | None = field(default=None, repr=False)
    """What Haiilo's own list has shown, beside its stored form."""

    @property
    def is_misfit(self) -> bool:
        """Whether a secret is stored that was entered for another host."""
        return self.secret is not None and not self.fits

    def read_for(self, step: Step[Any]) -> None:
        """Read what this step alone goes by. No query for most steps."""
        if step.reads_consent:
            self.read_consent()
        if step.reads_people:
            self._read_leavers()
        if step.tries_people:
            self.suggested = suggested(self.onboarding)
        self.former_schema = former_schema.read(self.onboarding, self.states, step) if step.carries_over else None

    def read_consent(self) -> None:
        """Read `link` and `consent`, too. Two queries, once."""
        if not self.knows_consent:
            pk, size = self.onboarding.pk, self.onboarding.size
            self.link, self.consent, self.knows_consent = _newest_link(pk, size), _newest_consent(pk, size), True

    def read_failures(self) -> None:
        """Read `failures`, and `leavers` anew. One query, where somebody is not as they should be, and two where
        somebody is to be removed.
        """
        counts = headcount(self.onboarding)
        self.failures = failures(self.onboarding) if counts.of(*TO_MEND) else ()
        self._read_leavers()

    def _read_leavers(self) -> None:
        some = headcount(self.onboarding).of(*TO_BE_REMOVED)
        self.leavers = leavers(self.onboarding) if some else Leavers()

    def desired(self) -> Desired:
        """All of it as the one value that steps are given, with the present time. No query."""
        customer, states = self.onboarding.customer, self.states
        evidence = {key: state.evidence for key, state in states.items() if state.done_at}
        answers: dict[str, Mapping[str, Any]] = {key: state.answer for key, state in states.items()}
        changes = {key: self._changes_of(key, state.noted) for key, state in states.items()}
        if customer.tenant_hint:
            answers[CustomerRecord.key] = {**answers.get(CustomerRecord.key, {}), "tenant_id": customer.tenant_hint}
        return Desired(
            customer_name=customer.name,
            profile=customer.profile,
            haiilo_host=customer.haiilo_host,
            domains=tuple(customer.domains),
            now=clock.now(),
            expected_tenant=_expected_tenant(evidence),
            proved=ProvedTenant(self.binding.tenant_id) if self.binding else None,
            link=self.link,
            consent=self.consent,
            answers=answers,
            evidence=evidence,
            applied=_OfEach(changes, lambda each: each.results),
            begun=_OfEach(changes, lambda each: each.begun),
            refused=_OfEach(changes, lambda each: each.refused),
            unconfirmed=_OfEach(changes, lambda each: each.unconfirmed),
            approved=dict(self.approved),
            answered_at={key: state.answered_at for key, state in states.items() if state.answered_at},
            scim_token=self.token,
            scim_token_saved_at=self.secret.saved_at if self.secret and self.fits else None,
            scim_token_misfit=self.is_misfit,
            unreadable_secret=self.secret is not None and self.fits and self.token is None,
            taken_applications=self.taken_applications,
            people=headcount(self.onboarding, self.failures),
            leavers=self.leavers,
            log_trouble=LogTrouble.from_json(self.onboarding.log_trouble),
            scope_read=self.scope_read,
            haiilo=self._haiilo_list(),
            size=self.onboarding.size,
            read_only=self.read_only,
            token_noted_within=timedelta(days=settings.TOKEN_NOTED_DAYS),
            token_asked_within=timedelta(days=settings.TOKEN_ASKED_DAYS),
            recipients=settings.NOTIFICATION_RECIPIENTS,
            suggested=self.suggested,
            former_schema=self.former_schema,
            pace=settings.PACE,
            seen_before={key: state.offers for key, state in states.items() if state.offers},
            read_evidence=self.read_evidence,
        )

    def _haiilo_list(self) -> HaiiloList:
        """What Haiilo's own list has shown. Whoever reads that list again keeps another document."""
        stored = self.onboarding.haiilo_list
        if self.haiilo is None or self.haiilo[0] is not stored:
            self.haiilo = stored, HaiiloList.from_json(stored)
        return self.haiilo[1]

    def _changes_of(self, key: str, noted: Mapping[str, Mapping[str, Any]] | str) -> _Changes:
        """What the intents of a step come to. Whoever changes them writes others, so the same are read once."""
        known = self.changes.get(key)
        if known is None or known.noted is not noted:
            known = self.changes[key] = _Changes(noted)
        return known


class _Changes:
    """The changes of one step, as its intents have `noted` them, by the name of each; read when they are asked for:
    most steps go by those of no other.
    """

    def __init__(self, noted: Mapping[str, Mapping[str, Any]] | str) -> None:
        self.noted = noted

    @cached_property
    def _intents(self) -> Mapping[str, Mapping[str, Any]]:
        return json.loads(self.noted) if isinstance(self.noted, str) else self.noted

    @cached_property
    def results(self) -> dict[str, dict[str, object]]:
        return {name: entry["result"] for name, entry in self._intents.items() if entry.get("result")}

    @cached_property
    def begun(self) -> dict[str, datetime]:
        return intents.begun_at(self._intents)

    @cached_property
    def refused(self) -> dict[str, datetime]:
        return intents.refused_at(self._intents)

    @cached_property
    def unconfirmed(self) -> frozenset[str]:
        return intents.unconfirmed(self._intents)


class _OfEach(Mapping[str, T]):
    """One thing about the changes of each step, worked out for the steps that are asked about."""

    def __init__(self, changes: Mapping[str, _Changes], tell: Callable[[_Changes], T]) -> None:
        self._changes, self._tell = changes, tell

    def __getitem__(self, key: str) -> T:
        return self._tell(self._changes[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)


def headcount(onboarding: Onboarding, failing: tuple[Failure, ...] = ()) -> Headcount:
    """How many people are where, and why some are not as they should be. No query."""
    return Headcount(
        failures=failing,
        results=onboarding.people_counts,
        standings=onboarding.standings,
        prospects=Prospects(onboarding.prospects),
        differing=onboarding.differing,
        scope_read_at=onboarding.scope_read_at,
        told=onboarding.in_haiilo,
        told_at=onboarding.in_haiilo_at,
        heard_until=onboarding.log_watermark,
        left_out_by=onboarding.left_out_by,
        haiilo_read_at=onboarding.haiilo_read_at,
        removed_on=onboarding.removed_on,
    )


def seen(onboarding_id: int, kind: type[E]) -> E | None:
    """What the step of `kind` saw when it was done last; None while it never was. One query."""
    state = StepState.one(onboarding_id, kind.step)
    return state.seen(kind) if state else None


def load_desired(onboarding_id: int) -> Desired:
    """Everything the steps of this onboarding may know. A fixed number of queries."""
    return load(onboarding_id).desired()


def load(onboarding_id: int) -> Rows:
    """The rows of this onboarding. A fixed number of queries."""
    rows = rows_of(Onboarding.objects.whole(onboarding_id))
    rows.read_consent()
    return rows


def rows_of(onboarding: Onboarding) -> Rows:
    """What belongs to this row, which was read `whole`, but for link and consent. One query, and one more for what it
    says there is.
    """
    pk, host = onboarding.pk, onboarding.customer.haiilo_host
    secret = _secret(pk) if onboarding.has_secrets else None
    fits = secret is not None and secret.fits(host)
    return Rows(
        onboarding=onboarding,
        states={state.key: state for state in StepState.of(pk)},
        secret=secret,
        token=_opened(secret if fits else None, host),
        fits=fits,
        binding=getattr(onboarding, "binding", None),
        read_only=_read_only(onboarding),
        approved=approvals.plans(onboarding) if onboarding.has_approvals else {},
        taken_applications=neighbours.applications(onboarding) if onboarding.has_neighbours else {},
        scope_read=_scope_read(onboarding),
    )


def _scope_read(onboarding: Onboarding) -> ScopeRead | None:
    place = Place.from_json(onboarding.scope_reading)
    return place.read() if place else None


def _secret(onboarding_id: int) -> CustomerSecret | None:
    return CustomerSecret.objects.filter(onboarding_id=onboarding_id, kind=SCIM_TOKEN).first()


def _opened(secret: CustomerSecret | None, host: str) -> SecretText | None:
    """The secret in memory; None where there is none, and where a key is missing that it was encrypted with."""
    try:
        return secret.open(host) if secret else None
    except CannotDecrypt:
        return None


def with_evidence(desired: Desired, key: str, evidence: Mapping[str, Any]) -> Desired:
    """What would be loaded once `evidence` were kept as that of step `key`, and with the present time."""
    kept = {**desired.evidence, key: evidence}
    return replace(desired, evidence=kept, expected_tenant=_expected_tenant(kept), now=clock.now())


def _expected_tenant(evidence: Mapping[str, Mapping[str, Any]]) -> str | None:
    return evidence.get(CustomerRecord.key, {}).get("tenant_id")


def _read_only(onboarding: Onboarding) -> ReadOnlyDesired | None:
    row = onboarding.open_read_only
    if row is None:
        return None
    given = ReadOnlyDesired(onboarding.customer.size, row.reads_only_since, row.leave_asked_at is not None)
    since = row.leave_asked_at or row.asked_at
    return replace(
        given,
        link=_newest_link(onboarding.pk, given.asks_for, since),
        consent=_newest_consent(onboarding.pk, given.asks_for, since),
    )


def _newest_link(onboarding_id: int, size: ConsentSize, since: datetime | None = None) -> LinkSent | None:
    """The newest that leads to the consent for this application of ours, used or not."""
    links = Link.objects.filter(onboarding_id=onboarding_id, revoked_at=None, consent_size=size.key)
    wanted = links.filter(created_at__gte=since) if since else links
    link = wanted.annotate(begun_at=Max("attempts__started_at")).order_by("-id").first()
    if link is None:
        return None
    return LinkSent(link.contact_name, link.created_at, link.expires_at, link.seen_at, getattr(link, "begun_at", None))


def _newest_consent(onboarding_id: int, size: ConsentSize, since: datetime | None = None) -> ConsentSeen | None:
    """The newest round trip that ended, for the application of this size; a granted one outlives later refusals."""
    attempts = ConsentAttempt.objects.filter(link__onboarding_id=onboarding_id, consent_size=size.key)
    ended = (attempts.filter(answered_at__gte=since) if since else attempts).exclude(answered_at=None)
    attempt = ended.exclude(granted_at=None).order_by("-granted_at").first() or ended.order_by("-answered_at").first()
    if attempt is None:
        return None
    return ConsentSeen(
        signed_in_tenant=attempt.signed_in_tenant,
        signed_in_object_id=attempt.signed_in_object_id,
        signed_in_name=attempt.signed_in_name,
        signed_in_at=attempt.signed_in_at or attempt.started_at,
        granted_at=attempt.granted_at,
        error=attempt.error,
        error_code=attempt.error_code,
        error_text=attempt.error_text,
    )
