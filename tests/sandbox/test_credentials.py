from typing import Any

import pytest
import requests

from .conftest import Entra, RunningSandbox

VALIDATE = "/jobs/validateCredentials"


def validate(entra: Entra, **body: Any) -> requests.Response:
    return entra.ask("POST", entra.sync + VALIDATE, {"templateId": "scim", **body})


def test_accepts_the_right_address_and_token(entra: Entra) -> None:
    answer = validate(entra, credentials=entra.credentials()[:2])
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("wrong", "inner"),
    [
        ({"SecretToken": "wrong"}, "CredentialValidationFailure"),
        ({"BaseAddress": "https://nobody.smarpshare.com/api/scim/v2"}, "CredentialValidationUnavailable"),
        ({"BaseAddress": "not an address"}, "InvalidCredentials"),
        ({"BaseAddress": "http://plain.smarpshare.com/api/scim/v2"}, "InvalidCredentials"),
    ],
)
def test_says_what_is_wrong_with_address_and_token(entra: Entra, wrong: dict[str, str], inner: str) -> None:
    answer = validate(entra, credentials=entra.credentials(**wrong)[:2])
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "CredentialValidationUnavailable")
    assert error["innerError"]["code"] == f"SystemForCrossDomainIdentityManagement{inner}"


@pytest.mark.parametrize("body", [{"templateId": None, "credentials": []}, {"credentials": None}])
def test_names_what_is_missing(entra: Entra, body: Any) -> None:
    error = validate(entra, **body).json()["error"]
    assert error["code"] == "RequestMissingRequiredParameter"


@pytest.mark.parametrize("key", ["baseAddress", "Nonsense"])
def test_breaks_on_a_key_that_is_not_in_the_enumeration(entra: Entra, key: str) -> None:
    answer = validate(entra, credentials=[{"key": key, "value": "x"}])
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalError")
    assert f"Requested value '{key}' was not found" in answer.json()["error"]["message"]


def saved(entra: Entra) -> dict[str, str]:
    return {row["key"]: row["value"] for row in entra.get(f"{entra.sync}/secrets")["value"]}


def put(entra: Entra, rows: list[dict[str, Any]]) -> None:
    answer = entra.ask("PUT", f"{entra.sync}/secrets", {"value": rows})
    assert answer.status_code == 204


def test_saves_the_whole_set_and_masks_the_token(entra: Entra) -> None:
    put(entra, entra.credentials())
    assert saved(entra)["BaseAddress"] == entra.made["base_url"]
    assert entra.made["scim_token"] not in str(saved(entra))
    put(entra, entra.credentials()[:1] + entra.credentials()[2:])
    assert "SecretToken" not in saved(entra)


def test_saves_nothing_of_two_keys_alone_and_says_204(entra: Entra) -> None:
    put(entra, entra.credentials()[:2])
    assert saved(entra) == {}
    assert validate(entra, useSavedCredentials=True).status_code == 400
    entra.switch(two_secrets_are_enough=True)
    put(entra, entra.credentials()[:2])
    assert validate(entra, useSavedCredentials=True).status_code == 204


def test_clears_with_empty_values(entra: Entra) -> None:
    put(entra, entra.credentials())
    put(entra, [{"key": row["key"], "value": ""} for row in entra.credentials() if "Notification" not in row["key"]])
    assert saved(entra) == {}


def test_keeps_secrets_of_a_deleted_job(entra: Entra) -> None:
    job = entra.started()
    entra.ask("DELETE", job)
    assert "BaseAddress" in saved(entra)


def test_takes_only_the_property_that_microsoft_s_example_has(entra: Entra) -> None:
    assert entra.refused("PUT", f"{entra.sync}/secrets", {"credentials": entra.credentials()})[0] == 400


def test_f10_shows_saved_secrets_late(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    entra.switch(F10=True)
    put(entra, entra.credentials())
    assert saved(entra) == {}
    job = entra.job()
    assert entra.ask("POST", f"{job}/start").status_code == 204
    entra.control("POST", "/run")
    assert entra.get(job)["status"]["code"] == "Quarantine"
    slow.control("POST", "/clock", {"minutes": 4})
    assert "BaseAddress" in saved(entra)
    assert entra.ask("POST", f"{job}/start").status_code == 204
    entra.control("POST", "/run")
    assert entra.get(job)["status"]["code"] == "Active"
