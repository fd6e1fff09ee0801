"""The migrations that made proposals of rebinding, hosts unique, and tokens one host's: what was there before stays."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from onboarding.domain.encryption import CannotDecrypt, decrypt
from onboarding.models import CustomerSecret

BEFORE = [("onboarding", "0016_stops")]
AFTER = [("onboarding", "0018_sealed_and_unique_hosts")]
TENANT, OTHER = "1" * 36, "2" * 36


def onboarding(model: Callable[[str], Any], name: str, host: str) -> Any:
    portfolio = model("Portfolio").objects.get_or_create(name="Team")[0]
    customer = model("Customer").objects.create(portfolio=portfolio, name=name, haiilo_host=host)
    return model("Onboarding").objects.create(customer=customer)


def sealed_before(plaintext: str, bound: str) -> bytes:
    """As the release before sealed it: for owner and kind alone."""
    data_key, outer, inner = AESGCM.generate_key(bit_length=256), os.urandom(12), os.urandom(12)
    wrapped = AESGCM(base64.urlsafe_b64decode(settings.ENCRYPTION_KEYS[0])).encrypt(outer, data_key, bound.encode())
    return outer + wrapped + inner + AESGCM(data_key).encrypt(inner, plaintext.encode(), bound.encode())


def test_makes_proposals_of_rebinding_there_and_back(migrated):
    model = migrated(BEFORE)
    made, author = onboarding(model, "Contoso", "contoso.smarpshare.com"), User.objects.create_user("alice")
    given = {"onboarding": made, "proposed_by_id": author.pk, "expected_before": TENANT, "tenant_id": OTHER}
    decided = model("Rebinding").objects.create(
        **given, reason="Called.", decided_by_id=author.pk, decided_at=timezone.now(), accepted=True
    )
    waiting = model("Rebinding").objects.create(**given, reason="Moved.")

    rows = migrated(AFTER)("Proposal").objects.order_by("pk")
    assert [(row.pk, row.reason, row.accepted) for row in rows] == [
        (decided.pk, "Called.", True),
        (waiting.pk, "Moved.", False),
    ]
    assert {(row.kind, row.before["tenant_id"], row.after["tenant_id"]) for row in rows} == {("tenant", TENANT, OTHER)}
    assert [row.proposed_at for row in rows] == [decided.proposed_at, waiting.proposed_at]
    rows.create(onboarding_id=made.pk, kind="address", before={}, after={}, reason="x", proposed_by_id=author.pk)

    rows = migrated(BEFORE)("Rebinding").objects.order_by("pk")
    assert [(row.pk, row.expected_before, row.tenant_id) for row in rows] == [
        (decided.pk, TENANT, OTHER),
        (waiting.pk, TENANT, OTHER),
    ]


def test_names_customers_that_share_a_host_and_lets_nobody_new_share_one(migrated, capsys):
    model = migrated(BEFORE)
    for name, host in (("First", "contoso.smarpshare.com"), ("Second", "Contoso.smarpshare.com."), ("Third", "c.d")):
        onboarding(model, name, host)

    model = migrated(AFTER)
    customers = model("Customer").objects.order_by("pk")
    assert [(each.haiilo_host, each.shares_host) for each in customers] == [
        ("contoso.smarpshare.com", False),
        ("contoso.smarpshare.com", True),
        ("c.d", False),
    ]
    printed = capsys.readouterr().out
    assert "contoso.smarpshare.com" in printed
    assert "First" in printed
    assert "Second" in printed
    assert "Third" not in printed
    with pytest.raises(IntegrityError), transaction.atomic():
        onboarding(model, "Fourth", "contoso.smarpshare.com")


def test_seals_a_stored_token_for_the_host_its_customer_has(migrated):
    model = migrated(BEFORE)
    made, lost = onboarding(model, "Contoso", "Contoso.smarpshare.com"), onboarding(model, "Lost", "l.smarpshare.com")
    given = {"kind": "scim_token", "mark": "abcdef", "saved_at": timezone.now()}
    rows = model("CustomerSecret").objects
    rows.create(onboarding=made, sealed=sealed_before("hat_1", f"{made.pk}:scim_token"), **given)
    rows.create(onboarding=lost, sealed=os.urandom(120), **given)

    migrated(AFTER)
    row = CustomerSecret.objects.get(onboarding_id=made.pk)
    assert row.sealed_for == "contoso.smarpshare.com"
    assert row.open("contoso.smarpshare.com").reveal() == "hat_1"
    with pytest.raises(CannotDecrypt):
        row.open("other.smarpshare.com")
    unknown = CustomerSecret.objects.get(onboarding_id=lost.pk)
    assert unknown.fits("l.smarpshare.com")
    with pytest.raises(CannotDecrypt):
        unknown.open("l.smarpshare.com")

    row = migrated(BEFORE)("CustomerSecret").objects.get(onboarding_id=made.pk)
    assert decrypt(bytes(row.sealed), owner=str(made.pk), kind="scim_token", keys=settings.ENCRYPTION_KEYS) == "hat_1"
    migrated(AFTER)
    assert CustomerSecret.objects.get(onboarding_id=made.pk).open("contoso.smarpshare.com").reveal() == "hat_1"
