"""How secrets may be shown and tested, and what of them may be saved."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Entra, RunningSandbox


def saved(entra: Entra) -> Any:
    assert entra.ask("PUT", f"{entra.sync}/secrets", {"value": entra.credentials()}).status_code == 204
    return entra.ask("GET", f"{entra.sync}/secrets")


def test_shows_secrets(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"secrets_shown": "all_masked"})
    assert {row["value"] for row in saved(entra).json()["value"]} == {"*"}
    entra.control("POST", "/reality", {"secrets_shown": "null"})
    assert {row["value"] for row in saved(entra).json()["value"]} == {None}
    entra.control("POST", "/reality", {"secrets_shown": "without_settings"})
    assert {row["key"] for row in saved(entra).json()["value"]} == {"BaseAddress", "SecretToken"}
    entra.control("POST", "/reality", {"secrets_shown": "masked"})
    shown = {row["key"]: row["value"] for row in saved(entra).json()["value"]}
    assert shown == {**{row["key"]: row["value"] for row in entra.credentials()}, "SecretToken": "*"}


@pytest.mark.parametrize(("shown", "status"), [("missing", 404), ("refused", 403)])
def test_does_not_show_secrets(running: RunningSandbox, shown: str, status: int) -> None:
    assert saved(running.tenant(reality={"secrets_shown": shown})).status_code == status


def test_refuses_settings_that_are_empty(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"empty_settings": "cleared"})
    body = {"value": entra.credentials(SyncNotificationSettings="")}
    assert entra.ask("PUT", f"{entra.sync}/secrets", body).status_code == 204
    entra.control("POST", "/reality", {"empty_settings": "refused"})
    status, code, message = entra.refused("PUT", f"{entra.sync}/secrets", body)
    assert (status, code) == (400, "UnknownError")
    assert "InvalidNotificationSettings" in message


@pytest.mark.parametrize("wrong", [{"SyncAll": "banana"}, {"BaseAddress": "http://far.example/scim"}])
def test_looks_at_the_values_of_secrets(running: RunningSandbox, wrong: dict[str, str]) -> None:
    entra = running.tenant(reality={"secret_values": "any"})
    body = {"value": entra.credentials(**wrong)}
    assert entra.ask("PUT", f"{entra.sync}/secrets", body).status_code == 204
    entra.control("POST", "/reality", {"secret_values": "checked"})
    assert entra.refused("PUT", f"{entra.sync}/secrets", body)[0] == 400


def test_never_repeats_a_secret_in_an_error(entra: Entra) -> None:
    rows = [["SecretToken", entra.made["scim_token"]]]
    assert entra.made["scim_token"] not in entra.ask("PUT", f"{entra.sync}/secrets", {"value": rows}).text
    body = {"value": {"SecretToken": entra.made["scim_token"]}}
    assert entra.made["scim_token"] not in entra.ask("PUT", f"{entra.sync}/secrets", body).text


def tried(entra: Entra, job: str) -> Any:
    body = {"useSavedCredentials": True, "templateId": "scim"}
    return entra.ask("POST", f"{job}/validateCredentials", body)


@pytest.mark.parametrize(("asked", "status"), [("users", 204), ("groups_too", 400), ("mapped_groups", 400)])
def test_asks_for_groups_in_the_connection_test(running: RunningSandbox, asked: str, status: int) -> None:
    entra = running.tenant(reality={"connection_test": asked, "haiilo_groups": "missing"})
    job = entra.job()
    saved(entra)
    answer = tried(entra, job)
    assert answer.status_code == status
    if status == 400:
        error = answer.json()["error"]
        assert error["code"] == "CredentialValidationUnavailable"
        assert error["innerError"]["code"].endswith("ServiceIncompatible")
        assert error["message"].startswith("An HTTP/404 Not Found response was returned rather than the expected")
        assert "/Groups?" in error["message"]
    entra.control("POST", "/reality", {"haiilo_groups": "empty"})
    assert tried(entra, job).status_code == 204


def test_asks_for_groups_only_while_their_mapping_is_on(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"connection_test": "mapped_groups", "haiilo_groups": "missing"})
    job = entra.started()
    assert tried(entra, job).status_code == 204
    entra.control("POST", "/reality", {"connection_test": "groups_too"})
    assert tried(entra, job).status_code == 400


def test_answers_a_few_tests_of_what_is_saved_and_then_asks_to_wait(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"saved_tests": 2})
    job = entra.job()
    saved(entra)
    answers = [tried(entra, job) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    typed = {"useSavedCredentials": False, "templateId": "scim", "credentials": entra.credentials()}
    assert entra.ask("POST", f"{job}/validateCredentials", typed).status_code == 204
    entra.control("POST", "/reality", {"saved_tests": 0})
    assert tried(entra, job).status_code == 204


@pytest.mark.parametrize(("looked_at", "status"), [("any", 204), ("checked", 400)])
def test_may_look_at_the_template_of_a_connection_test(running: RunningSandbox, looked_at: str, status: int) -> None:
    entra = running.tenant(reality={"test_template": looked_at})
    job = entra.job()
    saved(entra)
    for template, expected in (("scim", 204), ("nothing", status)):
        body = {"useSavedCredentials": True, "templateId": template}
        assert entra.ask("POST", f"{job}/validateCredentials", body).status_code == expected
