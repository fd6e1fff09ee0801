"""The board: who needs us, found by name, page by page, at a fixed cost."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Verdict, Waiting
from onboarding.models import Onboarding
from onboarding.staff.board import queries
from onboarding.steps import STEPS
from tests import builders

from .desk import HTMX, PLAN, TOKEN_NEEDED, people, read, stand

FROM: dict[str, Verdict] = {
    "us": TOKEN_NEEDED,
    "customer": Asking(say("Nobody is assigned."), Court.CUSTOMER, code="nobody"),
    "running": Waiting(say("Microsoft works."), recheck_in=STEPS[0].fresh_for),
    "attention": Broken(say("The job is gone."), Court.CS),
}


def board(client, **query):
    return read(client.get(reverse("board"), query))


def names(page):
    return [text for href, text in page.links if "/customers/" in href and not href.endswith("/new/")]


def test_explains_the_job_while_there_is_nobody(alice):
    page = board(alice)
    assert "Set up Haiilo accounts for your first customer" in page.text
    assert [href for href, _text in page.links if href.endswith("/customers/new/")] != []


def test_explains_portfolios_to_a_person_without_one(client, db):
    client.force_login(builders.person("dora"))
    page = board(client)
    assert "not in a team yet" in page.text
    assert not [href for href, _text in page.links if href.endswith("/customers/new/")]


def test_shows_where_a_customer_stands(alice):
    made = stand(builders.onboarding(name="Contoso"), "connection", TOKEN_NEEDED)
    page = board(alice)
    assert (f"http://testserver{reverse('record', args=[made.pk])}", "Contoso") in page.links
    assert "Connection" in page.text
    assert "Waiting for us" in page.text
    assert "Enter the token." in page.text
    assert "Customer: done" in page.text
    assert "Attribute mapping: not started" in page.text
    assert "1 customer is waiting for us" in page.text


@pytest.mark.parametrize("bucket", FROM)
def test_puts_each_customer_behind_one_tab(alice, bucket):
    for each, verdict in FROM.items():
        stand(builders.onboarding(name=f"In {each}"), "connection", verdict)
    stand(builders.onboarding(name="In live"), "live", Done(note=say("It runs.")))
    assert names(board(alice, bucket=bucket)) == [f"In {bucket}"]
    assert names(board(alice, bucket="live")) == ["In live"]
    assert len(names(board(alice))) == len(FROM) + 1


def test_counts_every_state_in_exactly_one_tab(db):
    kinds: list[Verdict] = [*FROM.values(), PLAN, Done(note=say("Done."))]
    for verdict in kinds:
        stand(builders.onboarding(), "live", verdict)
    found = queries.board(builders.person())
    assert found.total == len(kinds)
    assert {bucket.key: bucket.count for bucket in found.buckets} == {
        "us": 2,
        "customer": 1,
        "running": 1,
        "attention": 1,
        "live": 1,
    }


def test_finds_a_customer_by_name_or_address_and_not_by_a_person(alice):
    builders.onboarding(name="Contoso", haiilo_host="alpha.smarpshare.com", contact_email="a@one.example")
    builders.onboarding(name="Fabrikam", haiilo_host="beta.smarpshare.com", contact_email="b@two.example")
    assert names(board(alice, search="ontos")) == ["Contoso"]
    assert names(board(alice, search="BETA")) == ["Fabrikam"]
    assert names(board(alice, search="one.example")) == []
    assert names(board(alice, search="  contoso\u200b ")) == ["Contoso"]


@pytest.mark.parametrize("search", ["nowhere", "%", "a\0b", "'; --", "x" * 5000])
def test_says_so_when_a_search_finds_nothing_and_keeps_it(alice, customer, search):
    page = board(alice, search=search)
    assert page.status == 200
    assert "Show all customers" in page.text
    assert names(page) == []


def test_goes_on_with_the_next_page(alice):
    for number in range(60):
        builders.onboarding(name=f"Customer {number % 30:02} {number}")
    seen, page = [], board(alice)
    while True:
        seen += names(page)
        following = [href for href, text in page.links if text == "Next page"]
        if not following:
            break
        page = read(alice.get(following[0]))
    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "after", ["nonsense", "W10", "WzEsMl0", "WyJhIiwgdHJ1ZV0", "é", "WyJcdTAwMDAiLCAxXQ", "9" * 9000]
)
def test_begins_anew_where_a_place_was_made_up(alice, customer, after):
    assert names(board(alice, after=after)) == [customer.customer.name]


def test_costs_the_same_for_one_customer_and_for_many(alice):
    stand(builders.onboarding(), "connection", TOKEN_NEEDED)
    alice.get(reverse("board"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        alice.get(reverse("board"))
    for _number in range(25):
        stand(builders.onboarding(), "mappings", PLAN)
    with CaptureQueriesContext(connection) as many:
        alice.get(reverse("board"))
    assert len(many) == len(few)


def test_costs_the_same_to_look_again_for_one_customer_and_for_many(alice, same_minute):
    costs = []
    for more in (1, 25):
        for _number in range(more):
            stand(builders.onboarding(), "mappings", PLAN)
        again = f"{reverse('board')}?{alice.get(reverse('board')).context['again']}"
        with CaptureQueriesContext(connection) as queries_made:
            assert alice.get(again, headers=HTMX).status_code == 204
        costs.append(len(queries_made))
    assert costs[0] == costs[1] <= 7


def test_refreshes_by_itself_and_faster_while_a_row_moves(alice):
    made = stand(builders.onboarding(), "connection", TOKEN_NEEDED)
    assert 'hx-trigger="every 20s, look"' in alice.get(reverse("board")).content.decode()
    stand(made, "initial_cycle", FROM["running"])
    assert 'hx-trigger="every 5s, look"' in alice.get(reverse("board")).content.decode()
    Onboarding.objects.filter(pk=made.pk).update(state="paused")
    assert 'hx-trigger="every 20s, look"' in alice.get(reverse("board")).content.decode()


def test_tells_as_of_when_it_is(alice, customer):
    assert re.search(r"As of \d\d:\d\d UTC", board(alice).text)


def test_sends_the_same_rows_as_a_part(alice, customer):
    whole, part = (alice.get(reverse("board"), headers=headers).content.decode() for headers in ({}, HTMX))
    assert "<html" in whole
    assert "<html" not in part
    assert part.lstrip().startswith('<div id="board"')
    assert customer.customer.name in part


def test_sends_nothing_while_nothing_has_changed(alice, same_minute):
    made = stand(builders.onboarding(), "initial_cycle", FROM["running"])
    seen = alice.get(reverse("board")).context["again"]
    again = f"{reverse('board')}?{seen}"
    assert alice.get(again, headers=HTMX).status_code == 204
    stand(made, "initial_cycle", TOKEN_NEEDED)
    assert alice.get(again, headers=HTMX).status_code == 200


def test_escapes_what_people_typed(alice):
    builders.onboarding(name="<script>alert(1)</script>")
    assert "<script>alert" not in alice.get(reverse("board")).content.decode()


def test_marks_a_live_customer_of_whose_people_some_are_not_as_they_should_be(alice):
    made = stand(builders.onboarding(name="Contoso"), "live", Done())
    people(made, 20)
    assert "as they should be" not in board(alice).text
    with CaptureQueriesContext(connection) as without:
        board(alice)
    people(made, 12, result="failed", code="EntryConflict")
    people(made, 1, result="failed", code="EntryConflict", seen={"last": "failed", "created": 1.0})
    with CaptureQueriesContext(connection) as marked:
        assert "13 people are not as they should be" in board(alice).text
    assert len(marked) == len(without)


def test_marks_nobody_before_a_customer_is_live(alice):
    people(stand(builders.onboarding(), "connection", TOKEN_NEEDED), 2, result="failed", code="EntryConflict")
    assert "as they should be" not in board(alice).text
