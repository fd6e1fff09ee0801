"""The SCIM service of every platform, chosen by the Host header, and Home's token endpoint."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request

from .. import faults
from . import groups, lookup, people, reading, schemas
from .platform import BASE, Platform, issue_access_token
from .refusals import ScimRefused, WebPage

if TYPE_CHECKING:
    from ..faults.fault import Fault
    from ..reality import Reality
    from ..world import Tenant, World

_PATHS = frozenset({"Users", "Groups", "ServiceProviderConfig", "ResourceTypes", "Schemas"})


def host_of_request() -> str:
    """The Host header without its port, in lower case."""
    return request.host.rpartition(":")[0].lower() if ":" in request.host else request.host.lower()


class Service:
    """The routes; one object for all platforms of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def register(self, blueprint: Blueprint) -> None:
        """Add the routes to the blueprint."""
        rules: list[tuple[str, list[str], Callable[..., Any]]] = [
            ("/Users", ["GET", "POST"], self.users),
            ("/Users/<identity>", ["GET", "PUT", "PATCH", "DELETE"], self.user),
            ("/Groups", ["GET", "POST"], self.groups),
            ("/Groups/<identity>", ["GET", "PUT", "PATCH", "DELETE"], self.group),
            ("/ServiceProviderConfig", ["GET"], self.config),
            ("/ResourceTypes", ["GET"], self.resource_types),
            ("/ResourceTypes/<identity>", ["GET"], self.resource_types),
            ("/Schemas", ["GET"], self.schemas),
            ("/Schemas/<identity>", ["GET"], self.schemas),
            ("/<path:anything>", ["GET", "POST", "PUT", "PATCH", "DELETE"], self.nowhere),
        ]
        for path, methods, view in rules:
            name = f"scim_{view.__name__}_{'one' if '<' in path else 'all'}"
            blueprint.add_url_rule(BASE + path, name, self._answering(view), methods=methods)
        blueprint.add_url_rule("/api/oauth/token", "oauth_token", self.token, methods=["POST"])

    # The frame of every answer

    def _answering(self, view: Callable[..., Any]) -> Callable[..., Response]:
        def answer(**arguments: Any) -> Response:
            platform, tenant = lookup.find(self.world, host_of_request())
            if platform is None:
                return _unknown_host()
            try:
                platform.calls += 1
                for fault in _faults(tenant):
                    fault.refuse_call(platform, request.method)
                self._authenticate(platform)
                status, body, headers = view(platform, tenant, **arguments)
            except ScimRefused as refused:
                status, body, headers = refused.status, refused.json(), refused.headers
            except WebPage as shown:
                return _web_page("haiilo/unavailable.html", shown.status)
            return _response(status, body, headers)

        return answer

    def _authenticate(self, platform: Platform) -> None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ScimRefused(401, "An access token is needed.")
        ends = platform.access_tokens.get(token)
        if token not in platform.tokens and (ends is None or ends <= self.world.clock.now()):
            raise ScimRefused(401, "The access token is not valid.")

    def _now(self) -> datetime:
        return self.world.clock.stamp()

    def _reality(self, tenant: Tenant | None) -> Reality:
        return self.world.reality if tenant is None else tenant.reality

    def _changing(self, change: Callable[[], Any]) -> Any:
        with self.world.lock:
            result = change()
            self.world.touch()
        return result

    # Users

    def users(self, platform: Platform, tenant: Tenant | None) -> Any:
        """GET and POST /Users."""
        if request.method == "POST":
            body = _json()
            _check_user(tenant, body)
            person = self._changing(lambda: people.create(platform, body, self._now()))
            shown = platform.user_json(person)
            return 201, shown, {"Location": shown["meta"]["location"]}
        text, reality = request.args.get("filter"), self._reality(tenant)
        reading.check(reality, text, request.headers.get("User-Agent", ""))
        for fault in _faults(tenant):
            fault.check_filter(text or "")
        found = reading.accounts(platform, people.search(platform, text))
        paging = reading.AS_DOCUMENTED if text else reality
        return 200, _page(paging, found, lambda each: reading.shown(reality, reading.row_of(platform, each))), {}

    def user(self, platform: Platform, tenant: Tenant | None, identity: str) -> Any:
        """GET, PUT, PATCH and DELETE /Users/{id}."""
        person = platform.get(identity)
        if request.method == "GET":
            return 200, _selected(reading.shown(self._reality(tenant), platform.user_json(person))), {}
        if request.method == "DELETE":
            self._changing(lambda: people.remove(platform, person, self._now()))
            return 204, None, {}
        if request.method == "PUT":
            body = _json()
            _check_user(tenant, body)
            self._changing(lambda: people.replace(platform, person, body, self._now()))
        elif request.method == "PATCH":
            body = _json()
            deaf = any(fault.ignores_false_text() for fault in _faults(tenant))
            self._changing(lambda: people.patch(platform, person, body, self._now(), keep_active=deaf))
        return 200, _selected(platform.user_json(person)), {}

    # Groups

    def groups(self, platform: Platform, tenant: Tenant | None) -> Any:
        """GET and POST /Groups."""
        if request.method == "GET" and tenant is not None and tenant.reality.haiilo_groups == "empty":
            return 200, _groups_page(platform), {}
        _needs_groups(platform)
        if request.method == "POST":
            body = _json()
            group = self._changing(lambda: groups.create(platform, body, self._now()))
            shown = platform.group_json(group)
            return 201, shown, {"Location": shown["meta"]["location"]}
        return 200, _groups_page(platform), {}

    def group(self, platform: Platform, tenant: Tenant | None, identity: str) -> Any:
        """GET, PUT, PATCH and DELETE /Groups/{id}."""
        _needs_groups(platform)
        group = groups.get(platform, identity)
        if request.method == "DELETE":
            self._changing(lambda: platform.scim_groups.pop(identity))
            return 204, None, {}
        if request.method == "PUT":
            body = _json()
            self._changing(lambda: groups.replace(platform, group, body, self._now()))
        elif request.method == "PATCH":
            body = _json()
            empties = any(fault.empties_members() for fault in _faults(tenant))
            self._changing(lambda: groups.patch(platform, group, body, self._now(), empties_members=empties))
        return 200, _selected(platform.group_json(group)), {}

    # What is supported

    def config(self, platform: Platform, tenant: Tenant | None) -> Any:
        """GET /ServiceProviderConfig."""
        return 200, schemas.service_provider_config(platform.product), {}

    def resource_types(self, platform: Platform, tenant: Tenant | None, identity: str = "") -> Any:
        """GET /ResourceTypes."""
        return _described({each["id"]: each for each in schemas.resource_types(platform.product)}, identity)

    def schemas(self, platform: Platform, tenant: Tenant | None, identity: str = "") -> Any:
        """GET /Schemas."""
        return _described(schemas.schemas(platform.product), identity)

    def nowhere(self, platform: Platform, tenant: Tenant | None, anything: str) -> Any:
        """Any other path, or a verb that a path does not have; what SCIM leaves open is not implemented."""
        if anything in ("Me", "Bulk", ".search") or anything.rpartition("/")[2] == ".search":
            raise ScimRefused(501, f"/{anything} is not implemented.")
        if anything.partition("/")[0] in _PATHS:
            raise ScimRefused(405, f"/{anything} cannot be asked with {request.method}.")
        raise ScimRefused(404, f"There is no endpoint /{anything}.")

    # Tokens

    def token(self) -> Response:
        """POST /api/oauth/token: client credentials in the form or as Basic authentication."""
        platform, _tenant = lookup.find(self.world, host_of_request())
        if platform is None or platform.product != "home":
            return _unknown_host()
        if request.form.get("grant_type") != "client_credentials":
            return _response(400, {"error": "unsupported_grant_type"}, {}, "application/json")
        client, secret = _client()
        with self.world.lock:
            token = issue_access_token(platform, client, secret, self.world.clock.now())
        if token is None:
            return _response(401, {"error": "invalid_client"}, {"WWW-Authenticate": "Basic"}, "application/json")
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        return _response(200, answer, {"Cache-Control": "no-store"}, "application/json")


