"""The list of accounts, page by page, from servers that deviate; and one account by its user name."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.haiilo import HaiiloScim, Moving, NotOffered, TooLarge, Unreadable, scim
from onboarding.haiilo.filters import equals
from tests.graphclient.graph_stub import Asked, GraphStub, Reply

from .answers import LIST, USERS, account, page, platform, refusal

ALL = [account(number) for number in range(1, 8)]
IDS = [row["id"] for row in ALL]


def ids(reader: HaiiloScim, page_size: int = 3) -> list[str]:
    return [user.id for user in reader.users(page_size)]


@pytest.mark.parametrize("count", [1, 3, 6, 7])
def test_reads_everybody_once(far: GraphStub, reader: HaiiloScim, count: int):
    far.on("GET", USERS, platform(ALL[:count]))
    assert ids(reader) == IDS[:count]
    assert len(far.asked) <= count // 3 + 2


def test_goes_on_behind_what_came_where_the_server_gives_less_than_was_asked(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, platform(ALL, cap=2))
    assert ids(reader, page_size=200) == IDS
    assert [asked.query["startIndex"] for asked in far.asked] == ["1", "3", "5", "7"]


def test_takes_a_list_that_comes_in_one_piece_whatever_was_asked(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL))
    assert ids(reader) == IDS
    assert len(far.asked) == 2


def test_takes_a_refusal_behind_the_end_as_the_end(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL), refusal(400, scimType="invalidValue"))
    assert ids(reader) == IDS


def test_does_not_take_a_refusal_before_the_end_as_the_end(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3], total=7), refusal(400, scimType="tooMany"))
    with pytest.raises(NotOffered, match="tooMany"):
        ids(reader)


def test_never_goes_round_in_a_circle_where_the_start_is_ignored(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3], total=7))
    with pytest.raises(Unreadable, match="came twice"):
        ids(reader)
    assert len(far.asked) == 2


def test_does_not_believe_a_list_without_total_whose_first_page_comes_again(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, Reply(200, {"schemas": [LIST], "Resources": ALL[:3]}))
    with pytest.raises(Unreadable, match="came twice"):
        ids(reader)


@pytest.mark.parametrize("empty", [page(), Reply(200, {"Resources": []}), page(total=3)], ids=str)
def test_believes_no_list_without_anybody(far: GraphStub, reader: HaiiloScim, empty: Reply):
    far.on("GET", USERS, empty)
    with pytest.raises(Unreadable):
        list(reader.users())


def test_reads_a_list_without_total_to_an_empty_page(far: GraphStub, reader: HaiiloScim):
    pages = [Reply(200, {"Resources": rows}) for rows in (ALL[:3], ALL[3:5], ALL[5:], [])]
    far.on("GET", USERS, *pages)
    assert ids(reader) == IDS


def test_names_everybody_once_where_pages_overlap(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3], total=7), page(*ALL[2:5], total=7), page(*ALL[4:], total=7), page(total=7))
    assert ids(reader) == IDS


@pytest.mark.parametrize("total", [1, 5, 6])
def test_does_not_end_at_a_total_that_is_too_small(far: GraphStub, reader: HaiiloScim, total: int):
    pages = [page(*ALL[start : start + 3], total=total) for start in (0, 3, 6, 7)]
    far.on("GET", USERS, *pages)
    assert ids(reader) == IDS


def test_takes_no_notice_of_a_total_that_counts_the_page(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3]), page(*ALL[3:6]), page(*ALL[6:]), page())
    assert ids(reader) == IDS


def test_says_that_most_of_the_list_went_meanwhile(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3], total=7), page(total=2))
    with pytest.raises(Unreadable, match="ended at 3 of 7"):
        ids(reader)


def test_takes_an_account_that_went_after_it_was_read_as_read(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:6], total=6), page(total=5))
    assert ids(reader) == IDS[:6]


def test_does_not_call_a_list_whole_that_ends_before_its_total(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL, total=9), page(total=9))
    with pytest.raises(Unreadable, match="ended at 7 of 9"):
        ids(reader)


def test_does_not_call_a_list_whole_that_counts_from_zero(far: GraphStub, reader: HaiiloScim):
    def from_zero(asked: Asked) -> Reply:
        start = int(asked.query["startIndex"])
        return page(*ALL[start : start + 3], total=7)

    far.on("GET", USERS, from_zero)
    with pytest.raises(Unreadable, match="ended at 6 of 7"):
        ids(reader)


def test_says_that_somebody_may_have_been_passed_over_where_accounts_went_meanwhile(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(*ALL[:3], total=7), page(*ALL[4:], total=6))
    with pytest.raises(Moving):
        ids(reader)


def test_reads_on_where_accounts_came_meanwhile(far: GraphStub, reader: HaiiloScim):
    before, after = platform(ALL), platform([account(99), *ALL])
    far.on("GET", USERS, before, after)
    assert ids(reader) == IDS


@pytest.mark.parametrize(("limit", "at"), [("MAX_PAGES", 5), ("MAX_USERS", 15)])
def test_ends_a_list_that_has_no_end(
    far: GraphStub, reader: HaiiloScim, monkeypatch: pytest.MonkeyPatch, limit: str, at: int
):
    def endless(asked: Asked) -> Reply:
        start = int(asked.query["startIndex"])
        return page(*(account(start + each) for each in range(3)), total=start + 5)

    monkeypatch.setattr(scim, limit, at)
    far.on("GET", USERS, endless)
    with pytest.raises(TooLarge):
        ids(reader)
    assert len(far.asked) == 5


# By user name


@pytest.mark.parametrize(
    "name",
    ["eva@contoso.example", 'o"neil\\@x.example', "o'neil+a&b=c#d?@x.example", "müller@x.example", "a\tb\n@x.example"],
)
def test_asks_for_one_name_as_json_writes_it(far: GraphStub, reader: HaiiloScim, name: str):
    far.on("GET", USERS, page(account(1, userName=name.upper())))
    assert [user.id for user in reader.by_user_name(name)] == ["1"]
    (asked,) = far.asked
    assert list(asked.query) == ["filter"]
    attribute, operator, value = asked.query["filter"].split(" ", 2)
    assert (attribute, operator) == ("userName", "eq")
    assert value.startswith('"')
    assert value == equals("", name).removeprefix(" eq ")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('say "hi"', r'userName eq "say \"hi\""'),
        ("back\\slash", r'userName eq "back\\slash"'),
        ("tab\t", r'userName eq "tab\t"'),
        ("ß", 'userName eq "ß"'),
        ("half \ud800", r'userName eq "half \ud800"'),
        ('x" or userName pr or userName eq "', r'userName eq "x\" or userName pr or userName eq \""'),
    ],
)
def test_writes_a_filter_that_nobody_can_break_out_of(value: str, written: str):
    assert equals("userName", value) == written


def test_finds_two_accounts_of_one_name(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page(account(1), account(2, userName="USER1@contoso.example")))
    assert [user.id for user in reader.by_user_name("user1@contoso.example")] == ["1", "2"]


def test_finds_nobody(far: GraphStub, reader: HaiiloScim):
    far.on("GET", USERS, page())
    assert reader.by_user_name("user1@contoso.example") == []


@pytest.mark.parametrize("reply", [page(*ALL), page(total=1), page(account(2))])
def test_concludes_nothing_where_the_filter_was_not_applied(far: GraphStub, reader: HaiiloScim, reply: Any):
    far.on("GET", USERS, reply)
    with pytest.raises(Unreadable):
        reader.by_user_name("user1@contoso.example")
