"""The readiness report: every line from what was seen last, what is not known said as such, at a constant cost."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.models import Onboarding, StepState, TenantBinding, clock
from onboarding.staff.readiness import queries
from onboarding.steps.scope.evidence import FindingSeen, ScopeEvidence

from .desk import open_record, people, post, read, stand

pytestmark = pytest.mark.django_db
TENANT = "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001"
SCOPE = ScopeEvidence(
    total=1200,
    direct=200,
    by_group=1000,
    disabled=3,
    nested_people=4,
    certain_to_fail=7,
    findings=(FindingSeen("country_without_group", 7), FindingSeen("guest", 2)),
).to_json()
REASON, TEST = say("It supports provisioning.").as_json(), say("Its name sounds like a test.").as_json()
SEEN: dict[str, dict[str, Any]] = {
    "consent": {"tenant_id": TENANT, "tenant_name": "Contoso Ltd", "verified_domain": "contoso.example"},
    "readiness": {
        "licence": "none",
        "permissions": {"User.Read.All": True, "Group.Read.All": False},
        "verified_domains": ["contoso.example"],
        "candidates": 2,
        "applications": [
            {"id": "sp", "name": "Haiilo SSO", "usable": True, "reasons": [REASON], "warnings": []},
            {"id": "old", "name": "Haiilo old", "usable": True, "reasons": [REASON], "warnings": [TEST]},
        ],
    },
    "sso_application": {"service_principal_id": "sp", "name": "Haiilo SSO"},
    "scope": SCOPE,
}
WAITS = Asking(say("Choose one test user."), Court.CS, code="person_needed")


def report(client: Any, made: Onboarding) -> str:
    path = reverse("readiness_report", args=[made.pk])
    return read(client.get(path), path).text


def test_says_everything_that_was_seen_and_who_acts(alice, customer):
    text = report(alice, stand(customer, "pilot", WAITS, **SEEN))
    for words in (
        "The tenant Contoso Ltd is proved by its verified domain contoso.example.",
        "Permissions are missing: Group.Read.All.",
        "No Entra ID P1",
        "Verified domains: contoso.example.",
        "Provisioning is set up on “Haiilo SSO”.",
        "2 applications support provisioning.",
        "1,200 people are in scope.",
        "200 assigned directly, 1,000 through groups.",
        "3 assigned accounts are disabled",
        "4 people are only in groups within",
        "For 7 people no account can be created",
        "The countries of 7 people are not the names of Haiilo groups",
        "2 guests get other user names",
        "Haiilo's own list has not been read",
        "12 to 96 minutes",
        "Choose one test user. We have to act",
    ):
        assert words in text, words


def test_says_why_each_application_is_chosen_or_not(alice, customer):
    text = report(alice, stand(customer, "pilot", WAITS, **SEEN))
    assert "“Haiilo SSO” is chosen. It supports provisioning." in text
    assert "“Haiilo old” is not chosen. It supports provisioning. Its name sounds like a test." in text


@pytest.mark.parametrize(("usable", "says"), [(True, "can be chosen"), (False, "cannot be used")])
def test_says_of_each_application_whether_it_can_be_chosen(alice, customer, usable, says):
    seen = {name: SEEN[name] for name in ("consent", "readiness")}
    seen["readiness"] = seen["readiness"] | {"applications": [{"id": "old", "name": "Old", "usable": usable}]}
    waits = Asking(say("Choose."), Court.CS)
    assert f"“Old” {says}." in report(alice, stand(customer, "sso_application", waits, **seen))


def export(client: Any, made: Onboarding) -> list[list[str]]:
    answer = client.get(reverse("readiness_csv", args=[made.pk]))
    assert answer["Content-Disposition"].endswith('-readiness.csv"')
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))


def test_exports_every_line_with_evidence_who_acts_and_who_decided(alice, customer):
    stand(customer, "pilot", WAITS, **SEEN)
    post(alice, "go_on", customer.pk, "guest")
    header, *rows = export(alice, customer)
    assert header == ["Section", "Status", "Found", "Evidence", "Who acts", "Time", "Decision"]
    told = {row[2]: row for row in rows}
    assert told["“Haiilo old” is not chosen."][3] == "It supports provisioning. Its name sounds like a test."
    assert told["Choose one test user."][4] == "We have to act"
    [guests] = [row for row in rows if row[2].startswith("2 guests")]
    assert "alice" in guests[6].lower()
    assert "(2)" in guests[6]
    text = report(alice, customer)
    for row in rows:
        assert " ".join(row[2].split()) in text, "nothing is exported that the page does not say"


def times(client: Any, made: Onboarding) -> dict[str, str]:
    """The time of each line, by what it says."""
    return {row[2]: row[5] for row in export(client, made)[1:]}


def test_dates_each_line_by_when_its_evidence_was_read(alice, customer):
    first, last = clock.now() - timedelta(days=9), clock.now() - timedelta(days=1)
    stand(customer, "pilot", WAITS, **SEEN)
    StepState.objects.update(done_at=first, seen_at=first, checked_at=first)
    assert set(times(alice, customer).values()) == {first.isoformat(), ""}
    Onboarding.objects.filter(pk=customer.pk).update(scope_read_at=last)
    assert times(alice, customer)["1,200 people are in scope."] == first.isoformat(), "of a reading before"
    stand(customer, "readiness", Asking(say("Which one?"), Court.CS), **SEEN)  # what was seen before stays
    told = times(alice, customer)
    assert told["The tenant Contoso Ltd is proved by its verified domain contoso.example."] > last.isoformat()
    assert told["Which one?"] > last.isoformat()
    assert told["Verified domains: contoso.example."] == first.isoformat()
    stand(customer, "pilot", WAITS, **SEEN)
    told = times(alice, customer)
    assert told["Verified domains: contoso.example."] > last.isoformat()
    for line in (
        "1,200 people are in scope.",
        "For 7 people no account can be created as their data is.",
        "The first cycle takes 12 to 96 minutes, by Microsoft's own figures.",
        "2 guests get",
    ):
        [at] = {at for said, at in told.items() if said.startswith(line)}
        assert at == last.isoformat(), "when the assignments were read"


def test_dates_nothing_of_which_nobody_knows_when_it_was_read(alice, customer):
    stand(customer, "pilot", WAITS, **SEEN)
    StepState.objects.update(seen_at=None)
    Onboarding.objects.filter(pk=customer.pk).update(scope_read_at=clock.now())
    told = times(alice, customer)
    assert {at for line, at in told.items() if line != "Choose one test user."} == {""}


def test_exports_for_members_only(charlie, customer):
    assert charlie.get(reverse("readiness_csv", args=[customer.pk])).status_code == 404


def test_says_what_nobody_has_looked_at(alice, customer):
    text = report(alice, customer)
    for words in (
        "No tenant has been proved yet.",
        "Permissions and licence: nobody has looked yet.",
        "Nobody has worked out yet what the attribute mapping makes",
        "is not known before the scope is",
    ):
        assert words in text, words
    assert "0 people" not in text


def test_says_of_an_earlier_release_s_numbers_what_they_lack(alice, customer):
    old = {name: value for name, value in SCOPE.items() if name not in ("certain_to_fail", "findings")}
    text = report(alice, stand(customer, "pilot", WAITS, **(SEEN | {"scope": old})))
    assert "1,200 people are in scope." in text
    assert "Nobody has worked out yet" in text


def asked_for(customer: Any, scope: str, word: str, count: int = 1) -> None:
    """People of whom Haiilo was asked."""
    people(customer, count, result="", scope=scope, in_haiilo=word, in_haiilo_at=clock.now())


def test_tells_who_is_in_haiilo_where_haiilo_was_asked(alice, customer):
    asked_at = clock.now() - timedelta(days=1)
    for scope, word, count in (
        ("in", "active", 2),
        ("in", "absent", 1),
        ("out", "active", 1),
        ("no_access", "inactive", 1),
        ("in", "twice", 1),
        ("in", "", 1),
    ):
        asked_for(customer, scope, word, count)
    Onboarding.objects.filter(pk=customer.pk).update(haiilo_list=HaiiloList(at=asked_at).to_json())
    in_scope = customer.people.filter(scope__in=("in", "no_access"))
    counted = in_scope.filter(in_haiilo__in=("active", "inactive", "twice")).count()
    line = f"{counted} people in scope have an account in Haiilo already."
    assert counted == 4
    assert line in report(alice, customer)
    assert times(alice, customer)[line] == asked_at.isoformat()


def test_says_that_nobody_is_there_where_haiilo_has_none_of_them(alice, customer):
    assert "Haiilo's own list has not been read" in report(alice, customer)
    asked_for(customer, "in", "absent")
    assert "0 people in scope have an account in Haiilo already." in report(alice, customer)


def test_reads_none_of_the_people(customer):
    asked_for(customer, "in", "active", 3)
    stand(customer, "pilot", WAITS, **SEEN)
    shown = Onboarding.objects.get(pk=customer.pk)
    with CaptureQueriesContext(connection) as asked:
        queries.report(shown)
    assert len(asked) == 1
    assert not any("onboarding_person" in each["sql"] for each in asked)


def test_costs_the_same_for_few_people_and_for_many(alice, customer):
    stand(customer, "pilot", WAITS, **SEEN)
    spent = []
    for count in (1, 30):
        people(customer, count, result="", scope="in", findings=[{"code": "guest"}])
        with CaptureQueriesContext(connection) as asked:
            report(alice, customer)
        spent.append(len(asked))
    assert spent[0] == spent[1]
    assert spent[0] <= 12


def test_is_found_on_the_record_once_the_tenant_is_proved(alice, customer):
    address = reverse("readiness_report", args=[customer.pk])
    assert address not in dict(open_record(alice, customer).links)
    TenantBinding.objects.create(onboarding=customer, tenant_id=TENANT, verified_domain="contoso.example")
    links = [link for link, _text in open_record(alice, customer).links]
    assert any(link.endswith(address) for link in links)


def test_is_for_members_only(charlie, customer):
    assert charlie.get(reverse("readiness_report", args=[customer.pk])).status_code == 404
