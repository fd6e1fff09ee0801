"""The migration that gave mail addresses one spelling, and names the domains that IDNA 2003 may have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BEFORE = [("onboarding", "0022_not_before_microsoft_said")]
AFTER = [("onboarding", "0023_one_spelling_of_names")]


def customer(model: Callable[[str], Any], name: str, domain: str, *emails: str) -> Any:
    team = model("Portfolio").objects.get_or_create(name="Team")[0]
    made = model("Customer").objects.create(
        portfolio=team, name=name, haiilo_host=f"{name}.smarpshare.com", domains=[domain], contact_email=emails[0]
    )
    onboarding = model("Onboarding").objects.create(customer=made)
    for email in emails:
        model("Contact").objects.create(onboarding=onboarding, name="Eva", email=email)
    return made


def test_respells_addresses_and_names_doubtful_domains(migrated, capsys):
    model = migrated(BEFORE)
    customer(model, "a", "massbau.example", "eva@müller.example")
    customer(model, "b", "contoso.example", "Eva@Contoso.example")
    customer(model, "c", "xn--nxasmq6b.com", "eva@müller.example", "eva@xn--mller-kva.example", "eva@ü..example")
    model = migrated(AFTER)
    assert list(model("Contact").objects.order_by("pk").values_list("email", flat=True)) == [
        *("eva@xn--mller-kva.example", "Eva@Contoso.example"),
        *("eva@müller.example", "eva@xn--mller-kva.example", "eva@ü..example"),
    ]
    assert model("Customer").objects.get(name="a").contact_email == "eva@xn--mller-kva.example"
    told = capsys.readouterr().out
    assert "tenant not verified yet): was it typed so? massbau.example" in told
    assert "contoso.example" not in told
    assert "βόλοσ.com" in told
