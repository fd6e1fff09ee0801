"""Pages for what should not happen: each says what to do, and none needs more than itself."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

PAGES = {
    400: (lambda request: bad_request(request, SuspiciousOperation()), "Go back to the page"),
    403: (lambda request: permission_denied(request, PermissionDenied()), "manages your team"),
    404: (lambda request: page_not_found(request, Exception()), "Check the address"),
    500: (server_error, "Go back and try again"),
}


@pytest.fixture
def request_() -> HttpRequest:
    return RequestFactory().get("/somewhere/")


@pytest.mark.parametrize("status", PAGES)
def test_says_what_to_do(request_, status):
    make, words = PAGES[status]
    answer = make(request_)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_asks_nothing_of_what_may_be_broken(template):
    """No request, no context, no database: these pages come when something of that is gone."""
    text = render_to_string(template)
    assert "portal.css" in text
    assert "<form" not in text


@pytest.mark.django_db
def test_answers_an_unknown_address_with_a_page(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.content.decode()
    assert "To the customers" not in answer.content.decode()


@pytest.mark.django_db
def test_explains_a_form_from_elsewhere():
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "de"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
