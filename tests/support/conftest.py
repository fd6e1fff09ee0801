"""A customer of whom everything is known, with names and secrets wherever a text can hold one."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from onboarding.customers import links
from onboarding.domain.sentences import say
from onboarding.models import (
    Approval,
    Backup,
    CustomerSecret,
    Heartbeat,
    Inquiry,
    KeptToken,
    Letter,
    LetterCheck,
    Onboarding,
    Proposal,
    Questionnaire,
    ReadOnlyMode,
    RemovalsAnswer,
    Rollup,
    SecretRequest,
    StaffContact,
    StepState,
    Stop,
    TenantBinding,
)
from onboarding.steps import BESIDE, STEPS
from tests import builders
from tests.pages.desk import people

TENANT, APPLICATION, CLIENT = (f"0f0e0d0c-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
REQUEST, ACTIVITY = "ab12cd34-0000-4000-8000-0000000000aa", "ab12cd34-0000-4000-8000-0000000000bb"
PERSON = "e0e0e0e0-1111-4111-8111-{:012}"
JOB = f"scim.{TENANT.replace('-', '')}.{APPLICATION}"
NAME, MAIL, SECRET = "Zebulon Quixley", "zebulon.quixley@contoso.example", "s3cr3t-t0k3n-of-haiilo"
ANYTHING = f"{NAME} <{MAIL}> {SECRET}"
FORBIDDEN = ("zebulon", "quixley", "s3cr3t", "staffordia", "mindstone", "eva berg", "eva@", "@haiilo.", "5550123")
OURS = frozenset({"step", "key", "kind", "product", "consent_size", "current_key", "current_kind", "current_court"})
"""Columns of texts that only our own code writes, a word of its own each."""
DECIDES = frozenset({"haiilo_host"})
"""Names no person, and the database wants it unique."""
OF_PEOPLE = frozenset({"source_id", "event_id", "user_name"})


@pytest.fixture
def known(db: None) -> Onboarding:
    """Set up, live, with a failed request and people who failed; a row of each kind that there is."""
    alice = builders.person()
    alice.first_name, alice.last_name = "Staffordia", "Mindstone"
    alice.save()
    StaffContact.objects.create(user=alice, phone="+49 170 5550123")
    made = builders.onboarding(alice, name="Contoso")
    link, _token = links.issue_link(made, actor=alice)
    builders.granted(made, TENANT, link=link)
    builders.done(
        made,
        customer={"tenant_id": TENANT, "domain": "contoso.example"},
        sso_application={"service_principal_id": APPLICATION, "app_id": CLIENT, "template_id": "scim", "name": NAME},
        connection={"job_id": JOB, "template_id": "scim", "base_url": "https://contoso.smarpshare.com/scim"},
        live={"code": "Active", "in_haiilo": 4},
    )
    TenantBinding.objects.create(
        onboarding=made,
        tenant_id=TENANT,
        application_id=APPLICATION,
        verified_domain="contoso.example",
        admin_object_id=PERSON.format(99),
        admin_name=NAME,
        display_name=NAME,
    )
    reported = {
        "job": {
            "job_id": JOB,
            "status": "Quarantine",
            "last_execution": {"state": "Failed", "activity_id": ACTIVITY, "began": "2026-12-01T10:00:00+01:00"},
            "quarantine": {"reason": "EncounteredQuarantineException", "error_code": "Unknown"},
        },
        "failed_request": {
            "method": "GET",
            "path": "/servicePrincipals/{id}/synchronization/jobs/{id}",
            "status": 503,
            "code": "ServiceUnavailable",
            "request_id": REQUEST,
        },
    }
    StepState.objects.filter(onboarding=made, key="live").update(offers={"reported": reported})
    people(made, 5)
    failed = [{"name": NAME, "user_name": MAIL, "reason": ANYTHING, "result": "failed", "code": code} for code in CODES]
    for each in failed:
        people(made, 4, **each)
    for number, row in enumerate(made.people.order_by("pk")):
        made.people.filter(pk=row.pk).update(source_id=PERSON.format(number), event_id=f"{REQUEST[:-2]}{number:02}")
    return made


CODES = ("EntryConflict", "MandatoryFieldsMissing")


def sentence() -> dict[str, Any]:
    """A sentence of ours with names in each gap that any sentence of ours has."""
    gaps = (
        *("name", "contact", "code", "host", "domain", "domains", "tenant", "permission", "permissions", "names", "at"),
        *("day", "attribute", "target", "job", "reason", "value", "before", "after", "detail", "address", "why"),
        *("our_id", "service_principal_id", "application_id", "person", "group", "admin", "customer", "kind"),
    )
    text = " ".join(f"%({gap})s" for gap in gaps)
    inner = say("Inner %(name)s", name=ANYTHING)
    return say(f"Found. {text} %(inner)s", **dict.fromkeys(gaps, ANYTHING), inner=inner).as_json()


def document(*, deep: int = 2) -> dict[str, Any]:
    """With names and secrets as values, in lists and as keys, also under names whose texts go in."""
    texts = (
        *("tenant_id", "job_id", "code", "error_code", "request_id", "base_url", "template_id", "at", "since", "state"),
        *("path", "method", "host", "domain", "name", "id", "person_id", "admin_name", "detail", "reason", "value"),
        *(
            "status",
            "change",
            "digest",
            "licence",
            "app_id",
            "activity_id",
            "began",
            "seen_at",
            "asked",
            "key",
            "began",
        ),
    )
    lists = ("people", "mapped", "missing", "domains", "replaced_job_ids", "verified_domains", "removed")
    inside: dict[str, Any] = {**dict.fromkeys(texts, ANYTHING), **{name: [ANYTHING, MAIL] for name in lists}}
    return {**inside, NAME: MAIL, MAIL: [ANYTHING], **({"inner": document(deep=deep - 1)} if deep else {})}


def steps() -> list[str]:
    """The keys of all steps."""
    return [step.key for step in (*STEPS, *BESIDE)]


def poison_columns(made: Onboarding) -> int:
    """Write names and secrets into each column of texts and documents of each row of this onboarding, and of what
    concerns all. How many columns.
    """
    count = 0
    for model in apps.get_app_config("onboarding").get_models():
        columns = {field.attname: _poison(field) for field in model._meta.concrete_fields if _takes_any_text(field)}
        if columns:
            model._default_manager.update(**columns)
            count += len(columns)
    return count


def _takes_any_text(field: models.Field[Any, Any]) -> bool:
    texts = isinstance(field, models.CharField | models.TextField | models.JSONField)
    if str(field) == "onboarding.Customer.name":  # it stands in the name of the file
        return False
    is_ours = bool(field.choices) or field.name in OURS | DECIDES | OF_PEOPLE
    return texts and not is_ours and not field.unique


def _poison(field: models.Field[Any, Any]) -> Any:
    return document() if isinstance(field, models.JSONField) else ANYTHING[: field.max_length or 200]


def every_row(made: Onboarding) -> None:
    """One row more of each kind that the bundle could read, or that has to do with it."""
    now, alice, contact = timezone.now(), builders.person(), made.contacts.get()
    Approval.objects.create(onboarding=made, step="live", changes=[document()], approved_by=alice, approved_at=now)
    Backup.objects.create(onboarding=made, step="mappings", document=document())
    secret = CustomerSecret(onboarding=made, kind="scim_token", saved_at=now, saved_by=alice)
    secret.close_over(SECRET, host=made.customer.haiilo_host)
    secret.save()
    Inquiry.objects.create(onboarding=made, asked=MAIL, found=[document()])
    KeptToken.objects.create(onboarding=made, contact=contact, agreed_on=now.date(), noted_at=now)
    Letter.objects.create(onboarding=made, to_name=NAME, to_email=MAIL, kind="reminder", day=now, text=NAME)
    LetterCheck.objects.create(onboarding=made, checked_at=now, code=NAME, failing_since=now)
    Proposal.objects.create(onboarding=made, kind="tenant", after=document(), reason=NAME, proposed_by=alice)
    Questionnaire.objects.create(onboarding=made, admin_name=NAME, filled_at=now)
    ReadOnlyMode.objects.create(onboarding=made, asked_by=alice, asked_at=now)
    RemovalsAnswer.objects.create(onboarding=made, intended=True, whom="a", people=1, said_at=now)
    SecretRequest.objects.create(onboarding=made, kind="scim_token", host="contoso.example", asked_by=alice)
    Heartbeat.objects.create(name="worker:zebulon:1:1", kind="worker", at=now)
    Stop.objects.create(at=now, by="Staffordia Mindstone", reason=ANYTHING)
    for model in apps.get_app_config("onboarding").get_models():
        assert model._default_manager.exists() or model in UNREAD, model


UNREAD = (Rollup,)
"""Kinds of rows without any text."""
