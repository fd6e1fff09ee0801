"""The table of failure modes, and the judge of what pages say: nothing untrue may pass it."""

from __future__ import annotations

import re
import subprocess
from typing import Any, cast

import pytest

from devtools.commands import walk
from devtools.stack.sandbox_control import SandboxTenant
from devtools.walk import arrived, claims, document, failure
from devtools.walk.acts import ACTS, ADMINS
from devtools.walk.awaited import AWAITED, unexpected
from devtools.walk.claims import unjudged, untrue
from devtools.walk.pages import BOARD, CUSTOMER, LETTERS, RECORD, USERS, Pages, Reason, Row, Text
from devtools.walk.play import Walked
from devtools.walk.table import FAILURES, Unknown, chosen
from devtools.walk.truth import Truth, look
from devtools.walk.walker import Told
from onboarding.causes.standings import DIFFERS
from onboarding.domain.verdicts import Court
from onboarding.steps import STEPS
from sandbox import faults

from .test_layout import ROOT

ANN, BOB, EVE = "id-ann", "id-bob", "id-eve"
NAMES = {"ann@a.example": ANN, "bob@a.example": BOB, "eve@a.example": EVE}
BOTH = Truth(in_scope=frozenset({ANN, BOB}), direct=frozenset({ANN}), there=frozenset({ANN, BOB}), names=NAMES)
ONE = Truth(
    in_scope=frozenset({ANN, BOB}),
    there=frozenset({ANN}),
    gone=frozenset({BOB}),
    amiss=frozenset({BOB}),
    disabled=frozenset({EVE}),
    names=NAMES,
)


# The table


@pytest.mark.parametrize("number", range(1, 37))
def test_has_a_row_for_each_failure_mode(number):
    assert [each for each in FAILURES if each.fault == f"F{number}"]


