"""The page for the customer's security reviewer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from config import settings as settings_of_the_product
from graphclient.resources import groups, users
from onboarding import steps
from onboarding.domain.products import PROFILES
from onboarding.models import Link
from onboarding.people.recipe import recipe_of
from onboarding.steps import STEPS
from onboarding.support.people import MOST_IDS
from onboarding.tasks import erase_old

from .visitor import Invitation, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(invitation: Invitation) -> str:
    return reverse("security_pack_by_link", args=[invitation.token])


def test_is_linked_from_the_link_page_and_needs_no_sign_in(client, invitation, path):
    assert f'href="{path}"' in text_of(client.get(invitation.path))
    page = client.get(path)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert invitation.fresh().condition() == "open"


def test_says_what_a_reviewer_asks(client, invitation, path):
    text = text_of(client.get(path))
    customer = invitation.onboarding.customer
    for permission in customer.size.permissions:
        assert permission.name in text
    for words in ("<svg", "<desc", customer.haiilo_host, "alice@haiilo.example", "Enterprise apps"):
        assert words in text
    assert text.count("as in your contract with Haiilo") == 3


def test_tells_what_the_settings_say(client, path, settings):
    settings.SECURITY_CONTACT, settings.DATA_REGION = "security@haiilo.example", "Frankfurt"
    settings.RETENTION_DAYS, settings.SUBPROCESSORS = 90, ["Hoster A", "Mailer B"]
    settings.PUBLISHER, settings.PUBLIC_URL = "Haiilo Group", "https://onboarding.haiilo.example"
    settings.ENTRA_CLIENT_ID, settings.DEFAULT_FROM_EMAIL = "our-application", "hello@haiilo.example"
    text = text_of(client.get(path))
    for words in ("security@haiilo.example", "Frankfurt", "until 90 days after the onboarding", "Hoster A, Mailer B"):
        assert words in text
    for words in (
        "Haiilo Group: ",
        "begin with https://onboarding.haiilo.example/;",
        "our-application",
        "hello@haiilo",
    ):
        assert words in text
    assert "as in your contract" not in text


def test_promises_no_erasing_that_does_not_happen(client, path, settings):
    settings.RETENTION_DAYS = 0
    text = text_of(client.get(path))
    assert text.count("as in your contract with Haiilo") == 4
    assert "days after" not in text
    assert "twice a day" not in text


def test_promises_no_writing_where_the_link_is_for_reading(client, path, settings):
    settings.ENTRA_MONITOR_CLIENT_ID = "our-monitor"
    Link.objects.update(consent_size="monitor")
    text = text_of(client.get(path))
    assert "this application can only read" in text
    assert "our-monitor" in text
    for words in ("start provisioning", "ReadWrite", "no second approval"):
        assert words not in text


# What it says is what the code does

STEPS_FOLDER = Path(steps.__file__).parent
SYNCHRONIZATION = {"sync", "synchronization"}
TOLD = {
    "create_job": "create a provisioning job",
    "delete_job": "delete an old one",
    "put_secrets": "address, its token and the setting “Prevent accidental deletions”",
    "validate_credentials": "have Microsoft test address and token",
    "put_schema": "save the attribute mapping",
    "parse_expression": "save the attribute mapping",
    "provision_on_demand": "have Microsoft provision one named test user",
    "start": "start provisioning",
    "restart": "have Microsoft provision people again who failed",
}
READS = {"templates", "template_schema", "jobs", "job", "secrets", "schema", "functions", "filter_operators"}


def called_on_synchronization():
    """Each method of Graph's synchronization that a step calls."""
    for path in STEPS_FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if owner in SYNCHRONIZATION:
                    yield node.attr


def test_lists_every_way_of_writing_that_the_steps_have(client, path):
    text = text_of(client.get(path))
    assert set(called_on_synchronization()) - READS == set(TOLD)
    let_through = "let removals through that Microsoft holds back, only after you have said"
    for words in (*TOLD.values(), let_through, "switch it back to assigned users and groups, and restart"):
        assert words in text


def test_writes_to_graph_in_no_other_way_than_by_synchronization():
    called = "\n".join(path.read_text() for path in STEPS_FOLDER.rglob("*.py"))
    for method in ("add_owner", "instantiate", "patch", "post", "send"):
        assert f".{method}(" not in called, method


def test_names_exactly_what_waits_for_a_yes(client, path):
    text = text_of(client.get(path))
    assert [step.key for step in STEPS if step.asks_first] == ["mappings", "enable"]
    assert "The mapping, the start, adopting or replacing an existing job" in text


PERSON = {
    "displayName": "name",
    "userPrincipalName": "user name",
    "accountEnabled": "whether the account is enabled",
    "userType": "whether it is a guest",
    "mail": "e-mail address",
    "givenName": "given name",
    "surname": "surname",
    "country": "country",
    "city": "city",
    "state": "state",
}


def test_names_each_attribute_of_people_that_is_read(client, path):
    text = text_of(client.get(path))
    mapped = {name for profile in PROFILES.values() for name in recipe_of(profile).properties}
    assert {*users.SELECT.split(","), *groups.MEMBER_SELECT.split(","), *mapped} - {"id"} == set(PERSON)
    for words in PERSON.values():
        assert words in text


def test_says_of_how_many_people_a_support_bundle_has_an_id(client, path):
    text = text_of(client.get(path))
    assert f"the object ID in Entra, of at most {MOST_IDS} people" in text


def test_erases_as_often_as_it_says():
    beat = settings_of_the_product.CELERY_BEAT_SCHEDULE["erasure"]
    assert beat["task"] == erase_old.name
    assert len(beat["schedule"].hour) == 2


def test_is_there_for_staff_of_the_portfolio_only(alice, charlie, invitation):
    address = reverse("security_pack", args=[invitation.onboarding.pk])
    assert "For your security review" in text_of(alice.get(address))
    assert charlie.get(address).status_code == 404


def test_ends_with_the_link(client, path):
    Link.objects.update(revoked_at=timezone.now())
    assert client.get(path).status_code == 410
    assert client.get(reverse("security_pack_by_link", args=["x" * 43])).status_code == 404
