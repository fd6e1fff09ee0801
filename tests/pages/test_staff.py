"""Signing in and out, and the language."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests import builders

from .desk import read

PASSWORD = "correct horse battery"


@pytest.fixture
def person(db: None) -> User:
    return builders.person("alice")


def sign_in(client, **data):
    return client.post(reverse("sign_in"), {"username": "alice", "password": PASSWORD, **data})


def test_signs_in_to_the_board(client, person):
    page = read(client.get(reverse("sign_in")))
    assert page.find(having="password")
    answer = sign_in(client)
    assert answer["Location"] == reverse("board")
    assert client.get(reverse("board")).status_code == 200


def test_says_what_to_do_after_a_wrong_password_and_keeps_the_name(client, person):
    answer = sign_in(client, password="wrong horse battery")
    page = read(answer)
    assert answer.status_code == 200
    assert "Wrong user name or password" in page.text
    assert page.form(having="username").fields["username"].value == "alice"
    assert page.form(having="password").fields["password"].value == ""


def test_asks_for_what_was_left_out(client, db):
    page = read(client.post(reverse("sign_in"), {}))
    assert "Enter your user name." in page.text
    assert "Enter your password." in page.text


def test_goes_on_where_the_person_wanted_to_go(client, person):
    assert sign_in(client, next=reverse("customer_new"))["Location"] == reverse("customer_new")


def test_goes_to_no_other_site(client, person):
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == reverse("board")


def test_signs_out_by_post_only(client, person):
    sign_in(client)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.get(reverse("board")).status_code == 200
    assert client.post(reverse("sign_out"))["Location"] == reverse("sign_in")
    assert client.get(reverse("board")).status_code == 302


def test_changes_the_language_and_comes_back(client, db):
    answer = client.post(reverse("language"), {"language": "de", "next": reverse("sign_in")})
    assert answer["Location"] == reverse("sign_in")
    assert 'lang="de"' in client.get(reverse("sign_in")).content.decode()
