"""People and groups (Graph reference: user, group, directoryObject)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields


@dataclass(frozen=True)
class DirectoryObject:
    """A member, an owner, or an owned object. `kind` is ``user``, ``group``, ``servicePrincipal``, ``application`` …

    Graph gives only id and kind of an object that our token may not read. A list of objects of several kinds tells the
    kind of each (Graph: directoryObject); without it nobody could say whether it is a person.
    """

    id: str
    kind: str = ""
    display_name: str = ""
    user_principal_name: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None
    app_id: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Any) -> DirectoryObject:
        """Raises `Unreadable` without an id or a kind."""
        return cls(
            id=fields.need(data, "id", "a directory object"),
            kind=fields.need(data, "@odata.type", "a directory object").rpartition(".")[2],
            display_name=fields.text(data, "displayName"),
            user_principal_name=fields.maybe(data, "userPrincipalName"),
            account_enabled=fields.told_flag(data, "accountEnabled"),
            user_type=fields.maybe(data, "userType"),
            app_id=fields.maybe(data, "appId"),
            raw=data,
        )


@dataclass(frozen=True)
class Group:
    """A group."""

    id: str
    display_name: str = ""
    security_enabled: bool | None = None

    @classmethod
    def from_json(cls, data: Any) -> Group:
        """Raises `Unreadable` without an id."""
        return cls(
            fields.need(data, "id", "a group"),
            fields.text(data, "displayName"),
            fields.told_flag(data, "securityEnabled"),
        )


@dataclass(frozen=True)
class User:
    """A user of the tenant; a text is empty where Entra has none. `raw` holds all selected fields."""

    id: str
    display_name: str = ""
    user_principal_name: str = ""
    mail: str = ""
    account_enabled: bool | None = None
    user_type: str = ""
    given_name: str = ""
    surname: str = ""
    country: str = ""
    city: str = ""
    state: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Any) -> User:
        """Raises `Unreadable` without an id."""
        return cls(
            id=fields.need(data, "id", "a user"),
            display_name=fields.text(data, "displayName"),
            user_principal_name=fields.text(data, "userPrincipalName"),
            mail=fields.text(data, "mail"),
            account_enabled=fields.told_flag(data, "accountEnabled"),
            user_type=fields.text(data, "userType"),
            given_name=fields.text(data, "givenName"),
            surname=fields.text(data, "surname"),
            country=fields.text(data, "country"),
            city=fields.text(data, "city"),
            state=fields.text(data, "state"),
            raw=data,
        )
