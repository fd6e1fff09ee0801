"""Every request and every answer checked against Microsoft's OpenAPI document (`openapi.yaml`; openapi-core).

The document allows additional properties everywhere; here they are refused, in requests as Graph does and in answers
because they would be mistakes of ours. Annotations (@odata.…) are left out of the check. What the document does not
know is served unchecked: docs/sandbox.md lists it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .answer_shapes import AnswerShapes
from .graph.exchange import ROOT, Answer, Call, Refused

FILE = Path(__file__).with_name("openapi.yaml")
SAMPLE = 12  # elements from each end of a long list that are checked
READS_REMEMBERED = 20_000  # requests that were good once, ids aside
IDS = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\b")
ANY_TEXT = ("$filter", "$search")
"""Parameters of which the document says no more than that they are a text."""
RELAXED = ("microsoft.graph.synchronizationSecret",)
"""Enums whose unknown values the service answers with 500: docs/graph-facts.md, "Connection test and secrets"."""
OPEN = frozenset({"microsoft.graph.directoryObject"})
"""Whose derived types come in its place: members and owners are users, groups, service principals."""
MIXED = ("/members", "/transitivemembers", "/owners", "/ownedobjects")
"""Lists of objects of several types: what may be selected is not only what the document's base type has."""
MORE: dict[str, Any] = {
    "microsoft.graph.publicError": {"tenantActionable": {"type": "boolean"}},
    "microsoft.graph.stringKeyObjectValuePair": {"value": {}},
}
"""Properties that the API reference has and the document lacks (docs/graph-facts.md, "Schema and mappings")."""
Json = dict[str, Any]


class Broken(AssertionError):
    """An answer of the sandbox contradicts the document."""


class Contract:
    """The document, made strict. Thread-safe."""

    def __init__(self, document: Json | None = None) -> None:
        document = document or strict()
        self._openapi = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))
        self._shapes = AnswerShapes(document)
        self._read_before: set[str] = set()

    def check_request(self, call: Call) -> None:
        """Raises Refused (400 BadRequest) for an unknown property, a wrong type, a missing one."""
        read = _read_as(call)
        if read in self._read_before:
            return
        try:
            self._openapi.validate_request(_Request(call))
        except PathError:
            return
        except OpenAPIError as error:
            reason = "The body is not of the expected type." if _holds_secrets(call) else _reason(error)
            raise Refused(400, "BadRequest", reason) from error
        if read and len(self._read_before) < READS_REMEMBERED:
            self._read_before.add(read)

    def check_answer(self, call: Call, answer: Answer) -> None:
        """Raises Broken. Texts ($count) are not JSON and have nothing to be checked."""
        if isinstance(answer.body, str) or (answer.status == 204 and answer.body is None):
            return  # 204 is what updates answer, though the document promises a body for some
        kind = answer.content_type.partition(";")[0]
        if self._shapes.has(call.method, call.path, answer.status, kind, _bare(answer.body)):
            return
        try:
            self._openapi.validate_response(_Request(call), _Answer(answer))
        except PathError:
            return
        except OpenAPIError as error:
            raise Broken(f"{call.method} {call.path} {answer.status}: {_reason(error)}") from error


@cache
def strict() -> Json:
    """The document with inheritance resolved and objects closed; made once a process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: Json = yaml.load(FILE.read_text(), Loader=loader)  # noqa: S506  (the safe loader in C)
    document.pop("security", None)
    document["components"].pop("securitySchemes", None)
    schemas = document["components"]["schemas"]
    for name in RELAXED:
        schemas[name] = {"type": "string"}
    for name, properties in MORE.items():
        schemas[name]["properties"] |= properties
    closed = {name: _closed(schema, schemas) for name, schema in schemas.items()}
    for name in OPEN:
        closed[name].pop("additionalProperties")
    document["components"]["schemas"] = closed
    for path in document["paths"].values():
        for operation in path.values():
            for content in _contents(operation):
                content["schema"] = _closed(content["schema"], schemas)
    return document


def _contents(operation: Any) -> list[Json]:
    body = operation.get("requestBody", {}) if isinstance(operation, dict) else {}
    return [each for each in body.get("content", {}).values() if "schema" in each]


def _closed(schema: Json, schemas: Json) -> Json:
    """One object with all inherited properties, and no others allowed where it has any."""
    if "allOf" in schema:
        properties: Json = {}
        for part in schema["allOf"]:
            found = schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
            properties |= _closed(found, schemas).get("properties", {})
        schema = {"type": "object", "properties": properties}
    if schema.get("type") == "object" and schema.get("properties") and "additionalProperties" not in schema:
        return {**schema, "additionalProperties": False}
    return schema


def _bare(value: Any) -> Any:
    """Without annotations, and long lists cut to a sample."""
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if "@" not in key}
    if isinstance(value, list):
        shown = value if len(value) <= 2 * SAMPLE else [*value[:SAMPLE], *value[-SAMPLE:]]
        return [_bare(each) for each in shown]
    return value


def _read_as(call: Call) -> str:
    """The same for requests that only read and differ in nothing but ids and texts; empty where a body is sent."""
    if call.method != "GET" or call.json() is not None:
        return ""
    query = {key: bool(value) if key in ANY_TEXT else value for key, value in call.query.items()}
    asked = [call.path, sorted(query.items()), call.headers.get("consistencylevel", "")]
    return IDS.sub("id", json.dumps(asked))


def _holds_secrets(call: Call) -> bool:
    """Whether the body must not be repeated in an answer."""
    return call.path.lower().endswith(("/secrets", "/validatecredentials"))


def _reason(error: BaseException) -> str:
    """The deepest cause in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    found = [str(getattr(each, "message", each)) for each in getattr(error, "schema_errors", [error])]
    return "; ".join(found)[:500] or type(error).__name__


@dataclass
class _Request:
    """A call as openapi-core reads it."""

    call: Call
    host_url: str = "https://graph.microsoft.com"
    parameters: RequestParameters = field(init=False)

    def __post_init__(self) -> None:
        free = self.call.path.lower().endswith(MIXED)
        asked = {key: value for key, value in self.call.query.items() if value and not (free and key == "$select")}
        query = ImmutableMultiDict(list(asked.items()))
        self.parameters = RequestParameters(query=query, header=Headers(dict(self.call.headers)))

    @property
    def path(self) -> str:
        return ROOT + self.call.path

    @property
    def method(self) -> str:
        return self.call.method.lower()

    @property
    def body(self) -> bytes | None:
        body = self.call.json()
        return json.dumps(_bare(body)).encode() if body is not None else None

    @property
    def content_type(self) -> str:
        return self.call.headers.get("content-type", "").partition(";")[0]


@dataclass
class _Answer:
    """An answer as openapi-core reads it."""

    answer: Answer

    @property
    def data(self) -> bytes | None:
        body = self.answer.body
        return json.dumps(_bare(body)).encode() if body is not None else None

    @property
    def status_code(self) -> int:
        return self.answer.status

    @property
    def content_type(self) -> str:
        return self.answer.content_type.partition(";")[0]

    @property
    def headers(self) -> Headers:
        return Headers(self.answer.headers)
