"""The users page: is everyone in, why not, who acts; and the way out as CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.domain.verdicts import Done
from onboarding.models import Event, Onboarding
from onboarding.staff.people import queries
from onboarding.staff.people.line import line
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.web.csv_file import csv_file, guarded
from tests import builders

from .desk import HTMX, people, read, stand

NO_GROUP = {"result": "failed", "code": "BadRequest", "reason": "400.76 Group does not exist: Suomi"}
CAUSES = "What keeps people from being as they should be"
CONFLICT = {"result": "failed", "code": "EntryConflict", "reason": "There is one already."}


def page_of(client, made, **query):
    path = reverse("people", args=[made.pk])
    return read(client.get(path, query), path)


def search(client, made, text, **kept):
    """Type into the search field and press Enter."""
    path = reverse("people", args=[made.pk])
    answer = client.post(path, {"search": text, **kept}, follow=True)
    return read(answer, answer.redirect_chain[-1][0])


def shown(page):
    return re.findall(r"p\d{4}@contoso\.example", page.text)


def export(client, made, **data):
    answer = client.post(reverse("people_csv", args=[made.pk]), data)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return answer, list(csv.reader(io.StringIO(text[1:])))


def test_says_that_nobody_has_been_through_yet(alice, customer):
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=0)
    page = page_of(alice, customer)
    assert "Nobody is in Haiilo yet" in page.text
    assert "Nobody has been synced yet" in page.text
    assert "By the job's own counters" in page.text


@pytest.mark.parametrize(
    ("language", "during", "after", "scope"),
    [
        (
            "en",
            "We do not know yet how many people are in Haiilo",
            "Haiilo is set up; Microsoft does not tell how many people are in it",
            "In scope: about 2,050",
        ),
        (
            "de",
            "Wir wissen noch nicht, wie viele Personen in Haiilo sind",
            "Haiilo ist eingerichtet; Microsoft nennt nicht, wie viele Personen darin sind",
            "Im Bereitstellungsbereich: etwa 2.050",
        ),
        (
            "fi",
            "Emme vielä tiedä, montako käyttäjää Haiilossa on",
            "Haiilo on otettu käyttöön; Microsoft ei kerro, montako käyttäjää siellä on",
            "Kohdejoukossa: noin 2 050",
        ),
    ],
)
def test_counts_nobody_where_nobody_tells(alice, customer, language, during, after, scope):
    path, headers = reverse("people", args=[customer.pk]), {"Accept-Language": language}
    page = read(alice.get(path, headers=headers), path)
    assert during in page.text
    assert scope not in page.text
    stand(customer, "live", Done(LiveEvidence(code="Active", told=False)), scope={"total": 2050})
    page = read(alice.get(path, headers=headers), path)
    assert f"{after} {scope}" in page.text
    assert during not in page.text


def test_names_nobody_and_denies_nobody_where_nobody_tells(alice, customer):
    page = page_of(alice, customer)
    assert "People appear here as Microsoft syncs them" in page.text
    assert "Nobody has been synced yet" not in page.text
    stand(customer, "live", Done(LiveEvidence(code="Active", told=False)), scope={"total": 0})
    page = page_of(alice, customer)
    assert "comes from the provisioning log, which has shown us nobody so far" in page.text
    for claim in ("Nobody has been synced yet", "Nobody is in Haiilo", "Everybody in scope", "People appear here"):
        assert claim not in page.text


def test_answers_whether_everyone_is_in(alice, customer):
    builders.done(customer, scope={"total": 2050})
    people(customer, 3)
    people(customer, 2, result="updated")
    people(customer, 1, **CONFLICT)
    assert "5 of about 2,050 people are in Haiilo" in page_of(alice, customer).text


def test_lists_person_user_name_result_reason_and_time(alice, customer):
    [person] = people(customer, 1, **CONFLICT)
    page = page_of(alice, customer)
    for text in (person.name, person.user_name, "failed", "Haiilo has another account"):
        assert text in page.text
    assert f'datetime="{person.at.strftime("%Y-%m-%d")}' in page.html


def test_shows_names_letter_by_letter(alice, customer):
    people(customer, 1, name="Anna {key} %s <b>", user_name="{at}@contoso.example")
    people(customer, 1, name="", user_name="")
    page = page_of(alice, customer, finding="guest")
    assert "No results" in page.text
    page = page_of(alice, customer)
    assert "<bdi>Anna {key} %s &lt;b&gt;</bdi>" in page.html
    assert "<bdi>{at}@contoso.example</bdi>" in page.html
    assert "<bdi>s1</bdi>" in page.html  # who has no name is known by the id in Entra


def test_leads_from_a_filtered_list_to_each_person(alice, customer):
    rows = people(customer, 2, **CONFLICT)
    links = {text: href for href, text in page_of(alice, customer, standing="failed").links}
    for person in customer.people.filter(source_id__in=[row.source_id for row in rows]):
        story = reverse("person", args=[customer.pk, person.pk])
        assert links[person.name] == f"http://testserver{story}?standing=failed"


def test_draws_the_line_in_shares_that_make_a_whole():
    pieces = line({"arrived": 1, "coming": 1, "twice": 0, "failed": 1, "out": 5, "gone": 7})
    assert [piece.standing for piece in pieces] == ["arrived", "coming", "failed"]
    assert sum(float(piece.width) for piece in pieces) == pytest.approx(100, abs=0.1)
    assert pieces[1].x == "33.33"


def test_draws_with_points_in_every_language(alice, customer):
    people(customer, 2)
    people(customer, 1, **CONFLICT)
    html = alice.get(reverse("people", args=[customer.pk]), headers={"Accept-Language": "de"}).content.decode()
    assert 'width="66.67"' in html


def test_groups_those_who_are_missing_by_cause_with_who_acts_and_what_to_send(alice, customer):
    people(customer, 3, **NO_GROUP)
    people(customer, 2, **CONFLICT)
    people(customer, 4, result="skipped", code="NotEffectivelyEntitled", seen={"last": "outside"})
    page = page_of(alice, customer)
    causes = page.text[page.text.index(CAUSES) : page.text.index("Export as CSV")]
    assert causes.index("3 people failed") < causes.index("2 people failed")
    assert "4 people" not in causes  # not in scope, and nothing is wrong with that
    assert "The person's country is not the name of a Haiilo group." in causes
    assert "The customer has to act" in causes
    assert "We have to act" in causes
    assert causes.count("Write the message with these names") == 1


def test_groups_by_the_attribute_that_is_empty(alice, customer):
    empty = {"result": "skipped", "code": "AttributeValidationFailed"}
    people(customer, 2, **empty, lacking="mail")
    people(customer, 1, **empty, lacking="country")
    people(customer, 3, **empty)
    page = page_of(alice, customer)
    assert "“mail” is empty for this person" in page.text
    for count, number in (("2 people", 2), ("1 person", 1), ("3 people", 3)):
        [href] = [href for href, text in page.links if text == count]
        assert len(shown(read(alice.get(href)))) == number


def test_counts_those_who_were_there_already_among_those_in_haiilo(alice, customer):
    builders.done(customer, scope={"total": 4})
    people(customer, 1)
    people(customer, 3, result="matched", code="RedundantExport")
    page = page_of(alice, customer)
    assert "4 of about 4 people are in Haiilo" in page.text
    assert CAUSES not in page.text


def test_shows_the_number_that_the_last_look_found(alice, customer):
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=9)
    assert "9 people are in Haiilo" in page_of(alice, customer).text
    builders.done(customer, scope={"total": 9})
    page = page_of(alice, customer)
    assert "9 of about 9 people are in Haiilo" in page.text
    assert "Nobody has been synced yet" not in page.text
    assert "the provisioning log, which we could not read so far" in page.text


def test_shows_exactly_the_people_of_a_cause(alice, customer):
    concerned = people(customer, 2, **NO_GROUP)
    people(customer, 3, result="failed", code="BadRequest", reason="Something else.")
    page = page_of(alice, customer)
    [href] = [href for href, text in page.links if text == "2 people"]
    assert sorted(shown(read(alice.get(href)))) == sorted(person.user_name for person in concerned)
    [href] = [href for href, text in page.links if text == "3 people"]
    assert len(shown(read(alice.get(href)))) == 3


@pytest.mark.parametrize(("query", "count"), [({}, 6), ({"standing": "failed"}, 1), ({"standing": "arrived"}, 5)])
def test_filters_by_standing(alice, customer, query, count):
    people(customer, 3)
    people(customer, 2, result="updated")
    people(customer, 1, **CONFLICT)
    assert len(shown(page_of(alice, customer, **query))) == count


@pytest.mark.parametrize("query", [{"standing": "eaten"}, {"after": "nonsense"}, {"mark": "made up"}])
def test_ignores_what_it_does_not_know(alice, customer, query):
    people(customer, 3)
    assert len(shown(page_of(alice, customer, **query))) == 3


def test_keeps_the_filter_while_searching(alice, customer):
    people(customer, 2, **CONFLICT)
    page = page_of(alice, customer, standing="failed")
    assert page.form(having="search").fields["standing"].value == "failed"


def all_pages(client, page):
    seen = []
    while True:
        seen += shown(page)
        following = [href for href, text in page.links if text == "Next page"]
        if not following:
            return seen
        page = read(client.get(following[0]))


def test_goes_on_with_the_next_page(alice, customer):
    people(customer, 230)
    seen = all_pages(alice, page_of(alice, customer))
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 230


def test_goes_on_with_the_next_page_of_a_search_and_of_a_filter(alice, customer):
    people(customer, 150, **CONFLICT)
    people(customer, 150, name="Somebody else")
    assert len(all_pages(alice, search(alice, customer, "person", standing="failed"))) == 150
    [chip] = [href for href, text in search(alice, customer, "person").links if text == "failed 150"]
    assert len(all_pages(alice, read(alice.get(chip)))) == 150


def test_costs_the_same_for_few_people_and_for_many(alice, customer):
    people(customer, 1, **NO_GROUP)  # a group is read where there is one
    page_of(alice, customer)
    with CaptureQueriesContext(connection) as few:
        page_of(alice, customer)
    people(customer, 90, **NO_GROUP)
    people(customer, 9, **CONFLICT)
    with CaptureQueriesContext(connection) as many:
        page_of(alice, customer)
    assert len(many) == len(few)


def test_puts_what_is_known_of_several_people_into_words_once(customer):
    people(customer, 3, result="failed", code="Odd", reason="Microsoft's words about it.")
    people(customer, 1, result="failed", code="Odd", reason="Other words about it.")
    whys = [row.why for row in queries.people(customer).rows]
    assert ["Other words" in each for each in whys] == [False, False, False, True]
    assert whys[0] is whys[1] is whys[2]


@pytest.mark.parametrize("most", [1, 1000])
def test_names_the_signs_of_each_user_name_that_is_refused(customer, monkeypatch, most):
    monkeypatch.setattr(queries, "MOST_WHYS", most)
    refused = {"result": "failed", "code": "BadRequest", "reason": "invalidFilter: no such value"}
    for name in ("a\xe4@x.example", "b@x.example", "c\xf6@x.example"):
        people(customer, 1, user_name=name, **refused)
    people(customer, 1, user_name="d\xe5@x.example")
    for names, signs in ((True, ["\xe4", "", "\xf6", None]), (False, ["", "", "", None])):
        whys = [row.why for row in queries.people(customer, names=names).rows]
        assert [
            None if not each else each.partition("because of the characters ")[2].partition(".")[0] for each in whys
        ] == signs


def test_sends_the_same_rows_as_a_part(alice, customer):
    people(customer, 2)
    part = alice.get(reverse("people", args=[customer.pk]), headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="people"')
    assert "p0001@contoso.example" in part


def test_keeps_the_people_of_another_customer_apart(alice, customer):
    other = builders.onboarding()
    people(other, 2)
    assert shown(page_of(alice, customer)) == []
    assert len(export(alice, customer)[1]) == 1


# CSV


def test_exports_what_the_filter_leaves(alice, customer):
    people(customer, 3)
    people(customer, 1, **CONFLICT)
    answer, rows = export(alice, customer, standing="failed")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert len(rows) == 2
    assert rows[1][1] == "p0003@contoso.example"
    assert rows[1][4] == "EntryConflict"
    assert len(export(alice, customer)[1]) == 5


def test_exports_what_a_search_leaves(alice, customer):
    people(customer, 3)
    kept = search(alice, customer, "p0001").form(having="s").fields
    _answer, rows = export(alice, customer, s=kept["s"].value)
    assert [row[1] for row in rows[1:]] == ["p0001@contoso.example"]


def test_notes_who_took_the_list(alice, customer):
    people(customer, 1)
    export(alice, customer)
    noted = Event.objects.get(onboarding=customer, kind="export")
    assert noted.actor == builders.person("alice")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0"])
def test_disarms_formulas(cell):
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Eva Berg", "eva@contoso.example", "1-2", "", "O'Neil"])
def test_leaves_other_cells_as_they_are(cell):
    assert guarded(cell) == cell


def test_disarms_what_came_from_the_tenant(alice, customer):
    people(customer, 1, name='=HYPERLINK("https://evil.example")', user_name="+1@contoso.example")
    _answer, rows = export(alice, customer)
    assert rows[1][:2] == ['\'=HYPERLINK("https://evil.example")', "'+1@contoso.example"]


def test_ends_at_the_cap_and_says_so(db):
    asked = []

    def endless():
        for number in range(10**9):
            asked.append(number)
            yield (number,)

    lines = csv_file("x.csv", ["n"], endless(), most=3).getvalue().decode().splitlines()
    assert lines[1:4] == ["0", "1", "2"]
    assert "Only the first 3 rows" in lines[4]
    assert len(asked) == 4


def test_keeps_what_turns_text_around_by_itself(alice, customer):
    """Public case 17: a name with U+202E reverses nothing beside it, on the page or in the file."""
    people(customer, 1, name="Eva \u202etxt.exe", user_name="eva@contoso.example")
    assert "<bdi>Eva \u202etxt.exe</bdi>" in page_of(alice, customer).html
    _answer, rows = export(alice, customer)
    assert rows[1][0] == "Eva txt.exe"
