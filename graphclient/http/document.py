"""The JSON object of an answer together with the request that it answers, so that a fault in it can be traced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ..errors import Unreadable

Model = TypeVar("Model")


@dataclass(frozen=True)
class Origin:
    """Which request was answered, with which status, and Microsoft's number for it."""

    method: str = "GET"
    path: str = ""
    status: int = 0
    request_id: str = ""


class Document(dict[str, Any]):
    """The JSON object of a 2xx answer that tells no error."""

    def __init__(self, content: Mapping[str, Any], origin: Origin) -> None:
        super().__init__(content)
        self.origin = origin


def unreadable(document: Mapping[str, Any], message: str) -> Unreadable:
    """The error for a document that lacks what it has to say."""
    at = document.origin if isinstance(document, Document) else Origin()
    return Unreadable(message, method=at.method, path=at.path, status=at.status, request_id=at.request_id)


def read_model(model: Callable[[Any], Model], document: Mapping[str, Any], content: Any = None) -> Model:
    """`model` of the document, or of `content` that is a part of it. An `Unreadable` names the document's request."""
    try:
        return model(document if content is None else content)
    except Unreadable as fault:
        message = fault.message
    raise unreadable(document, message)
