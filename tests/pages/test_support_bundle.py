"""The support bundle on the customer page: one press, a file, and a line that says who took it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from onboarding.models import Event
from tests import builders

from .desk import TOKEN_NEEDED, open_record, people, stand

pytestmark = pytest.mark.django_db
FAILED = {"result": "failed", "code": "EntryConflict"}
PERSON = "e0e0e0e0-1111-4111-8111-000000000009"


def taken(client, made):
    return client.post(reverse("support_bundle", args=[made.pk]))


def for_microsoft(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["README.txt", "for-microsoft.json", "for-haiilo-engineers.json"]
        return json.loads(archive.read("for-microsoft.json"))


def lines(made):
    with translation.override("en"):
        return [(str(line.sentence), line.actor or line.actor_name) for line in made.events.filter(kind="export")]


@pytest.fixture
def failed(customer):
    people(customer, 1, **FAILED)
    customer.people.update(source_id=PERSON)
    return customer


@pytest.fixture
def dora(failed) -> Client:
    """Of the portfolio, without the permission to see names."""
    builders.portfolio(builders.person("dora", sees_names=False))
    client = Client()
    client.force_login(builders.person("dora"))
    return client


def test_is_a_button_on_the_customer_page_and_not_the_primary_one(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    page = open_record(alice, customer)
    form = page.form(action=reverse("support_bundle", args=[customer.pk]))
    assert [button.text for button in form.buttons] == ["Download support bundle"]
    button = re.search(r'<button class="([^"]*)">Download support bundle', page.html)
    assert button
    assert "primary" not in button[1]


def test_gives_a_file_that_no_cache_keeps_and_says_who_took_it(alice, customer):
    answer = taken(alice, customer)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert re.fullmatch(r'attachment; filename="contoso-\d+-support-\d{8}T\d{4}Z\.zip"', answer["Content-Disposition"])
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert for_microsoft(answer.content)["time_zone"] == "UTC"
    assert lines(customer) == [("Support bundle made, without object IDs of people.", builders.person())]


def test_has_object_ids_for_those_who_may_see_names(alice, dora, failed):
    [some] = for_microsoft(taken(alice, failed).content)["some_people_by_cause"]
    assert some["object_id"] == PERSON
    assert "may not see the names" in for_microsoft(taken(dora, failed).content)["some_people_by_cause"]["unknown"]
    assert [said for said, _who in lines(failed)] == [
        "Support bundle made, with the object ID of 1 person.",
        "Support bundle made, without object IDs of people.",
    ]


def test_is_for_the_portfolio_only_and_by_post_only(alice, charlie, customer):
    assert taken(charlie, customer).status_code == 404
    assert taken(Client(), customer).status_code == 302
    assert alice.get(reverse("support_bundle", args=[customer.pk])).status_code == 405
    assert lines(customer) == []


def test_asks_nobody_over_the_network(alice, customer, far):
    stand(customer, "connection", TOKEN_NEEDED)
    assert taken(alice, customer).status_code == 200
    assert far.asked == []


def test_costs_the_same_however_many_people_there_are(alice, failed):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert taken(alice, failed).status_code == 200
        return len(made)

    few = queries()
    people(failed, 150, **FAILED)
    Event.objects.bulk_create([Event(onboarding=failed, kind="done", at=timezone.now()) for _number in range(500)])
    assert queries() == few


def test_speaks_english_whatever_language_the_reader_has(alice, customer):
    alice.cookies["django_language"] = "de"
    with zipfile.ZipFile(io.BytesIO(taken(alice, customer).content)) as archive:
        assert "Customer created." in archive.read("for-haiilo-engineers.json").decode()


# By a command


def made_by_command(capsys, *arguments):
    call_command("support_bundle", *arguments)
    return Path(capsys.readouterr().out.strip())


def test_is_written_by_a_command_too(failed, tmp_path, capsys):
    path = made_by_command(capsys, failed.customer.name, "--folder", str(tmp_path), "--by", "Olga of the night shift")
    assert path.parent == tmp_path
    assert "unknown" in for_microsoft(path.read_bytes())["some_people_by_cause"]
    path = made_by_command(capsys, str(failed.pk), "--with-ids", "--folder", str(tmp_path), "--by", "Olga")
    assert for_microsoft(path.read_bytes())["some_people_by_cause"][0]["object_id"] == PERSON
    assert lines(failed) == [
        ("Support bundle made, without object IDs of people.", "Olga of the night shift"),
        ("Support bundle made, with the object ID of 1 person.", "Olga"),
    ]


def test_says_what_the_command_cannot_do(customer, tmp_path):
    with pytest.raises(CommandError, match="no customer"):
        call_command("support_bundle", "Nobody Ltd", "--folder", str(tmp_path))
    with pytest.raises(CommandError, match="no folder"):
        call_command("support_bundle", str(customer.pk), "--folder", str(tmp_path / "nowhere"))
    assert lines(customer) == []
