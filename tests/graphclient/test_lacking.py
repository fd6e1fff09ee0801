"""Which attribute a refusal calls empty."""

from __future__ import annotations

import pytest

from graphclient import OnDemandResult
from graphclient.models.lacking import MAX_NAME, named_in
from tests.graphclient.samples import on_demand_a

EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Required property missing: name.familyName.", "name.familyName"),
        ('Web Response: {"detail": "Required property missing: name.familyName.", "status": "400"}', "name.familyName"),
        ("Required attributes missing: name.familyName, country", "name.familyName, country"),
        ("Required attributes missing: 'name.familyName', 'country' and 'mail'.", "name.familyName, country, mail"),
        ("Required attributes missing: country, please contact us.", "country"),
        ("The field “surname” is required. The field “mail” is required.", "surname, mail"),
        ("missing required attribute 'userName'", "userName"),
        ("Missing mandatory field: country", "country"),
        ("The required property 'mail' has no value.", "mail"),
        ("The field “surname” is required.", "surname"),
        ("Attribute name.givenName is empty", "name.givenName"),
        (f"Required property missing: {EXTENSION}", EXTENSION),
        (r'{"detail": "Required property missing: emails[type eq \"work\"].value."}', 'emails[type eq "work"].value'),
    ],
)
def test_finds_the_name(text: str, name: str) -> None:
    assert named_in(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Authentication is required.",
        "A required property is missing.",
        "The value is missing in the request.",
        "Another account has the same user name.",
        "required property missing: ",
        "x" * 5000 + "Required property missing: country",
    ],
)
def test_takes_nothing_else_for_a_name(text: str) -> None:
    assert named_in(text) == ""


def test_cuts_what_would_be_endless() -> None:
    assert len(named_in("Required property missing: " + "a" * 3000)) == MAX_NAME
    several = named_in("Required properties missing: " + ", ".join(letter * 30 for letter in "abcde"))
    assert several == ", ".join(letter * 30 for letter in "abc")


def test_reads_it_from_a_run_on_demand() -> None:
    answer = on_demand_a("Failure", "MandatoryFieldsMissing", "Required property missing: name.familyName.")
    assert OnDemandResult.from_json(answer).lacking == "name.familyName"
