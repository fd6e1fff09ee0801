"""Whatever bytes or JSON the far side sends, the client answers with a value or an error of its own tree."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphclient import (
    Application,
    AppRoleAssignment,
    DirectoryAudit,
    DirectoryDefinition,
    DirectoryObject,
    Domain,
    GraphError,
    Group,
    Instantiated,
    Job,
    Organization,
    ParsedExpression,
    ProvisioningEvent,
    ServicePrincipal,
    SubscribedSku,
    Template,
    Unreadable,
    User,
)
from graphclient.http.batch import answers_in_order
from graphclient.http.challenge import challenge_of
from graphclient.http.envelope import read_envelope
from graphclient.http.exchange import Answer
from graphclient.http.interpret import Call, error_of, value_of
from graphclient.http.retry import Effect
from graphclient.identity.aadsts import error_of as token_error
from graphclient.identity.keys import read_keys
from graphclient.models.fields import duration, moment

from .samples import AUDIT, EVENT, ORGANIZATION, SERVICE_PRINCIPAL, job

_text = st.text(max_size=20) | st.sampled_from(["\x00", "\ud800", "", "0001-01-01T00:00:00Z"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_inner = dict.fromkeys(("code", "message", "innerError", "InnerError"), _json)
_envelopes = st.fixed_dictionaries({}, optional={"error": _json | st.fixed_dictionaries({}, optional=_inner)}).map(
    lambda value: json.dumps(value).encode()
)


@given(st.sampled_from(Effect), st.integers(100, 599), _envelopes | st.binary(max_size=50), st.text(max_size=30))
def test_makes_an_error_or_a_value_of_every_answer(effect: Effect, status: int, body: bytes, after: str) -> None:
    call = Call("POST", "/servicePrincipals/x/synchronization/jobs", effect)
    answer = Answer(status, {"retry-after": after}, body)
    try:
        value = value_of(call, answer, 0.0)
    except GraphError:
        error = error_of(call, answer, 0.0)
        assert str(error).encode()
    else:
        assert 200 <= status < 300
        assert value is None or isinstance(value, dict)


@given(
    st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: f'Bearer claims="{base64.b64encode(raw).decode()}"')
)
def test_reads_a_challenge_out_of_anything(header: str) -> None:
    found = challenge_of(Answer(401, {"www-authenticate": header}))
    assert found is None or found.claims is None or isinstance(json.loads(found.claims), dict)


@given(_json, st.integers(0, 20))
def test_reads_a_batch_out_of_anything(responses: Any, count: int) -> None:
    answers = answers_in_order({"responses": responses}, count)
    assert len(answers) == count
    assert answers_in_order(
        {"responses": [{"id": "0", "status": responses, "headers": responses, "body": responses}]}, 1
    )


@given(st.binary(max_size=100) | _envelopes)
def test_reads_an_envelope_out_of_anything(body: bytes) -> None:
    said = read_envelope(body)
    assert all(isinstance(part, str) for part in (said.code, said.inner_code, said.message, said.request_id))


def test_survives_text_that_is_no_text() -> None:
    body = b'{"error":{"code":"\\ud800","message":"\\ud800 \\u0000"}}'
    str(error_of(Call("GET", "/x", Effect.NONE), Answer(400, {}, body), 0.0)).encode()


@given(st.dictionaries(st.sampled_from(["error", "error_codes", "error_description", "correlation_id"]), _json))
def test_makes_an_error_of_every_token_answer(payload: dict[str, Any]) -> None:
    assert isinstance(token_error(payload), GraphError)


@given(_json)
def test_reads_keys_out_of_anything(document: Any) -> None:
    assert read_keys(document) == {}
    assert read_keys({"keys": [document, {"kty": "RSA", "kid": "1", "n": document, "e": document}]}) == {}


@given(_json)
def test_reads_times_out_of_anything(value: Any) -> None:
    for read in (moment, duration):
        read(value)


MODELS: list[tuple[Any, dict[str, Any]]] = [
    (Organization, ORGANIZATION),
    (ServicePrincipal, SERVICE_PRINCIPAL),
    (AppRoleAssignment, {"id": "1", "principalId": "2", "principalType": "User", "appRoleId": "3"}),
    (DirectoryObject, {"id": "1", "@odata.type": "#microsoft.graph.user", "accountEnabled": True}),
    (Group, {"id": "1", "securityEnabled": True}),
    (User, {"id": "1", "displayName": "x", "accountEnabled": True}),
    (Template, {"id": "scim", "default": True}),
    (Job, job()),
    (ProvisioningEvent, EVENT),
    (Application, {"id": "1", "appId": "2"}),
    (Instantiated, {"application": {"id": "1", "appId": "2"}, "servicePrincipal": SERVICE_PRINCIPAL}),
    (Domain, {"id": "a.example", "isVerified": True}),
    (SubscribedSku, {"id": "1", "prepaidUnits": {"enabled": 1}, "servicePlans": [{"servicePlanId": "x"}]}),
    (DirectoryDefinition, {"id": "1", "objects": [{"name": "User", "attributes": [{"name": "x"}]}]}),
    (DirectoryAudit, AUDIT),
    (ParsedExpression, {"parsingSucceeded": True, "parsedExpression": {}, "error": {"code": "x"}}),
]


@pytest.mark.parametrize(("model", "sample"), MODELS)
@given(data=st.data())
def test_reads_an_object_whatever_its_parts_are(model: Any, sample: dict[str, Any], data: st.DataObject) -> None:
    spoilt = _spoil(sample, data)
    try:
        model.from_json(spoilt)
    except Unreadable:
        assert spoilt != sample


def _spoil(value: Any, data: st.DataObject) -> Any:
    """`value` with one part, at any depth, replaced by something else."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: _spoil(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [_spoil(value[0], data), *value[1:]]
    return data.draw(_json) if not isinstance(value, dict) or "id" not in value else value
