"""SelectUniqueValue: the target is asked, in order, and only when somebody is created."""

from __future__ import annotations

from .rig import Rig

EXPRESSION = 'SelectUniqueValue([mailNickname], Append([mailNickname], "2"), Append([mailNickname], "3"))'


def _nick_names(home: Rig, *names: str) -> None:
    home.map("externalId", EXPRESSION)
    for name in names:
        home.add_user(name, mailNickname="eva")


def _given(home: Rig) -> dict[str, str]:
    return {name.partition("@")[0]: resource["externalId"] for name, resource in home.arrived().items()}


def test_each_gets_the_first_value_that_nobody_at_the_target_has(home: Rig) -> None:
    _nick_names(home, "one", "two", "three")
    home.start()
    assert _given(home) == {"one": "eva", "two": "eva2", "three": "eva3"}


def test_a_value_of_an_account_made_by_hand_is_taken_too(home: Rig) -> None:
    home.scim("POST", "/Users", {"schemas": [USER], "userName": "local@contoso.example", "externalId": "eva"})
    _nick_names(home, "one")
    home.start()
    assert _given(home)["one"] == "eva2"


def test_nobody_changes_the_value_that_was_given(home: Rig) -> None:
    _nick_names(home, "one", "two")
    home.start()
    home.restart()
    assert home.codes(2) == ["other/skipped/RedundantExport"] * 2
    assert _given(home) == {"one": "eva", "two": "eva2"}


def test_whoever_finds_every_value_taken_fails_and_is_tried_again(home: Rig) -> None:
    _nick_names(home, "one", "two", "three", "four")
    home.start()
    assert home.codes()[3] == "create/failure/AttributeMappingEvaluationError"
    assert "each of the 3 values is taken" in str(home.rows()[3]["provisioningStatusInfo"])
    assert home.job.status["lastExecution"]["countEscrowed"] == 1


def test_a_matching_attribute_cannot_have_it(home: Rig) -> None:
    home.map("userName", EXPRESSION, matchingPriority=1)
    assert "matching attribute" in home.start()["quarantine"]["error"]["message"]


USER = "urn:ietf:params:scim:schemas:core:2.0:User"
