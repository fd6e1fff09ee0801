"""What accounts say, however it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.haiilo import Unreadable
from onboarding.haiilo.reading import HaiiloUser, folded, read_page, read_user

from .answers import LIST, USER, account

EVA = {
    "schemas": [USER],
    "id": "7",
    "externalId": "object-7",
    "userName": "eva@contoso.example",
    "name": {"givenName": "Eva", "familyName": "Berg"},
    "emails": [{"value": "eva@contoso.example", "type": "work"}, {"value": "eva@home.example"}],
    "active": True,
    "meta": {"lastModified": "2026-03-02T09:00:00Z"},
}
READ = HaiiloUser(
    "7",
    "object-7",
    "eva@contoso.example",
    ("eva@contoso.example", "eva@home.example"),
    True,
    "Eva",
    "Berg",
    datetime(2026, 3, 2, 9, tzinfo=UTC),
)


def other_case(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {change(key): other_case(part, change) for key, part in value.items()}
    return [other_case(part, change) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("change", [str, str.lower, str.upper, str.title])
def test_reads_names_of_attributes_in_any_case(change: Any):
    document = other_case({"schemas": [LIST], "totalResults": 1, "Resources": [EVA]}, change)
    assert read_page(document).users == (READ,)
    assert read_page(document).total == 1


UNKNOWN: list[Any] = [None, "", "perhaps", 0, 1, [], {}]
TOLD: list[Any] = [(True, True), (False, False), ("False", False), ("true", True), (" TRUE ", True)]


@pytest.mark.parametrize(("given", "active"), [*TOLD, *((each, None) for each in UNKNOWN)])
def test_reads_a_truth_value_or_says_that_there_is_none(given: Any, active: bool | None):
    assert read_user({**EVA, "active": given}).active is active


@pytest.mark.parametrize(
    ("given", "emails"),
    [
        ("eva@x.example", ("eva@x.example",)),
        (["eva@x.example", "b@x.example"], ("eva@x.example", "b@x.example")),
        ({"value": "eva@x.example"}, ("eva@x.example",)),
        ([{"VALUE": "eva@x.example"}, {"type": "work"}, None, 7.5, {"value": "eva@x.example"}], ("eva@x.example",)),
        (None, ()),
    ],
)
def test_reads_addresses_in_every_form(given: Any, emails: tuple[str, ...]):
    assert read_user({**EVA, "emails": given}).emails == emails


@pytest.mark.parametrize(
    "more",
    [
        {"schemas": None},
        {"schemas": ["urn:haiilo:User"]},
        {"country": "Finland", "urn:ietf:params:scim:schemas:extension:haiilo:2.0:User": {"profileField_about": "x"}},
        {"id": 7},
        {"photos": [{"value": "no address"}]},
    ],
)
def test_passes_over_what_it_does_not_know(more: dict[str, Any]):
    assert read_user({**EVA, **more}) == READ


@pytest.mark.parametrize("told", ["yesterday", "", None, 5, "2026-13-01"])
def test_knows_no_moment_where_none_is_told(told: Any):
    assert read_user({**EVA, "meta": {"lastModified": told}}).changed_at is None


def test_takes_a_moment_without_a_zone_as_universal_time():
    assert read_user({**EVA, "meta": {"lastModified": "2026-03-02T09:00:00"}}).changed_at == READ.changed_at


def test_tells_a_name_that_is_empty_from_one_that_is_not_told():
    assert read_user({**EVA, "name": {"givenName": ""}}).given == ""
    assert read_user({**EVA, "name": {"givenName": ""}}).family is None
    assert read_user({**EVA, "name": "Eva Berg"}).given is None


@pytest.mark.parametrize(
    ("document", "total"),
    [
        ({"Resources": [EVA]}, None),
        ({"Resources": [EVA], "totalResults": "1"}, 1),
        ({"Resources": [EVA], "totalResults": -1}, None),
        ({"Resources": [EVA], "totalResults": None, "startIndex": 0}, None),
    ],
)
def test_reads_a_list_without_all_its_numbers(document: dict[str, Any], total: int | None):
    assert read_page(document).users == (READ,)
    assert read_page(document).total == total


@pytest.mark.parametrize("document", [{"totalResults": 0}, {"schemas": [LIST]}, {"totalResults": 0, "Resources": None}])
def test_reads_an_empty_list_that_says_so(document: dict[str, Any]):
    assert read_page(document).users == ()


NO_ROWS: list[Any] = [None, "eva", 5, [], {}, {"active": True}, {"id": {"a": 1}}]
NO_LISTS: list[Any] = [{}, {"value": [EVA]}, {"Resources": EVA}, {"Resources": "none", "totalResults": 0}, EVA]


@pytest.mark.parametrize("document", [*NO_LISTS, *({"Resources": [row]} for row in NO_ROWS)])
def test_concludes_nothing_from_what_is_no_list(document: dict[str, Any]):
    with pytest.raises(Unreadable):
        read_page(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
parts = st.sampled_from(["schemas", "id", "userName", "emails", "active", "name", "meta", "externalId"])


@given(st.lists(st.dictionaries(parts, json_values, max_size=5), max_size=3), json_values)
def test_reads_anything_or_says_that_it_cannot(rows: list[dict[str, Any]], total: Any):
    try:
        page = read_page({"Resources": rows, "totalResults": total})
    except Unreadable:
        return
    assert len(page.users) == len(rows)
    assert all(user.id or user.user_name for user in page.users)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("EVA@Contoso.example", "eva@contoso.example", True),
        ("Ma\u0308r@x.example", "MÄR@x.example", True),
        ("eva@x.example", "eva@y.example", False),
        ("strauß@x.example", "STRAUSS@x.example", False),
    ],
)
def test_compares_names_without_regard_to_case(one: str, other: str, same: bool):
    assert (folded(one) == folded(other)) is same
    assert read_user(account(1, userName=one)).user_name == one
