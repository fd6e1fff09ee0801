"""Whether an answer has the shape that the document gives it, told quickly: the schemas compiled once (jsonschema-rs).

Only a yes counts. Whatever is not a plain yes, a path that is not known or a status without a schema too, is left to
openapi-core, which checks everything and finds the words: most answers are good, and checking them with it took nine
tenths of the time that the sandbox spent on a call.
"""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs

Json = dict[str, Any]
_PLACEHOLDER = re.compile(r"\{[^{}]+\}")


def json_schema(value: Any) -> Any:
    """OpenAPI 3.0's `nullable`, and formats it means otherwise, in the words of JSON Schema."""
    if isinstance(value, list):
        return [json_schema(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: json_schema(each) for key, each in value.items() if key != "nullable"}
    if made.get("format") == "duration":
        del made["format"]  # it allows no fraction of a second; the document's pattern beside it does, as Graph
    if value.get("nullable") is True:
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    return made


class AnswerShapes:
    """The answers of all operations of one document. Thread-safe: at worst a schema is compiled twice."""

    def __init__(self, document: Json) -> None:
        self._components = json_schema(document["components"])
        self._responses: Json = document["components"]["responses"]
        self._paths = {
            re.compile("".join(_pattern(part) for part in re.split(r"(\{[^{}]+\})", path))): operations
            for path, operations in sorted(document["paths"].items(), key=_literal_first)
        }
        self._compiled: dict[int, jsonschema_rs.Draft202012Validator] = {}

    def has(self, method: str, path: str, status: int, content_type: str, body: Any) -> bool:
        """Whether `body` (JSON as Python values) is surely what the document promises for this answer."""
        response = self._response(method.lower(), path, status)
        if response is not None and "content" not in response:
            return body is None
        content = (response or {}).get("content", {}).get(content_type, {})
        if "schema" not in content:
            return False
        key = id(content)
        if key not in self._compiled:
            schema = {**json_schema(content["schema"]), "components": self._components}
            self._compiled[key] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return self._compiled[key].is_valid(body)

    def _response(self, method: str, path: str, status: int) -> Json | None:
        operations: Json = next((each for pattern, each in self._paths.items() if pattern.fullmatch(path)), {})
        responses = operations.get(method, {}).get("responses", {})
        found: Json | None = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if found is not None and "$ref" in found:
            found = self._responses[found["$ref"].rpartition("/")[2]]
        return found


def _pattern(part: str) -> str:
    return "[^/]+" if _PLACEHOLDER.fullmatch(part) else re.escape(part)


def _literal_first(item: tuple[str, Any]) -> tuple[int, str]:
    return len(_PLACEHOLDER.findall(item[0])), item[0]
