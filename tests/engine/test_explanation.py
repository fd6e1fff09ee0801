"""What may be shown of a finding: nothing that may name a person, unless names are asked for, and never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from onboarding.domain.desired import SecretText
from onboarding.domain.sentences import plural, say
from onboarding.management.explanation import Printer

HIDING, NAMING = Printer(), Printer(names=True)


@dataclass(frozen=True)
class Person:
    id: str
    display_name: str
    enabled: bool


EVA = Person("0f0e0d0c-0000-4000-8000-000000000001", "Eva Berg", True)


@pytest.mark.parametrize(
    ("gaps", "told"),
    [
        ({"names": "User.Read.All, GroupMember.Read.All"}, "User.Read.All, GroupMember.Read.All"),
        ({"names": "Eva.Berg, User.Read.All"}, "(hidden)"),
        ({"names": 3}, "3"),
        ({"names": say("%(host)s and %(name)s", host="x.haiilo.example", name="Eva")}, "x.haiilo.example and (hidden)"),
    ],
)
def test_hides_a_gap_that_may_hold_a_name(gaps, told):
    assert HIDING.sentence(say("%(names)s", **gaps)) == told


def test_keeps_the_form_of_a_counted_sentence():
    counted = say(plural("%(count)s person of %(name)s", "%(count)s people of %(name)s"), count=2, name="Eva")
    assert HIDING.sentence(counted) == "2 people of (hidden)"


def test_shows_ids_and_facts_of_a_person_without_the_name():
    assert HIDING.value(EVA) == {"id": EVA.id, "display_name": "(hidden)", "enabled": True}
    assert NAMING.value(EVA)["display_name"] == "Eva Berg"


@pytest.mark.parametrize("printer", [HIDING, NAMING])
def test_never_shows_a_secret(printer):
    shown = printer.value(
        {"stored": {"SecretToken": "t0p", "BaseAddress": "https://x.example"}, "t": SecretText("t0p")}
    )
    assert shown == {"stored": {"SecretToken": "(secret)", "BaseAddress": "https://x.example"}, "t": "(secret)"}


def test_hides_an_address_also_where_it_is_a_key_or_a_setting():
    assert HIDING.value({"settings": {"eva@x.example": "eva@x.example"}}) == {"settings": {"(hidden)": "(hidden)"}}


def test_cuts_what_is_long_or_deep():
    assert HIDING.value([1, 2, 3, 4, 5, 6, 7]) == [1, 2, 3, 4, 5, "… 2 more"]
    assert HIDING.value({"a": {"b": {"c": {"d": 1, "e": 2}, "f": [1]}}}) == {
        "a": {"b": {"c": "2 fields", "f": "1 items"}}
    }
    assert HIDING.value(timedelta(minutes=40)) == "40 min"
