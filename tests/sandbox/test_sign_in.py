from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests

from .conftest import BACK, SECRET, Browser, Entra, Page, RunningSandbox, challenge, verifier


def authorize(person: Browser, entra: Entra, authority: str = "", **more: str) -> Page:
    asked = {
        "client_id": entra.client_id,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid profile email",
        "state": "s-1",
        "nonce": "n-1",
        **more,
    }
    return person.open(f"/{authority or entra.tid}/oauth2/v2.0/authorize", **asked)


def redeem(entra: Entra, code: str, **more: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": entra.client_id}
    form |= {"client_secret": SECRET, **more}
    return entra.running.login("POST", f"/{entra.tid}/oauth2/v2.0/token", data=form)


def test_signs_a_person_in_and_tells_who_it_is(person: Browser, entra: Entra) -> None:
    secret = verifier()
    asked = {"code_challenge": challenge(secret), "code_challenge_method": "S256"}
    page = person.sign_in(authorize(person, entra, **asked), entra.made["admin"])
    assert (page.status, page.query["state"]) == (302, "s-1")
    answer = redeem(entra, page.query["code"], code_verifier=secret).json()
    claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
    assert claims["tid"] == entra.tid
    assert claims["oid"] == entra.made["admin"]["id"]
    assert claims["iss"] == f"https://login.microsoftonline.com/{entra.tid}/v2.0"
    assert (claims["aud"], claims["nonce"]) == (entra.client_id, "n-1")
    assert "wids" not in claims


@pytest.mark.parametrize("options", [{"wids": True}, {"switches": {"wids_in_id_tokens": True}}])
def test_tells_the_roles_of_a_person_where_the_registration_asks_for_them(
    running: RunningSandbox, browser_of: Callable[[], Browser], options: dict[str, Any]
) -> None:
    entra = running.tenant(**options)
    told = {}
    for name in ("admin", "app_admin", "plain_user"):
        browser = browser_of()
        page = browser.sign_in(authorize(browser, entra), entra.made[name])
        token = redeem(entra, page.query["code"]).json()["id_token"]
        told[name] = jwt.decode(token, options={"verify_signature": False})["wids"]
    member = "b79fbf4d-3ef9-4689-8143-76b194e85509"
    assert told == {
        "admin": ["62e90394-69f5-4237-9190-012177145e10", member],
        "app_admin": ["9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", member],
        "plain_user": [member],
    }
    entra.switch(wids_in_id_tokens=False)
    assert entra.control("GET", "/switches") == {}


def test_signs_in_at_organizations_by_the_account_s_domain(person: Browser, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra, "organizations"), entra.made["plain_user"])
    answer = redeem(entra, page.query["code"]).json()
    assert jwt.decode(answer["id_token"], options={"verify_signature": False})["tid"] == entra.tid


def test_tells_no_identity_without_the_profile_scope(person: Browser, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra, scope="openid"), entra.made["admin"])
    claims = jwt.decode(redeem(entra, page.query["code"]).json()["id_token"], options={"verify_signature": False})
    assert not {"oid", "name", "preferred_username", "email"} & set(claims)


def test_redeems_a_code_only_once(person: Browser, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra), entra.made["admin"])
    assert redeem(entra, page.query["code"]).status_code == 200
    assert redeem(entra, page.query["code"]).json()["error_codes"] == [54005]


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"code_verifier": "another one"}, 501481),
        ({"redirect_uri": "https://dashboard.example/other/"}, 50011),
        ({"code": "made up"}, 70000),
    ],
)
def test_redeems_no_code_without_its_proofs(person: Browser, entra: Entra, more: dict[str, str], number: int) -> None:
    asked = {"code_challenge": challenge(verifier()), "code_challenge_method": "S256"}
    page = person.sign_in(authorize(person, entra, **asked), entra.made["admin"])
    answer = redeem(entra, more.pop("code", page.query["code"]), **more)
    assert answer.json()["error_codes"] == [number]


def test_redeems_no_code_of_another_application(person: Browser, running: RunningSandbox, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra), entra.made["admin"])
    assert redeem(entra, page.query["code"], client_id=running.register()).json()["error_codes"] == [70000]


@pytest.mark.parametrize(
    ("login", "password", "number"),
    [("admin", "wrong", "50126"), ("nobody", "x", "50034"), ("disabled", "x", "50057")],
)
def test_stays_on_the_sign_in_page_and_says_why(
    person: Browser, entra: Entra, login: str, password: str, number: str
) -> None:
    names = {"admin": entra.made["admin"]["user_name"], "disabled": entra.made["disabled"]["user_name"]}
    name = names.get(login, f"nobody@{entra.made['domain']}")
    page = person.send(authorize(person, entra), login=name, passwd=password)
    assert (page.status, page.location) == (200, "")
    assert f"AADSTS{number}" in page.html
    assert page.hidden("ctx")


def test_does_not_take_an_account_of_another_tenant(person: Browser, running: RunningSandbox, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra), running.tenant().made["admin"])
    assert page.location == ""
    assert "AADSTS50020" in page.html


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"redirect_uri": "https://evil.example/"}, "50011"),
        ({"redirect_uri": ""}, "900971"),
        ({"client_id": "11111111-0000-4000-8000-000000000000"}, "700016"),
        ({"response_type": "token"}, "70003"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "501481"),
    ],
)
def test_sends_nobody_back_to_an_address_that_it_does_not_know(
    person: Browser, entra: Entra, more: dict[str, str], number: str
) -> None:
    page = authorize(person, entra, **more)
    assert (page.status, page.location) == (400, "")
    assert f"AADSTS{number}" in page.html


def test_remembers_the_browser_until_it_is_asked_to_let_choose(person: Browser, entra: Entra) -> None:
    person.sign_in(authorize(person, entra), entra.made["admin"])
    assert authorize(person, entra).query["code"]
    assert authorize(person, entra, prompt="select_account").hidden("ctx")


def test_answers_an_error_when_nobody_is_signed_in_and_nothing_may_be_shown(person: Browser, entra: Entra) -> None:
    page = authorize(person, entra, prompt="none")
    assert page.query["error"] == "login_required"


def test_posts_the_answer_when_asked_to(person: Browser, entra: Entra) -> None:
    page = person.sign_in(authorize(person, entra, response_mode="form_post"), entra.made["admin"])
    assert page.action() == BACK
    assert page.hidden("code")
    assert page.hidden("state") == "s-1"


def test_shows_what_was_typed_without_taking_it_for_html(person: Browser, entra: Entra) -> None:
    page = person.send(authorize(person, entra), login="<script>'\"@x.example", passwd="x")
    assert "<script>" not in page.html
