from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.lifecycle import State
from onboarding.models import clock, step_state
from onboarding.models.compiled import Both, Check, Given, Select, Update, given

if TYPE_CHECKING:
    from onboarding.models.read_only import ReadOnlyMode


@dataclass(frozen=True)
class Lease:
    """The right to work on one onboarding until it ends; every write-back checks the token.

    `own_failures`, `time_outs`: how many runs in a row before this one ended by a fault of ours, or because the tenant
    did not answer in time. `row`: the onboarding as it was claimed, `whole`; None where it was not claimed here.
    """

    onboarding_id: int
    token: int
    next_run_at: datetime
    own_failures: int = 0
    time_outs: int = 0
    row: Onboarding | None = field(default=None, compare=False, repr=False)


class LeaseLost(RuntimeError):
    """Another worker holds this onboarding now; what we found out does not count."""


class OnboardingQuerySet(models.QuerySet["Onboarding"]):
    """Who is due, who may see what, and the claim."""

    def for_user(self, user: AbstractBaseUser) -> OnboardingQuerySet:
        """The onboardings that `user` may see: those of the portfolios the user is a member of."""
        return self.filter(customer__portfolio__members=user.pk)

    def has_reader(self, pk: int, user: AbstractBaseUser) -> bool:
        """Whether the onboarding with this key is one of those `for_user`. One query."""
        return _has_reader().holds(id=pk, reader=user.pk)

    def for_reader(self, pk: int, user: AbstractBaseUser) -> Onboarding | None:
        """The one with this key `for_user`, with customer, owner and how the owner is reached. One query."""
        return next(iter(_for_reader().rows(id=pk, reader=user.pk)), None)

    def due(self) -> OnboardingQuerySet:
        """Those that are due by the database's clock: their time has come, Microsoft has not asked for a longer wait,
        and no worker holds them.
        """
        return (
            self.filter(
                Q(leased_until__isnull=True) | Q(leased_until__lte=clock.Now()),
                Q(not_before__isnull=True) | Q(not_before__lte=clock.Now()),
                next_run_at__lte=clock.Now(),
            )
            .exclude(state__in=[State.PAUSED, State.CLOSED])
            .order_by("next_run_at")
        )

    def lock(self, pk: int) -> Onboarding:
        """The row, locked until the transaction ends. Whoever locks more than one row locks this one first.

        Raises `Onboarding.DoesNotExist`.
        """
        return self.select_for_update(no_key=True).get(pk=pk)

    def claim(self, pk: int, *, by: str = "") -> Lease | None:
        """Take the lease of one onboarding for the process `by` if it is due, or None. A conditional UPDATE whose
        count decides.
        """
        if not _claim().run(id=pk, leased_by=by, lasts=_lease_lasts()):
            return None
        row = self.whole(pk)
        return Lease(pk, row.lease_token, row.next_run_at, row.own_failures, row.time_outs, row)

    def whole(self, pk: int) -> Onboarding:
        """The row with customer, read-only mode and tenant in the same query, and whether there are secrets, open
        approvals, others in its tenant or open inquiries (`has_secrets`, `has_approvals`, `has_neighbours`,
        `has_inquiries`): most customers have none.
        Raises `Onboarding.DoesNotExist`.
        """
        found = _whole().rows(id=pk)
        if not found:
            raise Onboarding.DoesNotExist(f"onboarding {pk}")
        return found[0]

    def held(self, lease: Lease) -> OnboardingQuerySet:
        """The row of `lease`, if it is still ours."""
        return self.filter(pk=lease.onboarding_id, lease_token=lease.token)

    def hold(self, lease: Lease) -> Onboarding:
        """The row of `lease`, locked until the transaction ends. One query. Raises `LeaseLost`."""
        found = _hold().rows(id=lease.onboarding_id, lease_token=lease.token)
        if not found:
            raise LeaseLost(f"onboarding {lease.onboarding_id}")
        return found[0]

    def renew(self, lease: Lease) -> bool:
        """Prolong the lease; False when it was lost."""
        return bool(self.held(lease).update(leased_until=clock.after(_lease_lasts())))

    def release(self, lease: Lease, *, after: timedelta, **found: Any) -> None:
        """End the lease; the next run is due so long from now, unless somebody has asked for one meanwhile. `found`:
        other columns that the run has to say something about.
        """
        unasked = When(next_run_at=lease.next_run_at, then=clock.after(after))
        due = Case(unasked, default=F("next_run_at"), output_field=models.DateTimeField())
        self.held(lease).update(next_run_at=due, leased_until=None, leased_by="", **found)

    def end_unasked(self, lease: Lease, *, after: timedelta, **found: Any) -> bool:
        """As `release`, but False, and nothing done, where somebody has asked for a run meanwhile or the lease was
        lost.
        """
        return bool(_end_unasked(*sorted(found)).run(**_held(lease), after=after, **found))

    def end_unasked_and_write(
        self, lease: Lease, state: int, values: Mapping[str, Any], *, after: timedelta, **found: Any
    ) -> bool:
        """As `end_unasked`, with these values for the step's row `state` in the same transaction. One query."""
        ended = {**_held(lease), "after": after, **found}
        both = _end_unasked_and_write(tuple(sorted(found)), tuple(sorted(values)))
        return both.run(ended, {"id": state, **values})

    def leave_due(self, lease: Lease) -> None:
        """End the lease of a run that has not begun: the onboarding stays as due as it was."""
        self.held(lease).update(leased_until=None, leased_by="")

    def interrupt(self, pk: int) -> None:
        """End whatever run is under way: it finds `LeaseLost` at its next write or change. Due again at once."""
        self.filter(pk=pk)._interrupt()

    def take_back(self, lease: Lease) -> None:
        """As `interrupt`, if this lease is still the newest."""
        self.held(lease)._interrupt()

    def leased(self) -> Iterator[tuple[Lease, str]]:
        """The leases that run now, and which process holds each."""
        rows = self.filter(leased_until__gt=clock.Now()).exclude(leased_by="")
        for pk, token, next_run_at, name in rows.values_list("pk", "lease_token", "next_run_at", "leased_by"):
            yield Lease(pk, token, next_run_at), name

    def _interrupt(self) -> None:
        self.update(lease_token=F("lease_token") + 1, leased_until=None, leased_by="", next_run_at=clock.Now())


