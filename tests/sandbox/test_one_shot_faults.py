"""What can be ordered to go wrong with one call of the login service, or with one answer of Graph."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .conftest import Entra, RunningSandbox

TOKEN = {"method": "POST", "path_contains": "/oauth2/v2.0/token"}


def lines(entra: Entra) -> list[tuple[int, str, str]]:
    """What happened to the token endpoint, as the journal has it."""
    found = entra.running.control("GET", f"/journal?tenant={entra.tid}&kind=login")
    return [(line["status"], line["code"], line["chaos"]) for line in found if line["path"].endswith("/token")]


def test_loses_one_answer_of_the_login_service(entra: Entra) -> None:
    entra.chaos(lose_next=TOKEN)
    with pytest.raises(requests.ConnectionError):
        entra.ask_token()
    assert entra.ask_token().status_code == 200
    assert lines(entra) == [(200, "", "lose"), (200, "", "")]


def test_ends_one_answer_early_and_says_so(entra: Entra) -> None:
    entra.chaos(lose_next={**TOKEN, "how": "truncate"})
    answer = entra.ask_token()
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_breaks_one_answer_off(entra: Entra) -> None:
    entra.chaos(lose_next={**TOKEN, "how": "break"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        entra.ask_token()


def test_is_unavailable_once_without_effect(entra: Entra) -> None:
    entra.chaos(lose_next={**TOKEN, "how": "unavailable"})
    answer = entra.ask_token()
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert entra.ask_token().status_code == 200
    assert lines(entra) == [(503, "AADSTS90033", "unavailable"), (200, "", "")]


def test_leaves_other_tenants_alone(running: RunningSandbox, entra: Entra) -> None:
    entra.chaos(lose_next=TOKEN)
    assert running.tenant().ask_token().status_code == 200


def test_ends_one_answer_of_graph_early(entra: Entra) -> None:
    entra.chaos(lose_next={"method": "GET", "path_contains": "/organization", "how": "truncate"})
    with pytest.raises(requests.JSONDecodeError):
        entra.ask("GET", "/organization").json()
    assert entra.get("/organization")


@pytest.mark.parametrize(
    "chaos",
    [
        {"lose_next": {**TOKEN, "how": "nonsense"}},
        {"lose_next": {"path_contains": "/organization", "how": "unavailable"}},
        {"hold_next": {**TOKEN, "how": "truncate"}},
    ],
)
def test_refuses_a_fault_that_such_a_call_cannot_have(entra: Entra, chaos: dict[str, Any]) -> None:
    entra.control("POST", "/chaos", chaos, expect=400)
