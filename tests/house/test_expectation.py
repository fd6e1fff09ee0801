"""Who must be in Haiilo, computed from a directory."""

from __future__ import annotations

from typing import Any

import pytest

from devtools.robots import expectation


def user(identity: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "userPrincipalName": f"{identity}@a.example",
        "accountEnabled": True,
        "givenName": "Kim",
        "surname": identity.title(),
        "country": "Finland",
        "city": "Turku",
        "state": None,
        "mail": f"{identity}@mail.example",
        **fields,
    }


DIRECTORY = {
    "users": [
        user("direct"),
        user("member"),
        user("nested"),
        user("guest", userPrincipalName="guest_b.example#EXT#@a.example", userType="Guest"),
        user("disabled", accountEnabled=False),
        user("unassigned"),
    ],
    "groups": [
        {"id": "g1", "members": [{"id": "member", "type": "user"}, {"id": "g2", "type": "group"}]},
        {"id": "g2", "members": [{"id": "nested", "type": "user"}]},
    ],
    "assignments": [{"principalId": name} for name in ("direct", "guest", "disabled", "g1")],
}


def resource(**fields: Any) -> dict[str, Any]:
    return {
        "userName": "direct@a.example",
        "active": True,
        "name": {"givenName": "Kim", "familyName": "Direct"},
        "addresses": [{"type": "home", "country": "Chad"}, {"type": "work", "country": "Finland", "locality": "Turku"}],
        **fields,
    }


def test_takes_direct_users_guests_and_direct_members_only():
    names = set(expectation.expected(DIRECTORY, "advocacy"))
    assert names == {"direct@a.example", "member@a.example", "guest@b.example"}


def test_leaves_out_what_the_directory_does_not_know():
    assert expectation.expected(DIRECTORY, "advocacy")["direct@a.example"] == {
        "active": "true",
        "givenName": "Kim",
        "familyName": "Direct",
        "country": "Finland",
        "locality": "Turku",
    }


def test_takes_the_mail_address_for_home():
    assert expectation.expected(DIRECTORY, "home")["direct@a.example"]["email"] == "direct@mail.example"


def compared(*resources: dict[str, Any]) -> list[dict[str, str]]:
    wanted = {"direct@a.example": expectation.expected(DIRECTORY, "advocacy")["direct@a.example"]}
    return expectation.mismatches(wanted, expectation.found(list(resources), "advocacy"))


def test_is_content_with_exactly_the_same():
    assert compared(resource()) == []
    assert compared(resource(active="True")) == []


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ([], {"user": "direct@a.example", "problem": "missing"}),
        ([resource(), resource(userName="x")], {"user": "x", "problem": "not in scope"}),
        ([resource(active=False)], {"problem": "active", "expected": "true", "found": "false"}),
        ([resource(name={"familyName": "Direct"})], {"problem": "givenName", "expected": "Kim", "found": ""}),
        (
            [resource(addresses=[{"type": "work", "country": "finland", "locality": "Turku"}])],
            {"problem": "country", "expected": "Finland", "found": "finland"},
        ),
        (
            [resource(addresses=[{"type": "work", "country": "Finland", "locality": "Turku", "region": "Åland"}])],
            {"problem": "region", "expected": "", "found": "Åland"},
        ),
    ],
)
def test_tells_each_difference(resources, problem):
    (mismatch,) = compared(*resources)
    assert problem.items() <= mismatch.items()
