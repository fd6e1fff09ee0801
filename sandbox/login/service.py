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
    login = Blueprint("login", __name__, template_folder="templates")
    endpoint = TokenEndpoint(world)
    browser = Browser(world, endpoint)

    @login.get("/<authority>/v2.0/.well-known/openid-configuration")
    def openid_configuration(authority: str) -> Response:
        """400 with AADSTS90002 for an unknown tenant."""
        return _json(lambda: discovery(world, authority, origin(), request.host))

    @login.get("/common/discovery/instance")
    def instance_discovery() -> Response:
        """Which hosts are one cloud; asked by msal unless it is told not to."""
        return jsonify(instances(origin()))

    @login.get("/<authority>/discovery/v2.0/keys")
    def jwks(authority: str) -> Response:
        """Public keys; they roll without notice."""

        def rows() -> dict[str, Any]:
            tenant_of(world, authority)
            return {"keys": keys.published(world)}

        return _json(rows)

    @login.post("/<authority>/oauth2/v2.0/token")
    def token(authority: str) -> Response:
        """Client credentials and authorization code."""
        g.client_id = request.form.get("client_id", "")
        answer = _json(lambda: endpoint.answer(authority, request.form, origin(), request.host))
        answer.headers["Cache-Control"] = "no-store, no-cache"
        return answer

    @login.get("/<authority>/oauth2/v2.0/authorize")
    def authorize(authority: str) -> Response:
        """The sign-in page, or at once a code."""
        return _page(lambda: browser.arrive("authorize", authority, _query(), _session()))

    @login.get("/<authority>/adminconsent")
    def admin_consent(authority: str) -> Response:
        """Admin consent by the first version of the endpoint."""
        return _page(lambda: browser.arrive("v1", authority, _query(), _session()))

    @login.get("/<authority>/v2.0/adminconsent")
    def admin_consent_2(authority: str) -> Response:
        """Admin consent by the second version of the endpoint."""
        return _page(lambda: browser.arrive("v2", authority, _query(), _session()))

    @login.post("/<authority>/login")
    def sign_in(authority: str) -> Response:
        """Take the sign-in form."""
        form = request.form
        return _page(lambda: browser.sign_in(form.get("ctx", ""), form.get("login", ""), form.get("passwd", "")))

    @login.post("/<authority>/consent")
    def consent(authority: str) -> Response:
        """Take the consent form."""
        form = request.form
        return _page(lambda: browser.decide(form.get("ctx", ""), form.get("decision", ""), _session()))

    @login.get("/<authority>/oauth2/v2.0/logout")
    def sign_out(authority: str) -> Response:
        """End the session of this browser."""
        browser.sessions.pop(_session(), None)
        return make_response(pages.error("You signed out of your account."))

    return login


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
