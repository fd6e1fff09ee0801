"""Pages on which a person can see a platform's users arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, render_template, request

from . import lookup
from .platform import Person, Platform

if TYPE_CHECKING:
    from ..world import World

PAGE = 50


class Pages:
    """The routes under /haiilo/."""

    def __init__(self, world: World) -> None:
        self.world = world

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes to the blueprint."""
        blueprint.add_url_rule("/haiilo/", "platforms", self.platforms)
        blueprint.add_url_rule("/haiilo/<host>/", "platform", self.platform)
        blueprint.add_url_rule("/haiilo/<host>/users/<identity>/", "person", self.person)

    def platforms(self) -> str:
        """The page of all platforms."""
        return render_template("haiilo/platforms.html", platforms=list(self.world.platforms.values()))

    def platform(self, host: str) -> str:
        """The page of one platform's users, newest first, with search and pages."""
        platform = self._platform(host)
        wanted = request.args.get("search", "").strip()
        people = [person for person in reversed(list(platform.people.values())) if _matches(person, wanted)]
        page = max(1, request.args.get("page", 1, int))
        return render_template(
            "haiilo/platform.html",
            platform=platform,
            search=wanted,
            people=people[(page - 1) * PAGE : page * PAGE],
            total=len(people),
            page=page,
            pages=max(1, -(-len(people) // PAGE)),
            local=sum(person.local for person in platform.people.values()),
        )

    def person(self, host: str, identity: str) -> str | Response:
        """The page of one user with all attributes."""
        platform = self._platform(host)
        person = platform.people.get(identity)
        if person is None:
            abort(404)
        rows = sorted(_flat(platform.user_json(person)))
        return render_template("haiilo/person.html", platform=platform, person=person, rows=rows)

    def _platform(self, host: str) -> Platform:
        platform, _tenant = lookup.find(self.world, host)
        if platform is None:
            abort(404)
        return platform


def _matches(person: Person, wanted: str) -> bool:
    name = person.data.get("name") or {}
    text = f"{person.user_name} {name.get('givenName', '')} {name.get('familyName', '')}"
    return wanted.lower() in text.lower()


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        joined = (
            f"{path}.{key}" if path and not path.startswith("urn:") else f"{path}:{key}" if path else key
            for key in value
        )
        return [row for key, inner in zip(joined, value.values(), strict=True) for row in _flat(inner, key)]
    if isinstance(value, list):
        return [row for index, inner in enumerate(value) for row in _flat(inner, f"{path}[{index}]")]
    return [(path, str(value))]
