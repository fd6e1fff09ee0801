"""The link page: what it says, and that looking at it changes nothing."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as house
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.redaction import Redacting
from onboarding.customers import links
from onboarding.domain import consent_sizes
from onboarding.models import ConsentAttempt, Link, Onboarding, StepState
from tests import builders

from .visitor import invited

pytestmark = pytest.mark.django_db


def test_says_who_asks_whom_for_what(client):
    invitation = invited(name="Contoso & Söhne")
    page = client.get(invitation.path).content.decode()
    assert "Contoso &amp; Söhne" in page
    assert "alice@haiilo.example" in page
    for name in consent_sizes.STANDARD.names:
        assert name in page
    assert page.count("Global Administrator") >= 2
    assert "Sign in to Microsoft and review" in page
    assert f'action="{invitation.begin_path}"' in page


@pytest.mark.parametrize("size", consent_sizes.SIZES, ids=lambda size: size.key)
def test_explains_each_permission_of_the_customers_size_and_no_other(client, settings, size):
    setattr(settings, size.setting, f"client-of-{size.key}")
    page = client.get(invited(consent_size=size.key).path).content.decode()
    shown = re.findall(r'<dt class="strong"><code>([\w.]+)</code></dt>', page)
    assert tuple(shown) == size.names
    assert f"client-of-{size.key}" in page


def test_gives_a_message_to_forward_with_the_link_in_it(client):
    invitation = invited()
    page = client.get(invitation.path).content.decode()
    text = page.split('<textarea id="forwarding"')[1].split("</textarea>")[0]
    assert f"http://localhost:8000{invitation.path}" in text
    assert "Privileged Role Administrator" in text
    assert "mailto:?subject=" in page


def test_has_no_button_while_the_tenant_is_unknown(client):
    made = builders.onboarding()
    _link, token = links.issue_link(made, actor=builders.owner_of(made))
    page = client.get(reverse("link", args=[token]))
    assert page.status_code == 200
    assert "/begin/" not in page.content.decode()


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_speaks_the_browsers_language(client, language):
    page = client.get(invited().path, headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in page.content.decode()


def test_keeps_the_language_that_was_chosen(client):
    path = invited().path
    assert client.post(reverse("language"), {"language": "fi", "next": path})["Location"] == path
    assert '<html lang="fi"' in client.get(path, headers={"Accept-Language": "de"}).content.decode()


def test_leads_to_no_other_host_after_the_language_was_chosen(client):
    answer = client.post(reverse("language"), {"language": "fi", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_is_kept_by_no_cache_and_tells_no_other_site_its_address(client):
    page = client.get(invited().path)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "Set-Cookie" not in page.headers


def test_notes_that_it_was_opened_when_the_button_is_pressed(visitor, invitation):
    """A GET may be a mail scanner's or a link preview's."""
    Onboarding.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    visitor.client.get(invitation.path)
    assert invitation.fresh().seen_at is None
    assert not ConsentAttempt.objects.exists()
    visitor.begin(invitation)
    first = invitation.fresh().seen_at
    assert first is not None
    assert Onboarding.objects.get().next_run_at < timezone.now() + timedelta(minutes=1)
    visitor.begin(invitation)
    link = invitation.fresh()
    assert (link.seen_at, link.used_at, link.condition()) == (first, None, "open")


def test_does_not_take_a_head_request_for_a_reader(client):
    invitation = invited()
    assert client.head(invitation.path).status_code == 200
    assert invitation.fresh().seen_at is None


@pytest.mark.parametrize("token", ["x" * 43, "x", "%00", "é"])
def test_does_not_know_a_link_that_was_never_made(client, token):
    page = client.get(f"/l/{token}/")
    assert page.status_code == 404
    assert "We do not know this link" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "This link has expired"),
        ({"revoked_at": timezone.now()}, "This link was withdrawn"),
        ({"used_at": timezone.now()}, "This link was already used"),
    ],
    ids=["expired", "revoked", "used"],
)
def test_says_why_a_link_no_longer_works_and_whom_to_ask(client, fields, words):
    invitation = invited()
    Link.objects.filter(pk=invitation.link.pk).update(**fields)
    for answer in (client.get(invitation.path), client.post(invitation.begin_path)):
        page = answer.content.decode()
        assert answer.status_code == 410
        assert "alice@haiilo.example" in page
        assert "/begin/" not in page.partition("<main")[2]
    assert words in client.get(invitation.path).content.decode()
    assert not ConsentAttempt.objects.exists()


def test_leads_somebody_who_types_the_buttons_address_to_the_page(client):
    invitation = invited()
    assert client.get(invitation.begin_path)["Location"] == invitation.path


def test_begins_nothing_without_the_pages_own_token():
    invitation = invited()
    client = Client(enforce_csrf_checks=True)
    client.get(invitation.path)
    answer = client.post(invitation.begin_path)
    assert answer.status_code == 403
    assert "Please try that again" in answer.content.decode()
    assert not ConsentAttempt.objects.exists()


def test_keeps_no_token_in_the_database():
    invitation = invited()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own tables
            assert invitation.token not in repr(cursor.fetchall()), table


@pytest.mark.django_db(transaction=True)
def test_outlives_twenty_scanners_at_once():
    invitation = invited()

    def scan(number: int) -> int:
        try:
            client = Client(enforce_csrf_checks=True)
            ways = (client.head, client.get, client.post)
            path = invitation.begin_path if number % 3 == 2 else invitation.path
            return ways[number % 3](path).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(scan, range(60)))
    assert answers == [200, 200, 403] * 20
    assert invitation.fresh().condition() == "open"
    assert not ConsentAttempt.objects.exists()


def test_writes_no_token_into_the_log(client, caplog):
    """A used link, a missing CSRF token and a callback are what Django complains about with the path."""
    invitation = invited()
    strict = Client(enforce_csrf_checks=True)
    strict.post(invitation.begin_path)
    Link.objects.filter(pk=invitation.link.pk).update(used_at=timezone.now())
    client.get(invitation.path)
    client.get(f"{reverse('consent_granted')}?state=c4n4ry-state&code=c4n4ry-code")
    logging.getLogger("django.request").error("failed: %s", f"{invitation.path}?state=c4n4ry-state&code=c4n4ry-code")
    assert any(invitation.token in record.getMessage() for record in caplog.records), "nothing was at risk"
    lines = [Redacting(house.LOGGING["formatters"]["line"]["fmt"]).format(record) for record in caplog.records]
    assert invitation.token not in "\n".join(lines)
    assert "c4n4ry" not in "\n".join(lines)


def test_lets_no_logger_write_past_the_redaction():
    for name in ("", "django", "django.request", "django.server", "django.security.csrf"):
        for handler in logging.getLogger(name).handlers:
            if type(handler) is logging.StreamHandler:
                assert isinstance(handler.formatter, Redacting), name


def test_takes_a_token_out_of_a_traceback():
    try:
        raise ValueError("/l/abcdefghijklmnop/begin/")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), (type(error), error, None))
    assert Redacting("%(message)s").format(record).endswith("/l/…/begin/")


def test_shows_a_states_sentence_to_nobody_who_has_only_the_link(client):
    """What customer success reads about the customer is not for whoever holds the link."""
    invitation = invited()
    StepState.objects.filter(onboarding=invitation.onboarding).update(message={"text": "only for our eyes"})
    assert "only for our eyes" not in client.get(invitation.path).content.decode()


def test_lets_the_sign_in_go_on_to_the_customers_own_federated_host(client):
    policy = client.get(invited().path)["Content-Security-Policy"]
    (form_action,) = [rule for rule in policy.split("; ") if rule.startswith("form-action")]
    assert form_action.split()[-1] == "https:"
    assert "https:" not in policy.replace(form_action, "")


def test_says_how_to_make_us_an_owner_only_where_that_is_needed(client, settings):
    settings.ENTRA_SCOPED_CLIENT_ID = "scoped-client"
    page = client.get(invited(consent_size="scoped").path).content.decode()
    assert "New-MgServicePrincipalOwnerByRef" in page
    assert "/owners/$ref" in page
    assert "appId eq &#x27;scoped-client&#x27;" in page or "appId eq 'scoped-client'" in page
    assert "OwnerByRef" not in client.get(invited().path).content.decode()
