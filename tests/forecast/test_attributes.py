"""A user of Graph is read with the names of Entra's mappings; what was not selected stays untold."""

from __future__ import annotations

import pytest

from onboarding.people.attributes import attributes_of, properties_of

EXTENSION = "extension_0123456789abcdef0123456789abcdef_costCentre"


@pytest.mark.parametrize(
    ("user", "attributes"),
    [
        ({"surname": "Berg"}, {"surname": "Berg"}),
        ({"surname": None}, {"surname": None}),
        ({"id": "u-1", "mobilePhone": "1"}, {"objectId": "u-1", "mobile": "1"}),
        ({"accountEnabled": True}, {"accountEnabled": True, "IsSoftDeleted": False}),
        ({"accountEnabled": False}, {"accountEnabled": False, "IsSoftDeleted": True}),
        ({"accountEnabled": None}, {"accountEnabled": None}),
        ({"businessPhones": ["1", "2"]}, {"telephoneNumber": "1"}),
        ({"businessPhones": []}, {"telephoneNumber": None}),
        ({"onPremisesExtensionAttributes": {"extensionAttribute2": "x"}}, {"extensionAttribute2": "x"}),
        ({EXTENSION: "x", "unheard": "y"}, {EXTENSION: "x"}),
        ({}, {}),
    ],
)
def test_reads_what_was_selected_and_nothing_else(user, attributes):
    assert attributes_of(user) == attributes


def test_takes_extension_attributes_of_nobody_on_premises_for_empty():
    read = attributes_of({"onPremisesExtensionAttributes": None})
    assert read == {f"extensionAttribute{number}": None for number in range(1, 16)}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ada_fabrikam.example#EXT#@nordwind.onmicrosoft.com", "ada@fabrikam.example"),
        ("ada_b_fabrikam.example#ext#@nordwind.example", "ada_b@fabrikam.example"),
        ("ada@nordwind.example", "ada@nordwind.example"),
    ],
)
def test_sees_the_name_of_a_guest_as_mappings_do(name, seen):
    assert attributes_of({"userPrincipalName": name}) == {"userPrincipalName": seen, "originalUserPrincipalName": name}


def test_does_not_make_up_the_name_of_a_guest_in_another_form():
    name = "ada#EXT#@nordwind.example"
    assert attributes_of({"userPrincipalName": name}) == {"originalUserPrincipalName": name}


def test_names_the_properties_to_select():
    wanted = properties_of(["objectId", "IsSoftDeleted", "extensionAttribute3", "manager", "no such", EXTENSION])
    assert wanted == ("accountEnabled", EXTENSION, "id", "onPremisesExtensionAttributes")
