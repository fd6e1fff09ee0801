"""Owners of service principals and applications: …/owners and …/owners/$ref (Graph reference: add owner)."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import AlreadyThere
from ..http.paging import models
from ..http.paths import part
from ..http.retry import Effect
from ..http.transport import Transport
from ..models.directory import DirectoryObject


def list_owners(transport: Transport, path: str) -> Iterator[DirectoryObject]:
    """Users and service principals that own the object at `path`."""
    return models(transport, DirectoryObject.from_json, f"{path}/owners", {"$select": "id,displayName"})


def add_owner(transport: Transport, path: str, owner_id: str) -> bool:
    """Make `owner_id` an owner of the object at `path`; False where it was one already."""
    body = {"@odata.id": f"{transport.base_url}/directoryObjects/{part(owner_id)}"}
    try:
        transport.send("POST", f"{path}/owners/$ref", json=body, effect=Effect.SAME)
    except AlreadyThere:
        return False
    return True
