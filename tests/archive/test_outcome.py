"""What recorded rows make of a person (public case 01)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from graphclient import ProvisioningEvent
from onboarding.models import Person
from onboarding.models.onboarding import Lease
from onboarding.models.person import KEPT_OF_REASON
from onboarding.people import ingest
from onboarding.staff.people.queries import why
from tests.archive.log_server import row

pytestmark = pytest.mark.django_db
SCOPING = {"name": "EntrySynchronizationScoping", "provisioningStepType": "scoping", "status": "skipped"}
LEFT_OUT = [SCOPING | {"details": {"Assigned to the application": "False"}}]


def kept(lease: Lease, *rows: dict[str, Any]) -> Person:
    ingest.keep(lease, [ProvisioningEvent.from_json(each) for each in rows])
    return Person.objects.get(onboarding=lease.onboarding_id)


def skipped(minute: float, reason: str = "", **more: Any) -> dict[str, Any]:
    return row(minute, "eva", "other", "skipped", skip=reason, **more)


def test_tells_who_fell_out_of_scope_from_who_was_there_already(lease: Lease) -> None:
    assert kept(lease, row(1, "eva"), skipped(2, "RedundantExport")).result == "created"
    person = kept(lease, skipped(3, "NotEffectivelyEntitled"))
    assert (person.result, person.code) == ("skipped", "NotEffectivelyEntitled")
    assert "No longer in scope" in why(person)


def test_is_nobodys_problem_where_the_person_was_there_already(lease: Lease) -> None:
    person = kept(lease, skipped(1, "RedundantExport"))
    assert (person.result, why(person)) == ("matched", "")


@pytest.mark.parametrize("reason", ["AttributeValidationFailed", "attribute validation failed"])
def test_names_the_attribute_that_is_empty(lease: Lease, reason: str) -> None:
    details = {"SkipReason": reason, "PropertyName": "mail"}
    person = kept(lease, skipped(1, provisioningSteps=[{"name": "EntrySynchronizationSkip", "details": details}]))
    assert person.result == "skipped"
    assert why(person).startswith("“mail” is empty for this person")


HAIILO_SAYS = (
    "StatusCode: BadRequest\r\nMessage: Processing of the HTTP request resulted in an exception.\r\nWeb Response: "
    '{"status": "400", "detail": "Required property missing: name.familyName."}'
)


@pytest.mark.parametrize("code", ["MandatoryFieldsMissing", "SystemForCrossDomainIdentityManagementBadRequest"])
def test_names_the_attribute_that_haiilo_names(lease: Lease, code: str) -> None:
    info = {"status": "failure", "errorInformation": {"errorCode": code, "reason": HAIILO_SAYS}}
    person = kept(lease, row(1, "eva", "create", "failure", provisioningStatusInfo=info))
    assert person.lacking == "name.familyName"
    assert why(person).startswith("“last name” is empty for this person")


@pytest.mark.parametrize(
    ("code", "said"),
    [("MandatoryFieldsMissing", "“country” is empty"), ("EntryConflict", "Haiilo has another account")],
)
def test_names_the_attribute_that_was_foreseen_where_nobody_names_one(lease: Lease, code: str, said: str) -> None:
    before = kept(lease, skipped(1, "TooHot"))
    target = 'addresses[type eq "work"].country'
    Person.objects.filter(pk=before.pk).update(findings=[{"code": "required_value_empty", "target": target}])
    info = {"status": "failure", "errorInformation": {"errorCode": code, "reason": "No."}}
    assert why(kept(lease, row(2, "eva", "create", "failure", provisioningStatusInfo=info))).startswith(said)


def test_names_all_that_is_empty_where_microsoft_ended_at_the_first(lease: Lease) -> None:
    before = kept(lease, skipped(1, "TooHot"))
    country = 'addresses[type eq "work"].country'
    found = [{"code": "required_value_empty", "target": target} for target in (country, "name.familyName")]
    Person.objects.filter(pk=before.pk).update(findings=found)
    info = {"status": "failure", "errorInformation": {"errorCode": "MandatoryFieldsMissing", "reason": HAIILO_SAYS}}
    person = kept(lease, row(2, "eva", "create", "failure", provisioningStatusInfo=info))
    assert person.lacking == f"name.familyName, {country}"
    assert why(person) == (
        "“last name”, “country” are empty for this person, and Haiilo needs them. They have to be entered in Entra."
    )


def test_shows_microsofts_own_word_and_text_where_it_knows_neither(lease: Lease) -> None:
    step = {"name": "X", "description": "The weather forbids it.", "details": {"SkipReason": "TooHot"}}
    person = kept(lease, skipped(1, provisioningSteps=[step]))
    assert (person.code, why(person)) == ("TooHot", "Microsoft says: The weather forbids it.")
    assert "TooHot" in why(person, names=False)


def test_goes_by_the_scoping_step_where_no_reason_is_given(lease: Lease) -> None:
    person = kept(lease, row(1, "eva"), skipped(2, provisioningSteps=LEFT_OUT))
    assert (person.result, person.code) == ("skipped", "NotEffectivelyEntitled")


@pytest.mark.parametrize("status", ["Skipped", "skipped", "SKIPPED"])
def test_reads_a_status_in_any_case(lease: Lease, status: str) -> None:
    assert kept(lease, row(1, "eva", "Other", status, skip="RedundantExport")).result == "matched"


def test_cuts_what_is_longer_than_its_column(lease: Lease) -> None:
    long = "x" * 5000
    person = kept(
        lease,
        row(
            1,
            "eva",
            long,
            "failure",
            id=long,
            provisioningStatusInfo={
                "status": "failure",
                "errorInformation": {"errorCode": long + "EntryConflict", "reason": f"{long} error 400.76 {long}"},
            },
            sourceIdentity={"id": "eva", "displayName": long, "details": {"UserPrincipalName": long}},
            targetIdentity={"id": long},
        ),
    )
    assert person.code.endswith("EntryConflict")
    assert len(person.reason) < KEPT_OF_REASON + 20
    assert "400.76" in person.reason
    assert (len(person.name), len(person.target_id), len(person.event_id)) == (256, 128, 64)


NAMED = [
    row(
        1, "eva", modifiedProperties=[{"displayName": "userName", "newValue": "eva@haiilo"}], targetIdentity={"id": "7"}
    ),
    row(2, "eva", "update"),
    skipped(3, "NotEffectivelyEntitled"),
]


@pytest.mark.parametrize("rows", list(permutations(NAMED)))
def test_keeps_names_and_ids_whatever_the_order(lease: Lease, rows: Any) -> None:
    for each in rows:
        person = kept(lease, each)
    assert (person.result, person.target_id, person.user_name, person.name) == ("skipped", "7", "eva@haiilo", "Eva")
    before = person.seen
    for each in rows:
        assert kept(lease, each).seen == before


def test_writes_nothing_for_rows_that_it_knows(lease: Lease, django_assert_num_queries: Any) -> None:
    events = [ProvisioningEvent.from_json(each) for each in NAMED]
    row_of = ingest.keep(lease, events).held
    row_of.log_watermark = events[-1].at
    with django_assert_num_queries(1):
        assert not ingest._is_news(row_of, events)


MADE_ANEW = [row(minute, "eva", targetIdentity={"id": target}) for minute, target in enumerate(("7", "7", "8", "9"))]


@pytest.mark.parametrize("rows", list(permutations(MADE_ANEW)))
def test_keeps_the_account_before_the_present_one_whatever_the_order(lease: Lease, rows: Any) -> None:
    for each in rows:
        person = kept(lease, each)
    assert (person.target_id, person.earlier_target_id) == ("9", "8")


UPDATED = row(2, "eva", "update", targetIdentity={"id": "7"})
BEGUN = row(1, "eva", targetIdentity={"id": "7"})
GONE = {"status": "failure", "errorInformation": {"errorCode": "InvalidAnchor", "reason": "It is not there."}}
RENAMED = [{"displayName": "userName", "oldValue": "eva@x", "newValue": "new.eva@x"}]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], BEGUN, False),
        ([BEGUN], UPDATED, False),
        ([BEGUN], row(2, "eva", "disable"), True),
        ([BEGUN], row(2, "eva", "update", "failure", provisioningStatusInfo=GONE), True),
        ([BEGUN], row(2, "eva", targetIdentity={"id": "8"}), True),
        ([BEGUN], UPDATED | {"modifiedProperties": RENAMED}, True),
        ([BEGUN], row(2, "eva", "update", "failure", code="X"), False),
    ],
)
def test_tells_what_haiilos_own_list_can_settle(lease: Lease, before: Any, after: Any, expected: bool) -> None:
    ingest.keep(lease, [ProvisioningEvent.from_json(each) for each in before])
    assert ingest.keep(lease, [ProvisioningEvent.from_json(after)]).is_unsettled is expected