# The statements of every visit and of every page of a customer, made once


@cache
def _claim() -> Update:
    """Take the lease of the row `id` for the process `leased_by` if it is due; it `lasts` so long."""
    return Update(
        Onboarding.objects.due().order_by().filter(**given(Onboarding, "id")),
        leased_until=clock.after(Given("lasts", models.DurationField())),
        lease_token=F("lease_token") + 1,
        **given(Onboarding, "leased_by"),
    )


@cache
def _whole() -> Select[Onboarding]:
    """The row `id`, as `OnboardingQuerySet.whole` says."""
    found = {
        "has_secrets": _exists("CustomerSecret"),
        "has_approvals": _exists("Approval", used_at=None, withdrawn_at=None),
        "has_neighbours": _has_neighbours(),
        "has_inquiries": _exists("Inquiry", answered_at=None),
    }
    related = Onboarding.objects.select_related("customer", "read_only", "binding", "kept_token")
    return Select(related.annotate(**found).filter(**given(Onboarding, "id")))


@cache
def _hold() -> Select[Onboarding]:
    """The row `id`, if its lease is still `lease_token`, locked."""
    rows = Onboarding.objects.filter(**given(Onboarding, "id", "lease_token"))
    return Select(rows.select_for_update(no_key=True))


@cache
def _has_reader() -> Check:
    return Check(_of_reader())


@cache
def _for_reader() -> Select[Onboarding]:
    return Select(_of_reader().select_related("customer__owner__staff_contact"))


def _of_reader() -> models.QuerySet[Onboarding]:
    """The row `id`, if the user `reader` may see it."""
    reader = Given("reader", models.AutoField())
    return Onboarding.objects.filter(customer__portfolio__members=reader, **given(Onboarding, "id"))


@cache
def _end_unasked(*columns: str) -> Update:
    """End the lease `lease_token` of the row `id` if the next run is due at `next_run_at` still; it is due so long
    `after` now then, and these columns are set.
    """
    return Update(
        Onboarding.objects.filter(**given(Onboarding, "id", "lease_token", "next_run_at")),
        next_run_at=clock.after(Given("after", models.DurationField())),
        leased_until=None,
        leased_by="",
        **given(Onboarding, *columns),
    )


@cache
def _end_unasked_and_write(columns: tuple[str, ...], of_the_step: tuple[str, ...]) -> Both:
    return Both(_end_unasked(*columns), step_state.writing(of_the_step))


def _held(lease: Lease) -> dict[str, Any]:
    """By what the row is known as long as the lease is ours and nobody has asked for a run."""
    return {"id": lease.onboarding_id, "lease_token": lease.token, "next_run_at": lease.next_run_at}


def _exists(model: str, **conditions: Any) -> Exists:
    rows = apps.get_model("onboarding", model)._default_manager.filter(onboarding=OuterRef("pk"), **conditions)
    return Exists(rows)


def _has_neighbours() -> Exists:
    """Whether others are bound to the same tenant."""
    same = apps.get_model("onboarding", "TenantBinding")._default_manager.filter(
        tenant_id=OuterRef("binding__tenant_id")
    )
    return Exists(same.exclude(onboarding=OuterRef("pk")))


