"""How the login service may answer: clouds, consents, refused tokens."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import BACK, JWT_BEARER, SECRET, Browser, Entra, Page, Pair, RunningSandbox


def discovery(entra: Entra) -> Any:
    return entra.running.login("GET", f"/{entra.made['domain']}/v2.0/.well-known/openid-configuration").json()


@pytest.mark.parametrize(
    ("cloud", "instance", "region"),
    [("usgov", "microsoftonline.us", "USGov"), ("china", "partner.microsoftonline.cn", "CN")],
)
def test_shows_another_cloud_at_the_global_host(
    running: RunningSandbox, cloud: str, instance: str, region: str
) -> None:
    entra = running.tenant("nothing", reality={"cloud": cloud})
    found = discovery(entra)
    assert found["issuer"] == f"https://login.{instance}/{entra.tid}/v2.0"
    assert found["token_endpoint"].startswith(f"https://login.{instance}/")
    assert (found["cloud_instance_name"], found["tenant_region_scope"]) == (instance, region)


def test_takes_the_cloud_from_the_name_of_the_domain(running: RunningSandbox) -> None:
    entra = running.tenant("nothing", domain="usgovagency.example", haiilo_host="usgovagency.smarpshare.com")
    assert entra.control("GET", "/reality")["cloud"] == "usgov"
    assert running.tenant("nothing").control("GET", "/reality")["cloud"] == "global"


def test_refuses_tokens_of_another_cloud_at_the_global_host(running: RunningSandbox, pair: Pair) -> None:
    entra = running.tenant("nothing", reality={"cloud": "usgov"})
    assert entra.ask_token().json()["error_codes"] == [900382]
    audience = f"https://login.microsoftonline.com/{entra.tid}/oauth2/v2.0/token"
    proof = pair.assertion(entra.client_id, audience)
    form = {"client_secret": None, "client_assertion": proof, "client_assertion_type": JWT_BEARER}
    assert entra.ask_token(**form).json()["error_codes"] == [700023]
    entra.control("POST", "/reality", {"cloud": "china"})
    assert entra.ask_token().json()["error_codes"] == [90038]


@pytest.mark.parametrize(
    ("number", "word"), [(7000112, "unauthorized_client"), (53003, "access_denied"), (50076, "interaction_required")]
)
def test_refuses_an_applications_token(running: RunningSandbox, number: int, word: str) -> None:
    entra = running.tenant(reality={"token_refused": number})
    answer = entra.ask_token().json()
    assert (answer["error_codes"], answer["error"]) == ([number], word)
    assert SECRET not in answer["error_description"]
    entra.control("POST", "/reality", {"token_refused": 0})
    assert entra.ask_token().status_code == 200


def test_grants_delegated_permissions_alone(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"consent_grants": "delegated"})
    assert entra.refused("GET", "/organization")[:2] == (403, "Authorization_RequestDenied")
    entra.control("POST", "/reality", {"consent_grants": "application"})
    entra.consent()
    entra.kept = ""
    assert entra.get("/organization")


def granted(entra: Entra) -> bool:
    return entra.client_id in entra.control("GET", "")["consents"]


def test_takes_a_request_that_is_approved_in_the_portal(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant("nothing", reality={"approval": "in_the_portal"})
    page = person.consent_page(entra, entra.made["admin"])
    assert "AADSTS90095" in page.html
    sent = person.send(page, decision="request")
    assert "Your request was sent" in sent.html
    assert (sent.location, granted(entra)) == ("", False)
    entra.consent()
    assert granted(entra)
    entra.control("POST", "/reality", {"approval": "on_the_page"})
    assert "AADSTS" not in person.consent_page(entra, entra.made["admin"]).html


def accepted(person: Browser, entra: Entra) -> Page:
    return person.send(person.consent_page(entra, entra.made["admin"]), decision="accept")


def test_hangs_its_title_on_the_state(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant("nothing", reality={"callback": "with_title"})
    page = accepted(person, entra)
    assert page.query["state"] == "s-1Sign in to your account"
    assert granted(entra)
    entra.control("POST", "/reality", {"callback": "whole"})
    assert accepted(person, entra).query["state"] == "s-1"


def test_loses_the_callback(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant("nothing", reality={"callback": "lost"})
    page = accepted(person, entra)
    assert (page.status, page.location) == (200, "")
    assert granted(entra)


def test_ends_a_consent_with_a_number(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant("nothing", reality={"refused_consent": 53003})
    page = accepted(person, entra)
    assert page.location.startswith(BACK)
    assert page.query["error"] == "access_denied"
    assert page.query["error_description"].startswith("AADSTS53003: ")
    assert not granted(entra)


def test_lets_guests_be_admins(running: RunningSandbox, person: Browser) -> None:
    entra = running.tenant("nothing", reality={"admins": "guests"})
    admin = entra.made["admin"]
    assert admin["user_name"] == "admin@partner.example"
    shown = next(each for each in entra.control("GET", "/directory")["users"] if each["id"] == admin["id"])
    assert shown["userType"] == "Guest"
    assert "#EXT#@" in shown["userPrincipalName"]
    assert accepted(person, entra).query["admin_consent"] == "True"
    assert running.tenant("nothing", reality={"admins": "members"}).made["admin"]["user_name"].startswith("admin@far")