def test_names_each_walk_once():
    names = [each.name for each in FAILURES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("each", FAILURES, ids=lambda each: each.name)
def test_knows_every_switch_act_step_and_court(each):
    faults.check(each.switches)
    assert each.act in {"", *ACTS}
    assert each.remedy in {"switch_off", *ACTS}
    assert each.admin in ADMINS
    assert each.about.endswith(".")
    if each.sight is not None:
        assert each.sight.court in {*Court}
        assert each.sight.step in {"", *(step.key for step in STEPS)}
    for pattern in (*each.staff, *each.customer, *each.letter, *each.never):
        re.compile(pattern)


def test_has_a_page_with_each_of_them():
    """It is written by `make walk`, which walks them all."""
    told = document.PAGE.read_text()
    assert told.startswith(document.head())
    assert [each.name for each in FAILURES if f"{each.fault} `{each.name}`: {each.about}" not in told] == []


def test_shows_what_came_of_a_walk_and_what_is_told_wrong_everywhere(monkeypatch):
    lacks = "that the draft of a letter is written anew when its numbers change"
    monkeypatch.setitem(AWAITED, r"record: “is live: \d+ accounts?”", lacks)
    known = "afterwards, record: “is live: 11 accounts”; in truth: 12 in haiilo"
    lines = [f"users page: lists {name}@a.example: skipped" for name in ("ann", "bob")]
    told = Told(early=1, place="list", cause="X", owner="cs", untrue=[known, *lines], problems=["not well"])
    page = document.page([Walked(chosen("collision")[0], told)])
    assert "users page: lists somebody: skipped (2 times)<br>not well | - | no |" in page
    assert f"{lacks}: 1 of 1 walks" in page
    assert "0 of 1 were as they should be" in page


def test_walks_a_dozen_of_them_in_the_suite():
    assert len([each for each in FAILURES if each.quick and not each.awaits]) >= 12


def test_chooses_by_number_and_by_name():
    assert {each.fault for each in chosen("F13, f14")} == {"F13", "F14"}
    assert [each.name for each in chosen("mass-unassignment")] == ["mass-unassignment"]
    assert chosen("") == list(FAILURES)
    with pytest.raises(Unknown, match="no failure f99"):
        chosen("F99")


def test_is_a_command_that_hands_its_choice_on():
    told = subprocess.run(
        ["make", "-n", "walk", "FAULT=F13,F14", "QUICK=1"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = told.strip().splitlines()[-1].partition("devtools.commands.walk")[2].replace('"', "").split()
    assert all(each.quick and each.fault in ("F13", "F14") for each in walk.wanted(walk.arguments(words)))
    assert walk.wanted(walk.arguments([])) == list(FAILURES)


@pytest.mark.parametrize(
    ("place", "how", "points"),
    [
        ("scope", {}, 4),
        ("pilot", {"at_pilot": True}, 3),
        ("live", {"after_start": True}, 2),
        ("note", {"after_start": True}, 2),
        ("list", {"after_start": True}, 1),
        ("", {}, 0),
        ("live", {"only_later": True, "minutes": 25.0}, 4),
        ("live", {"only_later": True, "minutes": 50.0}, 3),
        ("live", {"only_later": True, "minutes": 200.0}, 2),
        ("list", {"only_later": True, "minutes": 1.0}, 1),
    ],
)
def test_counts_how_early_by_the_scale(place, how, points):
    known = {"after_start": False, "at_pilot": False, "only_later": False, "minutes": 0.0}
    assert failure.early(place, **{**known, **how}) == points
    assert points in failure.SCALE


# The judge


def said(page, text, *, past=False, **more):
    return Pages((Text(page, text, past),), **more)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (BOARD, "2 people in Haiilo"),
        (RECORD, "2 people in scope when last counted: 1 assigned directly, 1 through groups"),
        (RECORD, "Start provisioning (2 people)"),
        (USERS, "2 of about 2 people are in Haiilo Everybody in scope has an account."),
        (USERS, "2 of 2 people in scope are in Haiilo 2 accounts in all, with those that are to be removed"),
        (RECORD, "In Haiilo 2 of 2"),
        (CUSTOMER, "2 of 2 people are in Haiilo"),
        (LETTERS, "Haiilo is set up: 2 of 2 people at Contoso have an account."),
    ],
)
def test_believes_what_is_true_and_nothing_else(page, text):
    assert untrue(said(page, text), [BOTH]) == []
    assert untrue(said(page, text), [ONE if "account" in text or "Haiilo" in text else Truth()]) != []
    assert unjudged(said(page, text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "1 person is in Haiilo",
        "1 person has no account. The list shows why.",
        "1 of 2 people have no account, or not as it should be. Haiilo failed.",
        "1 account could not be created yet",
        "one of your people is not in Haiilo yet.",
        "1 person was removed from Haiilo since yesterday.",
        "1 assigned account is disabled and will not be created.",
    ],
)
def test_believes_what_is_told_of_one(text):
    assert untrue(said(USERS, text), [ONE]) == []
    assert untrue(said(USERS, text), [BOTH]) != []


def test_lets_a_sentence_of_an_earlier_time_have_been_true_then():
    assert untrue(said(RECORD, "1 person in Haiilo", past=True), [ONE, BOTH]) == []
    assert untrue(said(RECORD, "3 people in Haiilo", past=True), [ONE, BOTH]) != []
    assert untrue(said(RECORD, "1 person in Haiilo"), [ONE, BOTH]) != []


@pytest.mark.parametrize(
    ("name", "standing", "good"),
    [
        ("ann@a.example", "in Haiilo", True),
        ("ann@a.example", "in Haiilo, last change failed", True),
        ("ann@a.example", "removed", False),
        ("ann@a.example", "on the way", False),
        ("bob@a.example", "removed", True),
        ("bob@a.example", "failed", True),
        ("bob@a.example", "in Haiilo", False),
    ],
)
def test_holds_what_is_said_of_a_person_against_their_account(name, standing, good):
    pages = said(USERS, "", rows=(Row(name, standing, ""),))
    assert (untrue(pages, [ONE]) == []) is good


def test_lets_nobody_be_called_done_while_half_are_missing():
    assert [each.page for each in untrue(said(BOARD, "", green=(BOARD, CUSTOMER)), [ONE])] == [
        BOARD,
        CUSTOMER,
        CUSTOMER,
    ]
    assert untrue(said(BOARD, "", green=(BOARD, RECORD, CUSTOMER)), [BOTH]) == []


def test_wants_the_record_to_say_of_how_many_who_are_missing():
    twelve = frozenset(map(str, range(12)))
    most = Truth(in_scope=twelve, there=twelve - {"0"}, amiss=frozenset({"0"}))
    assert untrue(said(RECORD, "1 person has no account.", green=(RECORD,)), [most]) == []
    assert untrue(said(RECORD, "", green=(RECORD,)), [most]) != []


def test_lets_no_more_people_be_listed_than_lack_something():
    reasons = (Reason("X", "", 2, ""),)
    assert untrue(Pages(reasons=reasons), [ONE]) == []
    assert untrue(Pages(reasons=(*reasons, Reason("Y", "", 1, ""))), [ONE]) != []
    assert untrue(Pages(reasons=(*reasons, Reason(DIFFERS.code, "", 1, ""))), [ONE]) == []


def test_never_lets_anybody_be_asked_to_enable_an_account():
    text = "Assign the person or their group directly, and enable the account."
    assert [each.truth for each in untrue(said(USERS, text), [BOTH])] == ["whoever is disabled may have left"]
    assert untrue(said(USERS, "Enable it only if the person is still with you."), [BOTH]) == []


def test_tells_of_numbers_that_nobody_judges():
    assert unjudged(said(RECORD, "We have lost 7 people somewhere.")) != []
    assert unjudged(said(RECORD, "4 of about 12 people, about 1 to 2 minutes left")) == []


def test_lets_pass_only_what_is_awaited_by_name():
    assert unexpected(["board: “3 people in Haiilo”; in truth: 2"]) != []
    for pattern, lacks in AWAITED.items():
        re.compile(pattern)
        assert lacks


def test_goes_by_the_product_s_own_tolerance():
    from onboarding.steps.live import health

    assert claims.MOST_MISSING == health.MOST


# Numbers that a page calls Microsoft's


LEFT = Truth(in_scope=frozenset({ANN}), there=frozenset({ANN, BOB}), names=NAMES)


def test_takes_what_microsoft_has_reported_for_the_truth_only_where_a_page_says_so():
    plain, said_so = said(BOARD, "1 person in Haiilo"), said(BOARD, "1 person in Haiilo, as Microsoft reports")
    for text in (plain, said_so):
        assert untrue(text, [LEFT]) != []
    assert untrue(plain, [LEFT], reported=True) != []
    assert untrue(said_so, [LEFT], reported=True) == []
    assert untrue(said(BOARD, "3 people in Haiilo, as Microsoft reports"), [LEFT], reported=True) != []


def test_takes_what_microsoft_had_reported_earlier_for_the_truth_of_that_time():
    told = Pages(texts=(Text(RECORD, "1 person in Haiilo, as Microsoft reports", past=True),))
    assert untrue(told, [LEFT, BOTH], reported=True) == []
    assert untrue(told, [LEFT, BOTH]) != []


def test_takes_a_row_that_microsoft_calls_removed_as_reported():
    rows = (Row("bob@a.example", "removed", ""),)
    reported = Pages(texts=(Text(USERS, "1 of 1 people in scope are in Haiilo As Microsoft reports"),), rows=rows)
    assert untrue(reported, [LEFT], reported=True) == []
    assert untrue(reported, [LEFT]) != []
    assert untrue(Pages(rows=rows), [LEFT], reported=True) != []


def test_counts_who_is_there_twice_as_wrong():
    twice = Truth(in_scope=frozenset({ANN}), there=frozenset({ANN}), twice=frozenset({ANN}), names=NAMES)
    assert untrue(said(BOARD, "1 person is not as they should be"), [twice]) == []
    assert untrue(said(USERS, "1 person in Haiilo twice"), [twice]) == []


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("10,006 of 10,006 people are in Haiilo", "10006 of 10006 people are in Haiilo"),
        ("1,234,567 people", "1234567 people"),
        ("1,2,3 and 12,34 people", "1,2,3 and 12,34 people"),
    ],
)
def test_reads_large_numbers_as_the_pages_write_them(text: str, plainly: str) -> None:
    found = arrived.plain(Pages((Text(USERS, text), Text(RECORD, "1 person is in Haiilo", past=True))))
    assert [each.text for each in found.texts] == [plainly]


