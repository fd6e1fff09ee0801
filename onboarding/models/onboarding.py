from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.lifecycle import State

if TYPE_CHECKING:
    from onboarding.models.read_only import ReadOnlyMode


@dataclass(frozen=True)
class Lease:
    """The right to work on one onboarding until it ends; every write-back checks the token."""

    onboarding_id: int
    token: int
    next_run_at: datetime


class LeaseLost(RuntimeError):
    """Another worker holds this onboarding now; what we found out does not count."""


class OnboardingQuerySet(models.QuerySet["Onboarding"]):
    """Who is due, who may see what, and the claim."""

    def for_user(self, user: AbstractBaseUser) -> OnboardingQuerySet:
        """The onboardings that `user` may see: those of the portfolios the user is a member of."""
        return self.filter(customer__portfolio__members=user.pk)

    def due(self, now: datetime) -> OnboardingQuerySet:
        """Those that are due: their time has come and no worker holds them."""
        return (
            self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), next_run_at__lte=now)
            .exclude(state__in=[State.PAUSED, State.CLOSED])
            .order_by("next_run_at")
        )

    def lock(self, pk: int) -> Onboarding:
        """The row, held until the transaction ends. Whoever locks more than this row locks it first."""
        return self.select_for_update(no_key=True).get(pk=pk)

    def interrupt(self, pk: int) -> None:
        """End the run that may be under way, and have the next one begin: what it still finds does not count."""
        self.filter(pk=pk).update(lease_token=F("lease_token") + 1, leased_until=None, next_run_at=timezone.now())

    def claim(self, pk: int) -> Lease | None:
        """Take the lease of one onboarding if it is due, or None. A conditional UPDATE whose count decides."""
        now = timezone.now()
        taken = (
            self.due(now)
            .order_by()
            .filter(pk=pk)
            .update(leased_until=now + timedelta(seconds=settings.LEASE_SECONDS), lease_token=F("lease_token") + 1)
        )
        if not taken:
            return None
        row = self.values("lease_token", "next_run_at").get(pk=pk)
        return Lease(pk, row["lease_token"], row["next_run_at"])

    def held(self, lease: Lease) -> OnboardingQuerySet:
        """The row of `lease`, if it is still ours."""
        return self.filter(pk=lease.onboarding_id, lease_token=lease.token)

    def renew(self, lease: Lease) -> bool:
        """Prolong the lease before something that takes time; False when it was lost."""
        until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
        return bool(self.held(lease).update(leased_until=until))

    def release(self, lease: Lease, *, next_run_at: datetime) -> None:
        """End the lease. `next_run_at` is set only if nobody moved it meanwhile, so that a person's click is kept."""
        held = self.held(lease)
        held.filter(next_run_at=lease.next_run_at).update(next_run_at=next_run_at, leased_until=None)
        held.update(leased_until=None)


class Onboarding(models.Model):
    """One customer's way into Haiilo. Two columns do all timing: when the next run is due, and until when a
    worker holds it.
    """

    customer = models.OneToOneField("onboarding.Customer", on_delete=models.CASCADE, related_name="onboarding")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    next_run_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.PositiveBigIntegerField(default=0)
    # What the board sorts and filters by: the first step that is not done, kept by the ledger with each verdict.
    current_key = models.CharField(max_length=40, default="")
    current_kind = models.CharField(max_length=10, default="new")
    current_court = models.CharField(max_length=12, default="cs")
    current_since = models.DateTimeField(default=timezone.now)
    log_watermark = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    live_at = models.DateTimeField(null=True, blank=True)

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
