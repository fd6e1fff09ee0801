"""The migration that makes the one contact of a record the first of several, there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [("onboarding", "0002_backup")]
AFTER = [("onboarding", "0004_first_contacts")]


@pytest.fixture
def migrated(transactional_db: None) -> Iterator[Callable[..., Any]]:
    """Move the schema to and fro; at the end it is as the other tests want it."""

    def to(targets):
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        return MigrationExecutor(connection).loader.project_state(targets).apps

    yield to
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_keeps_every_contact_and_link(migrated):
    apps = migrated(BEFORE)
    portfolio = apps.get_model("onboarding", "Portfolio").objects.create(name="Team")
    customer = apps.get_model("onboarding", "Customer").objects.create(
        portfolio=portfolio,
        name="Contoso",
        haiilo_host="c.smarpshare.com",
        contact_name="Eva",
        contact_email="e@c.example",
    )
    onboarding = apps.get_model("onboarding", "Onboarding").objects.create(customer=customer)
    for email in ("e@c.example", "earlier@c.example"):
        apps.get_model("onboarding", "Link").objects.create(
            onboarding=onboarding,
            token_hash=email,
            contact_name="Eva",
            contact_email=email,
            expires_at=timezone.now(),
        )

    apps = migrated(AFTER)
    contact = apps.get_model("onboarding", "Contact").objects.get()
    assert (contact.name, contact.email, contact.role) == ("Eva", "e@c.example", "it_admin")
    links = apps.get_model("onboarding", "Link").objects
    assert [link.contact_id for link in links.order_by("pk")] == [contact.pk, None]
    contact.name = "Ida"
    contact.save()

    apps = migrated(BEFORE)
    assert apps.get_model("onboarding", "Customer").objects.get().contact_name == "Ida"
    assert apps.get_model("onboarding", "Link").objects.count() == 2
