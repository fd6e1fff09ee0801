"""What earlier releases left of letters in trouble: named where it is certain, settled where it is over."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.utils import timezone

from onboarding.models import Letter, Onboarding
from tests import builders

pytestmark = pytest.mark.django_db
migration = importlib.import_module("onboarding.migrations.0020_letters_tried_again")


def left(made: Onboarding, state: str, error: str = "", kind: str = "reminder") -> Letter:
    return Letter.objects.create(
        onboarding=made,
        contact=made.contacts.get(),
        kind=kind,
        state=state,
        error=error,
        to_email=made.customer.contact_email,
        day=timezone.localdate(),
    )


@pytest.mark.parametrize(
    ("state", "error", "trouble"),
    [
        ("unknown", "TimeoutError: timed out", "mail_perhaps_sent"),
        ("failed", "550 b'no such mailbox'", "mail_refused"),
        ("failed", "the contact was removed", "mail_no_contact"),
        ("failed", "451 later", ""),
        ("failed", "the mail server could not be reached: ConnectionRefusedError", ""),
        ("sent", "", ""),
    ],
)
def test_names_the_trouble_where_it_is_certain(state, error, trouble):
    letter = left(builders.onboarding(), state, error)
    migration.carry_over(apps, None)
    letter.refresh_from_db()
    assert (letter.trouble, letter.settled_at) == (trouble, None)


def test_settles_what_a_later_letter_has_settled():
    made, other = builders.onboarding(), builders.onboarding()
    settled, later = left(made, "failed", kind="invitation"), left(made, "sent")
    open_yet = left(other, "unknown")
    migration.carry_over(apps, None)
    assert list(Letter.objects.exclude(settled_at=None)) == [settled]
    assert {later.pk, open_yet.pk} == set(Letter.objects.filter(settled_at=None).values_list("pk", flat=True))


def test_troubles_nobody_with_a_closed_customer():
    made = builders.onboarding()
    left(made, "failed")
    Onboarding.objects.filter(pk=made.pk).update(state="closed")
    migration.carry_over(apps, None)
    assert not Letter.objects.filter(settled_at=None).exists()