def _unknown_host() -> Response:
    return _web_page("haiilo/unknown.html", 404)


def _web_page(template: str, status: int) -> Response:
    return Response(render_template(template), status, content_type="text/html; charset=utf-8")


def _faults(tenant: Tenant | None) -> list[Fault]:
    return faults.on(tenant) if tenant is not None else []


def _check_user(tenant: Tenant | None, data: dict[str, Any]) -> None:
    for fault in _faults(tenant):
        fault.check_user(data)


def _client() -> tuple[str, str]:
    scheme, _space, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client, _colon, secret = base64.b64decode(coded).decode().partition(":")
        except ValueError:
            return "", ""
        return client, secret
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _json() -> Any:
    try:
        return json.loads(request.get_data())
    except ValueError:
        raise ScimRefused(400, "The request body is not JSON.", "invalidSyntax") from None


def _needs_groups(platform: Platform) -> None:
    if platform.product != "home":
        raise ScimRefused(404, "Haiilo Advocacy has no groups over SCIM.")


def _response(status: int, body: Any, headers: dict[str, str], kind: str = "application/scim+json") -> Response:
    data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    response = Response(data, status, content_type=f"{kind}; charset=utf-8" if data else None)
    response.headers.extend(headers)
    return response


def _described(things: dict[str, dict[str, Any]], identity: str) -> Any:
    if not identity:
        return 200, reading.listed(list(things.values()), len(things), 1), {}
    if identity not in things:
        raise ScimRefused(404, f"Resource {identity} not found.")
    return 200, things[identity], {}


def _page(reality: Reality, found: list[Any], show: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    start, count = _whole("startIndex", 1), _whole("count", 100)
    return reading.page(reality, found, lambda each: _selected(show(each)), start, count)


def _groups_page(platform: Platform) -> dict[str, Any]:
    return _page(reading.AS_DOCUMENTED, groups.search(platform, request.args.get("filter")), platform.group_json)


def _whole(name: str, default: int) -> int:
    text = request.args.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ScimRefused(400, f"{name} must be a whole number.", "invalidValue") from None


def _selected(resource: dict[str, Any]) -> dict[str, Any]:
    """`attributes` and `excludedAttributes`, by whole attributes."""
    wanted, unwanted = _names("attributes"), _names("excludedAttributes")
    if not wanted and not unwanted:
        return resource
    always = {"schemas", "id"}
    return {
        key: value
        for key, value in resource.items()
        if key in always or ((not wanted or key.lower() in wanted) and key.lower() not in unwanted)
    }


def _names(parameter: str) -> set[str]:
    """Attribute names in lower case; of an extension's attribute its URN, of a part its whole."""
    found = set()
    for name in request.args.get(parameter, "").lower().split(","):
        name = name.strip()
        if name.startswith("urn:"):
            core = f"{schemas.USER.lower()}:"
            found.add(name.removeprefix(core).partition(".")[0] if name.startswith(core) else name.rpartition(":")[0])
        elif name:
            found.add(name.partition(".")[0])
    return found
