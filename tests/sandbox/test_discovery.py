import pytest

from .conftest import Entra, RunningSandbox


@pytest.mark.parametrize("by", ["tenant_id", "domain"])
def test_tells_the_tenant_of_an_id_and_of_a_domain(running: RunningSandbox, entra: Entra, by: str) -> None:
    answer = running.login("GET", f"/{entra.made[by]}/v2.0/.well-known/openid-configuration")
    assert answer.json()["issuer"] == f"https://login.microsoftonline.com/{entra.tid}/v2.0"


def test_knows_no_tenant_of_an_unknown_domain(running: RunningSandbox) -> None:
    answer = running.login("GET", "/nowhere.example/v2.0/.well-known/openid-configuration")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_tenant"
    assert answer.json()["error_codes"] == [90002]


def test_names_no_tenant_in_the_issuer_of_a_shared_authority(running: RunningSandbox) -> None:
    answer = running.login("GET", "/organizations/v2.0/.well-known/openid-configuration")
    assert answer.json()["issuer"] == "https://login.microsoftonline.com/{tenantid}/v2.0"


def test_gives_addresses_on_the_host_that_was_asked(running: RunningSandbox, entra: Entra) -> None:
    path = f"/{entra.tid}/v2.0/.well-known/openid-configuration"
    assert running.login("GET", path).json()["token_endpoint"].startswith("https://login.microsoftonline.com/")
    here = running.session.get(running.url + path, timeout=10).json()
    assert here["token_endpoint"].startswith(running.url)
    assert here["issuer"].startswith("https://login.microsoftonline.com/")


def test_rolls_its_keys_without_notice_and_keeps_the_one_before(slow: RunningSandbox) -> None:
    entra = slow.tenant()

    def published() -> set[str]:
        rows = slow.login("GET", f"/{entra.tid}/discovery/v2.0/keys").json()["keys"]
        return {row["kid"] for row in rows}

    before = published()
    first = slow.control("POST", "/keys/roll")["kid"]
    assert published() == before | {first}
    assert entra.get("/organization")["value"]
    second = slow.control("POST", "/keys/roll")["kid"]
    assert published() == {first, second}


def test_does_not_believe_a_token_of_a_key_that_is_gone(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    entra.token()
    for _time in range(2):
        slow.control("POST", "/keys/roll")
    assert entra.refused("GET", "/organization")[:2] == (401, "InvalidAuthenticationToken")
