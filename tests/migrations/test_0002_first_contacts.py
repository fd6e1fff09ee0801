"""The migration that makes the one contact of a record the first of several, there and back."""

from __future__ import annotations

from django.utils import timezone

BEFORE = [("onboarding", "0002_backup")]
AFTER = [("onboarding", "0004_first_contacts")]


def test_keeps_every_contact_and_link(migrated):
    model = migrated(BEFORE)
    portfolio = model("Portfolio").objects.create(name="Team")
    customer = model("Customer").objects.create(
        portfolio=portfolio,
        name="Contoso",
        haiilo_host="c.smarpshare.com",
        contact_name="Eva",
        contact_email="e@c.example",
    )
    onboarding = model("Onboarding").objects.create(customer=customer)
    for email in ("e@c.example", "earlier@c.example"):
        model("Link").objects.create(
            onboarding=onboarding,
            token_hash=email,
            contact_name="Eva",
            contact_email=email,
            expires_at=timezone.now(),
        )

    model = migrated(AFTER)
    contact = model("Contact").objects.get()
    assert (contact.name, contact.email, contact.role) == ("Eva", "e@c.example", "it_admin")
    links = model("Link").objects
    assert [link.contact_id for link in links.order_by("pk")] == [contact.pk, None]
    contact.name = "Ida"
    contact.save()

    model = migrated(BEFORE)
    assert model("Customer").objects.get().contact_name == "Ida"
    assert model("Link").objects.count() == 2
