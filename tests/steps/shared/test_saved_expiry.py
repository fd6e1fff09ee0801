"""When a token expires, as far as it says so itself or somebody told; and what is said before."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from onboarding.domain.token_expiry import Expiry, claimed, of_token
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.steps.connection.form import TokenForm
from onboarding.steps.connection.step import Connection, Facts
from onboarding.steps.live.causes import Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared.credentials import Trial
from onboarding.steps.shared.followed_job import Facts as JobFacts
from tests.narrow import instance
from tests.steps.facts import APP, BASE_URL, CONNECTED, JOB, NOW, ago, at_step, finished, job, people, texts

AT = datetime(2027, 2, 3, 12, tzinfo=UTC)
STORED = {"BaseAddress": BASE_URL, "SecretToken": "***", "SyncAll": "false"}


def jwt(claims: Any, *, parts: int = 3) -> str:
    """A JSON Web Token with a signature that nobody has made."""
    body = claims if isinstance(claims, str) else json.dumps(claims)
    packed = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    return ".".join(["e30", packed, "c2ln", "more"][:parts])


def test_reads_the_expiry_of_a_web_token():
    assert claimed(jwt({"exp": AT.timestamp(), "sub": "someone"})) == AT
    assert claimed(jwt({"exp": AT.timestamp() + 0.5})) == AT + timedelta(seconds=0.5)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "hat_0123",
        "a.b.c",
        "..",
        "é.é.é",
        jwt({"exp": AT.timestamp()}, parts=2),
        jwt({"exp": AT.timestamp()}, parts=4),
        jwt({}),
        jwt({"exp": None}),
        jwt({"exp": "1801828800"}),
        jwt({"exp": True}),
        jwt({"exp": -1}),
        jwt({"exp": 1e300}),
        jwt('{"exp": NaN}'),
        jwt('{"exp": Infinity}'),
        jwt([1]),
        jwt("[" * 100_000),
        jwt("not json"),
    ],
)
def test_knows_nothing_of_any_other_text(token):
    assert claimed(token) is None


def test_goes_by_the_earlier_of_what_is_said():
    token = jwt({"exp": AT.timestamp()})
    assert of_token(token) == Expiry(AT)
    assert of_token(token, date(2027, 1, 1)) == Expiry(datetime(2027, 1, 1, tzinfo=UTC), told=True)
    assert of_token(token, date(2028, 1, 1)) == Expiry(AT)
    assert of_token("hat_0123", date(2027, 1, 1)) == Expiry(datetime(2027, 1, 1, tzinfo=UTC), told=True)
    assert of_token("hat_0123") is None


def test_is_kept_and_read_again():
    expiry = Expiry(AT, told=True)
    assert Expiry.from_json(expiry.to_json()) == expiry
    assert Expiry.from_json({}) is Expiry.from_json(None) is None


def filled(**typed: str) -> TokenForm:
    return TokenForm({"token": "hat_0123", **typed}, offers={})


def test_keeps_of_a_token_when_it_expires_and_nothing_else():
    token = jwt({"exp": AT.timestamp(), "sub": "someone@nordwind.example"})
    form = filled(token=f" Bearer {token}")
    assert form.is_valid()
    assert form.answer() == {"token_saved": True, "token_expires": {"at": AT.isoformat(), "told": False}}


def test_takes_a_token_of_which_nobody_knows_when_it_expires():
    form = filled(expires_on="")
    assert form.is_valid()
    assert form.answer() == {"token_saved": True, "token_expires": {}}


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "code"), [("2020-01-01", "past"), ("soon", "invalid")])
def test_takes_no_day_that_is_past_or_none(day, code):
    form = filled(expires_on=day)
    assert not form.is_valid()
    assert form.errors.as_data()["expires_on"][0].code == code


def saved(**how_long: float) -> dict[str, Any]:
    """Saved by us long ago; the token expires after so long."""
    expires = Expiry(NOW + timedelta(**how_long)).to_json()
    then = ago(days=40).isoformat()
    result = {"token_at": then, "base_url": BASE_URL, "at": then, "put_at": then, "expires": expires}
    return {"connection": {"save_credentials": result}}


def connection(applied: dict[str, Any]) -> Done:
    made = {"create_job": {"job_id": JOB, "service_principal_id": APP, "at": ago(days=40).isoformat()}}
    desired = at_step("connection", evidence={"connection": CONNECTED}, applied={"connection": made | applied})
    return instance(Done, Connection().assess(desired, Facts((job(),), STORED, Trial(True, at=NOW))))


@pytest.mark.parametrize(
    ("how_long", "says"),
    [
        ({"days": 31}, ""),
        ({"days": 29}, "expires on 2026-12-23"),
        ({"days": -1}, "was to expire on 2026-11-23"),
    ],
)
def test_notes_at_the_connection_when_the_token_expires(how_long, says):
    noted = texts(connection(saved(**how_long)["connection"]).warnings)
    assert says in noted
    assert bool(noted) == bool(says)


def live(applied: dict[str, Any], *, was_live: bool = True) -> Any:
    evidence: dict[str, dict[str, Any]] = {"live": {}} if was_live else {}
    fields = {"applied": applied, "people": people(created=200)}
    return Live().assess(at_step("live", evidence=evidence, **fields), JobFacts(finished()))


def test_asks_for_a_new_token_in_time():
    asked = instance(Asking, live(saved(days=13)))
    assert (asked.code, asked.court) == (Code.TOKEN_EXPIRES, Court.CS)
    assert "expires on 2026-12-07" in str(asked.question)
    assert isinstance(live(saved(days=15)), Done)
    assert isinstance(live({}), Done)


def test_keeps_nobody_from_going_live_by_it():
    assert isinstance(live(saved(days=13), was_live=False), Done)


def test_says_what_is_worse_first():
    applied = saved(days=13)
    fields = {"applied": applied, "people": people(created=1, failed=199)}
    verdict = Live().assess(at_step("live", evidence={"live": {}}, **fields), JobFacts(finished()))
    assert verdict.code != Code.TOKEN_EXPIRES
