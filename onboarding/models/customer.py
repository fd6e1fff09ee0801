from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.products import PROFILES, Profile
from onboarding.models import clock


class Portfolio(models.Model):
    """The customers that one team takes care of. Who is no member sees none of them."""

    name = models.CharField(max_length=120, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="portfolios", blank=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """The customer's record, as a person typed it."""

    class Product(models.TextChoices):
        ADVOCACY = "advocacy", _("Advocacy")
        HOME = "home", _("Home")

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="customers")
    name = models.CharField(max_length=200)
    product = models.CharField(max_length=20, choices=Product, default=Product.ADVOCACY)
    # Empty while a colleague has still to confirm an address of the customer's own.
    haiilo_host = models.CharField(max_length=253, blank=True)
    # Met with a host that another customer had already when hosts became unique; nobody new comes to be.
    shares_host = models.BooleanField(default=False)
    domains = models.JSONField(default=list)
    # The record of the same customer for another tenant of theirs.
    belongs_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="others")
    tenant_hint = models.CharField(max_length=36, blank=True, default="")
    consent_size = models.CharField(max_length=10, default=consent_sizes.STANDARD.key)
    contact_name = models.CharField(max_length=200)
    contact_email = models.EmailField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="customers"
    )
    target_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portfolio", "name", "product"], name="one_record_per_customer_and_product"
            ),
            models.UniqueConstraint(
                fields=["haiilo_host"],
                condition=models.Q(shares_host=False) & ~models.Q(haiilo_host=""),
                name="one_customer_of_a_host",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def profile(self) -> Profile:
        """The product profile: attributes, address pattern, rules."""
        return PROFILES[self.product]

    @property
    def size(self) -> ConsentSize:
        """How much this customer is asked for, and with which application of ours."""
        return consent_sizes.by_key(self.consent_size)
