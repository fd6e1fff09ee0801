"""What a person does at Microsoft with a browser: sign in, be sent back with a code, consent.

Facts: docs/graph-facts.md, "Consent", "Login".
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .. import faults
from ..world import App, Tenant, User, World
from . import consenting, pages
from .refusals import LoginRefused, by_number, needed
from .tenants import tenant_of
from .tokens import Code, TokenEndpoint

PICK = frozenset({"login", "select_account", "create"})
SCOPE = ".default"


@dataclass
class Page:
    """HTML, or an address to go to. `cookie` is the session to remember."""

    html: str = ""
    location: str = ""
    status: int = 200
    cookie: str = ""


@dataclass
class BrowserRequest:
    """An authorize or an admin consent request that was checked."""

    kind: str
    authority: str
    app: App
    redirect_uri: str
    query: dict[str, str]

    def back(self, values: Mapping[str, str]) -> Page:
        """Send the browser to the application."""
        given = {key: value for key, value in values.items() if value}
        if self.query.get("response_mode") == "form_post":
            return Page(html=pages.form_post(self.redirect_uri, given))
        parts = urlsplit(self.redirect_uri)
        query = "&".join(each for each in (parts.query, urlencode(given)) if each)
        if self.query.get("response_mode") == "fragment":
            return Page(location=urlunsplit(parts._replace(fragment=urlencode(given))), status=302)
        return Page(location=urlunsplit(parts._replace(query=query)), status=302)


@dataclass
class Browser:
    """The pages of one world; sessions and open consents live in memory only."""

    world: World
    endpoint: TokenEndpoint
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Cookie → tenant id and user id."""
    open_consents: dict[str, tuple[BrowserRequest, str, str]] = field(default_factory=dict)
    """One-time context → incoming, tenant id, user id."""

    def arrive(self, kind: str, authority: str, query: str, session: str) -> Page:
        """GET …/authorize or …/adminconsent. Raises LoginRefused where the application cannot be told."""
        incoming = self._checked(kind, authority, query)
        signed_in = self._person(session)
        prompts = set(incoming.query.get("prompt", "").split())
        if signed_in is None or prompts & PICK:
            if "none" in prompts:
                return self._refused(incoming, LoginRefused(50058, "login_required"))
            return self._sign_in_page(incoming, query)
        return self._go_on(incoming, query, *signed_in)

    def sign_in(self, context: str, login: str, password: str) -> Page:
        """POST of the sign-in page. Raises LoginRefused for a made-up context."""
        kind, _, rest = context.partition(" ")
        authority, _, query = rest.partition(" ")
        incoming = self._checked(kind, authority, query)
        try:
            tenant, user = self._authenticate(login, password, authority)
        except LoginRefused as refused:
            return self._sign_in_page(incoming, query, refused.description, hint=login)
        session = secrets.token_urlsafe(24)
        self.sessions[session] = (tenant.id, user.id)
        page = self._go_on(incoming, query, tenant, user)
        page.cookie = session
        return page

    def decide(self, context: str, decision: str, session: str) -> Page:
        """POST of the consent page: once, and only in the browser that was shown it. Raises LoginRefused."""
        found = self.open_consents.get(context)
        if found is None or self.sessions.get(session) != (found[1], found[2]):
            raise LoginRefused(90013, "invalid_request")
        del self.open_consents[context]
        incoming, tenant = found[0], self.world.tenants[found[1]]
        user = tenant.users[found[2]]
        if decision == "request":
            return Page(html=pages.told("Your request was sent. You will hear by mail when it has been reviewed."))
        if decision == "return":
            return self._denied(incoming, tenant, LoginRefused(_approval_number(tenant), "consent_required"))
        if tenant.reality.refused_consent:
            return self._denied(incoming, tenant, by_number(tenant.reality.refused_consent))
        if decision != "accept" or not consenting.may_consent(tenant, user):
            return self._denied(incoming, tenant, LoginRefused(65004, "consent_required"))
        try:
            consenting.grant(self.world, tenant, incoming.app)
        except LoginRefused as refused:
            return self._denied(incoming, tenant, refused)
        shown = self._shown_tenant(tenant)
        state = incoming.query.get("state", "")
        if tenant.reality.callback == "lost":
            return Page(html=pages.told("Your organization has approved the application."))
        if tenant.reality.callback == "with_title":
            state += pages.SIGN_IN
        if incoming.kind == "v1":
            return incoming.back({"tenant": shown, "state": state, "admin_consent": "True"})
        values = {"admin_consent": "True", "tenant": shown, "scope": incoming.query["scope"], "state": state}
        return incoming.back(values)

    # Inside

    def _checked(self, kind: str, authority: str, query: str) -> BrowserRequest:
        """Checked as far as it can be without knowing who asks. Raises LoginRefused."""
        values = dict(parse_qsl(query, keep_blank_values=True))
        tenant_of(self.world, authority)
        app = self.world.apps.get(needed(values, "client_id").lower())
        if app is None:
            raise LoginRefused(700016, "unauthorized_client", detail=f"Identifier '{values['client_id']}'.")
        address = values.get("redirect_uri", "")
        if not address:
            raise LoginRefused(900971, "invalid_request")
        if address not in app.redirect_uris:
            raise LoginRefused(50011, "invalid_request", detail=f"'{address}'.")
        if kind == "v2" and not needed(values, "scope").endswith(SCOPE):
            raise LoginRefused(70011, "invalid_scope", detail="Only .default covers application permissions.")
        if kind == "authorize":
            self._check_authorize(values)
        elif authority.lower() == "consumers":
            raise LoginRefused(90014, "invalid_request")
        return BrowserRequest(kind, authority, app, address, values)

    def _check_authorize(self, values: Mapping[str, str]) -> None:
        if needed(values, "response_type") != "code":
            raise LoginRefused(70003, "unsupported_response_type")
        needed(values, "scope")
        if values.get("code_challenge") and values.get("code_challenge_method") != "S256":
            raise LoginRefused(501481, "invalid_request", detail="Only S256 is supported here.")

    def _person(self, session: str) -> tuple[Tenant, User] | None:
        tenant_id, user_id = self.sessions.get(session, ("", ""))
        tenant = self.world.tenants.get(tenant_id)
        user = tenant.users.get(user_id) if tenant else None
        return (tenant, user) if tenant and user else None

    def _authenticate(self, login: str, password: str, authority: str) -> tuple[Tenant, User]:
        domain = login.strip().rpartition("@")[2]
        tenant = self.world.tenant_at(domain) if "@" in login else None
        user = tenant.user_called(login.strip()) if tenant else None
        if tenant is None:  # a guest, at the authority of the tenant that it was invited to
            tenant = tenant_of(self.world, authority)
            user = _guest(tenant, login.strip().lower()) if tenant else None
        if tenant is None or user is None or user.deleted_at:
            raise LoginRefused(50034, "invalid_grant")
        if not user.accountEnabled:
            raise LoginRefused(50057, "invalid_grant")
        expected = tenant.passwords.get(user.id)
        if expected is None or not secrets.compare_digest(expected.encode(), password.encode()):
            raise LoginRefused(50126, "invalid_grant")
        return tenant, user

    def _sign_in_page(self, incoming: BrowserRequest, query: str, problem: str = "", hint: str = "") -> Page:
        context = f"{incoming.kind} {incoming.authority} {query}"
        hint = hint or incoming.query.get("login_hint", "")
        return Page(html=pages.sign_in(f"/{incoming.authority}/login", context, hint, problem))

    def _go_on(self, incoming: BrowserRequest, query: str, tenant: Tenant, user: User) -> Page:
        wanted = tenant_of(self.world, incoming.authority)
        if wanted is not None and wanted is not tenant:
            return self._sign_in_page(incoming, query, LoginRefused(50020, "access_denied").description)
        if incoming.kind == "authorize":
            return self._code(incoming, tenant, user)
        context = secrets.token_urlsafe(24)
        self.open_consents[context] = (incoming, tenant.id, user.id)
        action = f"/{incoming.authority}/consent"
        in_the_portal = tenant.reality.approval == "in_the_portal"
        if in_the_portal or not consenting.may_consent(tenant, user):
            refused, name = LoginRefused(_approval_number(tenant), "consent_required"), incoming.app.display_name
            return Page(html=pages.need_approval(action, context, name, refused.description, request=in_the_portal))
        app = incoming.app
        return Page(
            html=pages.consent(action, context, app.display_name, tenant.name, user.userPrincipalName, app.permissions)
        )

    def _code(self, incoming: BrowserRequest, tenant: Tenant, user: User) -> Page:
        query, code = incoming.query, f"0.{secrets.token_urlsafe(48)}"
        self.endpoint.codes[code] = Code(
            incoming.app.client_id,
            incoming.redirect_uri,
            tenant.id,
            user.id,
            query.get("nonce", ""),
            query.get("code_challenge", ""),
            query["scope"],
        )
        values = {"code": code, "state": query.get("state", ""), "session_state": secrets.token_hex(16)}
        return incoming.back(values)

    def _shown_tenant(self, tenant: Tenant) -> str:
        """The tenant id that the consent's answer names."""
        shown = tenant.id
        for fault in faults.on(tenant):
            shown = fault.tenant_in_consent(shown)
        return shown

    def _refused(self, incoming: BrowserRequest, refused: LoginRefused) -> Page:
        values = {"error": refused.word, "error_description": refused.description}
        return incoming.back({**values, "state": incoming.query.get("state", "")})

    def _denied(self, incoming: BrowserRequest, tenant: Tenant, refused: LoginRefused) -> Page:
        """The true denial: v1 without state and tenant, v2 with admin_consent=True all the same."""
        if incoming.kind == "v1":
            return incoming.back({"error": "permission_denied", "error_description": "The admin canceled the request"})
        values = {"error": refused.word, "error_description": refused.description}
        return incoming.back(
            {**values, "tenant": tenant.id, "state": incoming.query.get("state", ""), "admin_consent": "True"}
        )


def _approval_number(tenant: Tenant) -> int:
    """90095 where the tenant lets people ask for an approval."""
    return 90095 if tenant.reality.approval == "in_the_portal" else 90094


def _guest(tenant: Tenant, mail: str) -> User | None:
    guests = (user for user in tenant.users.values() if user.userType == "Guest")
    return next((user for user in guests if (user.mail or "").lower() == mail), None)
