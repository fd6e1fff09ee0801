"""How Haiilo may answer who reads its users."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from ..provisioning.rig import Rig

EVA = "eva@contoso.example"


@pytest.fixture
def there(rig: Rig) -> Rig:
    """A platform with its local Company Admin and six people."""
    rig.add_user("eva")
    rig.add_users(5)
    rig.start()
    return rig


def found(rig: Rig, name: str = EVA) -> Any:
    return rig.scim("GET", "/Users?filter=" + quote(f'userName eq "{name}"'))


def names(rig: Rig, start: int = 1, count: int = 3) -> list[str]:
    answer = rig.scim("GET", f"/Users?startIndex={start}&count={count}")
    assert answer.status_code == 200, answer.text
    return [row["userName"] for row in answer.json()["Resources"]]


def told(rig: Rig, start: int = 1, count: int = 3) -> tuple[Any, Any, Any]:
    body = rig.scim("GET", f"/Users?startIndex={start}&count={count}").json()
    return body.get("totalResults"), body.get("startIndex"), body.get("itemsPerPage")


def test_lists_everybody_page_by_page_as_scim_has_it(there: Rig) -> None:
    everybody = names(there, count=100)
    assert len(set(everybody)) == 7
    assert names(there) + names(there, 4) + names(there, 7) == everybody
    assert names(there, 8) == []
    assert [told(there), told(there, 7), told(there, 8), told(there, 1, 0)] == [
        (7, 1, 3),
        (7, 7, 1),
        (7, 8, 0),
        (7, 1, 0),
    ]


@pytest.mark.parametrize(
    ("may", "listed", "kind"),
    [("list_forbidden", 403, ""), ("filter_required", 400, "tooMany")],
)
def test_lets_one_be_found_and_nobody_listed(there: Rig, may: str, listed: int, kind: str) -> None:
    there.answer_as(haiilo_users=may)
    answer = there.scim("GET", "/Users")
    assert (answer.status_code, answer.json().get("scimType", "")) == (listed, kind)
    assert found(there).json()["totalResults"] == 1
    there.answer_as(haiilo_users="everybody")
    assert len(names(there, count=100)) == 7


def test_lets_nobody_be_read(there: Rig) -> None:
    there.answer_as(haiilo_users="neither")
    assert (there.scim("GET", "/Users").status_code, found(there).status_code) == (403, 403)


@pytest.mark.parametrize(
    ("way", "numbers"),
    [("too_high", (9, 1, 3)), ("too_low", (5, 1, 3)), ("of_the_page", (3, 1, 3)), ("unsaid", (None, None, None))],
)
def test_counts_wrongly_in_a_list_and_rightly_in_a_search(there: Rig, way: str, numbers: tuple[Any, Any, Any]) -> None:
    there.answer_as(haiilo_total=way)
    assert told(there) == numbers
    assert found(there).json()["totalResults"] == 1


def test_ignores_where_a_page_is_to_begin(there: Rig) -> None:
    first = names(there)
    there.answer_as(haiilo_pages="always_the_first")
    assert names(there, 4) == names(there, 99) == first


def test_begins_a_page_with_the_last_one_of_the_page_before(there: Rig) -> None:
    everybody = names(there, count=100)
    there.answer_as(haiilo_pages="overlapping")
    assert (names(there), names(there, 4)) == (everybody[:3], everybody[2:5])


def test_counts_from_zero(there: Rig) -> None:
    everybody = names(there, count=100)
    there.answer_as(haiilo_pages="from_zero")
    assert (names(there), names(there, 7)) == (everybody[1:4], [])


def test_gives_everybody_at_once(there: Rig) -> None:
    there.answer_as(haiilo_pages="all_at_once")
    assert (len(names(there)), names(there, 8)) == (7, [])


def test_puts_no_more_on_a_page_than_it_wants(there: Rig) -> None:
    there.answer_as(haiilo_page_size=2)
    assert (len(names(there)), told(there)) == (2, (7, 1, 2))
    there.answer_as(haiilo_page_size=0)
    assert len(names(there)) == 3


def test_shows_a_page_in_place_of_an_answer(there: Rig) -> None:
    there.answer_as(haiilo_reads="web_page")
    for answer in (there.scim("GET", "/Users"), found(there)):
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_blocks_who_does_not_say_what_it_is(there: Rig) -> None:
    there.answer_as(haiilo_reads="blocked")
    refused = there.scim("GET", "/Users", **{"User-Agent": ""})
    assert (refused.status_code, refused.text[:15]) == (403, "<!doctype html>")
    assert there.scim("GET", "/Users", **{"User-Agent": "anything"}).status_code == 200


def test_is_too_busy_to_be_read(there: Rig) -> None:
    there.answer_as(haiilo_reads="busy")
    answer = there.scim("GET", "/Users")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "120")
    there.answer_as(haiilo_reads="answered")
    assert found(there).status_code == 200


@pytest.mark.parametrize(("way", "active"), [("as_text", "True"), ("not_told", None)])
def test_tells_otherwise_who_is_active(there: Rig, way: str, active: Any) -> None:
    identity = found(there).json()["Resources"][0]["id"]
    there.answer_as(haiilo_active=way)
    row = found(there).json()["Resources"][0]
    assert row.get("active") == active == there.scim("GET", f"/Users/{identity}").json().get("active")
    there.answer_as(haiilo_active="boolean")
    assert found(there).json()["Resources"][0]["active"] is True


def test_lists_both_accounts_of_whoever_has_two(there: Rig) -> None:
    there.switch(F18=True)
    everybody = names(there, count=100)
    assert (everybody.count(EVA), len(everybody)) == (2, 8)
    assert len({row["id"] for row in there.scim("GET", "/Users").json()["Resources"]}) == 8
    assert told(there) == (8, 1, 3)
    there.switch(F18=False)
    assert names(there, count=100).count(EVA) == 1