# What is true


class FarSide:
    """A tenant at the far side: what its directory and Haiilo hold."""

    def __init__(self, users: list[dict[str, Any]], arrived: list[dict[str, Any]]) -> None:
        assignments = [{"principalId": each["id"], "appRoleId": "role"} for each in users]
        self.directory = {"users": users, "groups": [], "assignments": assignments}
        self.accounts = arrived

    def ask(self, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("GET", "/directory")
        return self.directory

    def arrived(self) -> list[dict[str, Any]]:
        return self.accounts


ANNA = {"id": ANN, "userPrincipalName": "ann@a.example", "accountEnabled": True, "givenName": "Ann"}
GUEST = {"id": EVE, "userPrincipalName": "ann_a.example#EXT#@b.example", "accountEnabled": True, "givenName": "Eve"}


@pytest.mark.parametrize(("given", "got_it", "other"), [("Ann", ANN, EVE), ("Eve", EVE, ANN)])
@pytest.mark.parametrize("users", [[ANNA, GUEST], [GUEST, ANNA]])
def test_gives_the_one_account_of_two_who_want_its_name_to_whose_values_it_has(users, given, got_it, other):
    account = {"userName": "ann@a.example", "active": True, "name": {"givenName": given}}
    found = look(cast(SandboxTenant, FarSide(users, [account])), "advocacy")
    assert (set(found.there), set(found.amiss)) == ({got_it}, {other})
    assert found.numbers["wrong"] == 1
    pages = said(BOARD, "1 person is not as they should be", rows=(Row("ann@a.example", "in Haiilo", ""),))
    assert untrue(pages, [found]) == []


def test_takes_an_account_with_other_values_for_that_of_whoever_has_its_name():
    account = {"userName": "ann@a.example", "active": True, "name": {"givenName": "Anne"}}
    found = look(cast(SandboxTenant, FarSide([ANNA], [account])), "advocacy")
    assert (set(found.there), set(found.amiss)) == ({ANN}, {ANN})
    assert found.who("ANN@a.example") == ANN
