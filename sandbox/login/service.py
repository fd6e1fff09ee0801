"""The login service over HTTP.

Facts: docs/graph-facts.md, "Login", "Consent".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, redirect, request

from ..world import World
from . import keys, pages
from .browser import Browser, Page
from .refusals import LoginRefused
from .tenants import discovery, instances, tenant_of
from .tokens import TokenEndpoint

COOKIE = "sandbox_login"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def blueprint(world: World, origin: Callable[[], str]) -> Blueprint:
    """Everything below login.microsoftonline.com; `origin` is scheme and host that the client used."""
    return _Login(world, origin).blueprint()


class _Login:
    def __init__(self, world: World, origin: Callable[[], str]) -> None:
        self.world, self.origin = world, origin
        self.endpoint = TokenEndpoint(world)
        self.browser = Browser(world, self.endpoint)

    def blueprint(self) -> Blueprint:
        login = Blueprint("login", __name__, template_folder="templates")
        table: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/<authority>/v2.0/.well-known/openid-configuration", self.openid_configuration),
            ("GET", "/common/discovery/instance", self.instance_discovery),
            ("GET", "/<authority>/discovery/v2.0/keys", self.keys),
            ("POST", "/<authority>/oauth2/v2.0/token", self.token),
            ("GET", "/<authority>/oauth2/v2.0/authorize", self.authorize),
            ("GET", "/<authority>/adminconsent", self.admin_consent),
            ("GET", "/<authority>/v2.0/adminconsent", self.admin_consent_2),
            ("POST", "/<authority>/login", self.sign_in),
            ("POST", "/<authority>/consent", self.consent),
            ("GET", "/<authority>/oauth2/v2.0/logout", self.sign_out),
        ]
        for method, rule, view in table:
            login.add_url_rule(rule, view.__name__, view, methods=[method])
        return login

    def openid_configuration(self, authority: str) -> Response:
        """The discovery document; 400 with AADSTS90002 for an unknown tenant."""
        return _json(lambda: discovery(self.world, authority, self.origin(), request.host))

    def instance_discovery(self) -> Response:
        """Which hosts are one cloud; asked by msal unless it is told not to."""
        return jsonify(instances(self.origin()))

    def keys(self, authority: str) -> Response:
        """Public keys; they roll without notice."""

        def rows() -> dict[str, Any]:
            tenant_of(self.world, authority)
            return {"keys": keys.published(self.world)}

        return _json(rows)

    def token(self, authority: str) -> Response:
        """Client credentials and authorization code."""
        g.client_id = request.form.get("client_id", "")
        answer = _json(lambda: self.endpoint.answer(authority, request.form, self.origin(), request.host))
        answer.headers["Cache-Control"] = "no-store, no-cache"
        return answer

    def authorize(self, authority: str) -> Response:
        """The sign-in page, or at once a code."""
        return self._arrive("authorize", authority)

    def admin_consent(self, authority: str) -> Response:
        """Admin consent by the first version of the endpoint."""
        return self._arrive("v1", authority)

    def admin_consent_2(self, authority: str) -> Response:
        """Admin consent by the second version of the endpoint."""
        return self._arrive("v2", authority)

    def _arrive(self, kind: str, authority: str) -> Response:
        return _page(lambda: self.browser.arrive(kind, authority, _query(), _session()))

    def sign_in(self, authority: str) -> Response:
        """Take the sign-in form."""
        form = request.form
        return _page(lambda: self.browser.sign_in(form.get("ctx", ""), form.get("login", ""), form.get("passwd", "")))

    def consent(self, authority: str) -> Response:
        """Take the consent form."""
        form = request.form
        return _page(lambda: self.browser.decide(form.get("ctx", ""), form.get("decision", ""), _session()))

    def sign_out(self, authority: str) -> Response:
        """End the session of this browser."""
        self.browser.sessions.pop(_session(), None)
        return make_response(pages.error("You signed out of your account."))


def _query() -> str:
    return request.query_string.decode(errors="replace")


def _session() -> str:
    return request.cookies.get(COOKIE, "")


def _json(make: Callable[[], Any]) -> Response:
    try:
        return jsonify(make())
    except LoginRefused as refused:
        g.code = f"AADSTS{refused.number}"
        return make_response(jsonify(refused.body()), refused.status)


def _page(make: Callable[[], Page]) -> Response:
    try:
        page = make()
    except LoginRefused as refused:
        g.code = f"AADSTS{refused.number}"
        page = Page(html=pages.error(refused.description), status=400)
    answer = _redirect(page.location) if page.location else make_response(page.html, page.status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "strict-origin"
    if page.cookie:
        answer.set_cookie(COOKIE, page.cookie, httponly=True, samesite="Lax")
    return answer


def _redirect(address: str) -> Response:
    answer = make_response(redirect(address, 302))
    answer.set_data(b"")
    return answer