def _lease_lasts() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


class Onboarding(models.Model):
    """One customer's way into Haiilo. Three columns do all timing, by the database's clock: when the next run is due,
    before when Microsoft wants none, and until when a worker holds it.
    """

    customer = models.OneToOneField("onboarding.Customer", on_delete=models.CASCADE, related_name="onboarding")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    next_run_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    # Until when Microsoft asked us not to call for this tenant (Retry-After); an act of a person is no reason to.
    not_before = models.DateTimeField(null=True, blank=True)
    lease_token = models.PositiveBigIntegerField(default=0)
    # Which process holds it (host:pid:start), so that what a dead one held is given back before its time.
    leased_by = models.CharField(max_length=200, default="", blank=True)
    # In a row, each counted until a run ends without: by faults of our own, by a tenant that does not answer in time.
    own_failures = models.PositiveSmallIntegerField(default=0)
    time_outs = models.PositiveSmallIntegerField(default=0)
    # What the board sorts and filters by: the first step that is not done, kept by the ledger with each verdict.
    current_key = models.CharField(max_length=40, default="")
    current_kind = models.CharField(max_length=10, default="new")
    current_court = models.CharField(max_length=12, default="cs")
    current_since = models.DateTimeField(default=clock.now)
    # The newest row of the provisioning log before which everything was read; and how far we are behind it.
    log_watermark = models.DateTimeField(null=True, blank=True)
    log_reading = models.JSONField(default=dict, blank=True, editable=False)
    log_trouble = models.JSONField(default=dict, blank=True, editable=False)
    # Which reads a batch is not answered in this tenant, and since when (`engine.reading_ahead`).
    asked_alone = models.JSONField(default=dict, blank=True, editable=False)
    # How many people have which result, standing, place in scope and prospect, and values that differ; kept by
    # `people.roster` with the rows they count.
    people_counts = models.JSONField(default=dict, blank=True, editable=False)
    standings = models.JSONField(default=dict, blank=True, editable=False)
    scopes = models.JSONField(default=dict, blank=True, editable=False)
    prospects = models.JSONField(default=dict, blank=True, editable=False)
    differing = models.JSONField(default=dict, blank=True, editable=False)
    # Of how many people the mappings make something odd, by its codes in one word; kept with those.
    findings = models.JSONField(default=dict, blank=True, editable=False)
    # How many people the same cause keeps, by its word (`people.failures`); kept with those.
    causes = models.JSONField(default=dict, blank=True, editable=False)
    # How many people's names are erased, by all that the list is filtered by (`people.erased`); kept with those.
    erased = models.JSONField(default=dict, blank=True, editable=False)
    # What Haiilo's own list says of how many people who should arrive; kept with those.
    told_by_haiilo = models.JSONField(default=dict, blank=True, editable=False)
    # How many people were removed on each of the last days (ISO 8601).
    removed_on = models.JSONField(default=dict, blank=True, editable=False)
    # How far the assignments were read, and what was counted (`people.scope`).
    scope_reading = models.JSONField(default=dict, blank=True, editable=False)
    # When everybody in scope was read last, all of it; None before.
    scope_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many people are in Haiilo as the last look has it, and when it was; None before the first one.
    in_haiilo = models.PositiveIntegerField(null=True, blank=True, editable=False)
    in_haiilo_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the last sync began, where it has left out whoever is in scope and on the way.
    left_out_by = models.DateTimeField(null=True, blank=True, editable=False)
    # When Haiilo's own list was read last, all of it; None before.
    haiilo_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What that list has shown, in numbers (`domain.haiilo_list`).
    haiilo_list = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    live_at = models.DateTimeField(null=True, blank=True)

    # Of a row that was read `whole` only.
    has_secrets: bool
    has_approvals: bool
    has_neighbours: bool
    has_inquiries: bool

    objects = OnboardingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_run_at", "leased_until"], name="onboarding_due"),
            models.Index(fields=["state", "current_kind", "current_court"], name="onboarding_bucket"),
        ]

    def __str__(self) -> str:
        return f"onboarding of {self.customer}"

    @property
    def open_read_only(self) -> ReadOnlyMode | None:
        """That we are to watch only, or do already; None where we may set up. One query, once."""
        found: ReadOnlyMode | None = getattr(self, "read_only", None)
        return found if found is not None and found.is_open else None

    @property
    def size(self) -> ConsentSize:
        """Which of our applications reads the tenant now."""
        stepped = self.open_read_only
        return consent_sizes.MONITOR if stepped is not None and stepped.is_active else self.customer.size
