from typing import Any

import pytest
import requests

from .conftest import Entra


def batch(entra: Entra, *calls: Any) -> requests.Response:
    return entra.ask("POST", "/$batch", {"requests": list(calls)})


def get(key: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "method": "GET", "url": url, **more}


def test_answers_each_request_by_itself(entra: Entra) -> None:
    answer = batch(entra, get("a", "/organization"), get("b", "/users/nobody"), get("c", "/users/$count"))
    assert answer.status_code == 200
    found = {row["id"]: row for row in answer.json()["responses"]}
    assert {key: row["status"] for key, row in found.items()} == {"a": 200, "b": 404, "c": 400}
    assert found["a"]["body"]["value"][0]["id"] == entra.tid


def test_passes_headers_on(entra: Entra) -> None:
    answer = batch(entra, get("a", "/users/$count", headers={"ConsistencyLevel": "eventual"}))
    assert answer.json()["responses"][0]["status"] == 200


def test_does_not_do_what_depends_on_a_failure(entra: Entra) -> None:
    answer = batch(entra, get("a", "/users/nobody"), get("b", "/organization", dependsOn=["a"]))
    assert {row["id"]: row["status"] for row in answer.json()["responses"]} == {"a": 404, "b": 424}


def test_does_things_in_the_order_of_their_dependence(entra: Entra) -> None:
    job = {
        "id": "1",
        "method": "POST",
        "url": f"{entra.sync}/jobs",
        "body": {"templateId": "scim"},
        "headers": {"Content-Type": "application/json"},
    }
    answer = batch(entra, job, get("2", f"{entra.sync}/jobs", dependsOn=["1"])).json()
    found = {row["id"]: row for row in answer["responses"]}
    assert found["1"]["status"] == 201
    assert [each["id"] for each in found["2"]["body"]["value"]] == [found["1"]["body"]["id"]]


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [get(str(number), "/organization") for number in range(21)],
        [get("a", "/organization"), get("a", "/organization")],
        [{"id": "a", "method": "POST", "url": "/x", "body": {}}],
    ],
)
def test_refuses_what_is_no_batch(entra: Entra, calls: Any) -> None:
    assert batch(entra, *calls).status_code == 400


def test_fails_the_item_whose_address_is_absolute(entra: Entra) -> None:
    answer = batch(entra, get("a", "https://graph.microsoft.com/v1.0/organization"), get("b", "/organization"))
    assert {row["id"]: row["status"] for row in answer.json()["responses"]} == {"a": 400, "b": 200}


def test_counts_as_the_calls_that_are_in_it(entra: Entra) -> None:
    batch(entra, get("a", "/organization"))
    journal = entra.running.control("GET", f"/journal?tenant={entra.tid}&kind=graph")
    assert [line["path"] for line in journal][-2:] == ["/organization", "/$batch"]
