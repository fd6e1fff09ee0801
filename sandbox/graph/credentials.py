"""Saved secrets and the connection test.

Facts: docs/graph-facts.md, "Connection test and secrets".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .. import faults, provisioning_port
from ..reality import Reality
from ..wording import words
from ..world import Job
from . import audit, throttling
from .exchange import Answer, Call, Refused, context, no_route, service_principal
from .jobs import JOB, SP, job_in, templates_of
from .permissions import READ_SYNC, WRITE_SYNC
from .routes import route

KEYS = frozenset(
    words(
        "None UserName Password SecretToken AppKey BaseAddress ClientIdentifier ClientSecret SingleSignOnType"
        " Sandbox Url Domain ConsumerKey ConsumerSecret TokenKey TokenExpiration Oauth2AccessToken"
        " Oauth2AccessTokenCreationTime Oauth2RefreshToken SyncAll InstanceName Oauth2ClientId"
        " Oauth2ClientSecret CompanyId UpdateKeyOnSoftDelete SynchronizationSchedule SystemOfRecord"
        " SandboxName EnforceDomain SyncNotificationSettings SkipOutOfScopeDeletions Oauth2AuthorizationCode"
        " Oauth2RedirectUri ApplicationTemplateIdentifier Oauth2TokenExchangeUri Oauth2AuthorizationUri"
        " AuthenticationType Server PerformInboundEntitlementGrants HardDeletesEnabled"
        " SyncAgentCompatibilityKey SyncAgentADContainer ValidateDomain TestReferences ConnectionString"
    )
)
SECRET = frozenset({"SecretToken", "Password", "ClientSecret", "Oauth2ClientSecret", "Oauth2AccessToken"})
MASK = "*"
NEEDED_TOGETHER = frozenset({"SyncNotificationSettings", "SyncAll"})


def _pairs(rows: Any, *, what: str) -> dict[str, str]:
    """Key → value. Raises Refused: 400 when missing, 500 for a key that is not in the enum."""
    if not isinstance(rows, list):
        raise Refused(400, "RequestMissingRequiredParameter", f"Required parameter '{what}' is missing.")
    pairs: dict[str, str] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            raise Refused(400, "BadRequest", f"Each of '{what}' must be an object with key and value.")
        key, value = row.get("key"), row.get("value")
        if not isinstance(key, str) or key not in KEYS:
            raise Refused(500, "InternalError", f"Requested value '{key}' was not found.")
        if value is not None and not isinstance(value, str):
            raise Refused(400, "BadRequest", f"The value of '{key}' must be a string.")
        pairs[key] = value or ""
    return pairs


def _check_values(pairs: Mapping[str, str], reality: Reality) -> None:
    """Raises Refused (400) for values that the service does not take."""
    if reality.empty_settings == "refused" and pairs.get("SyncNotificationSettings", "{}") == "":
        raise Refused(400, "UnknownError", json.dumps({"code": "InvalidNotificationSettings", "message": None}))
    if reality.secret_values == "checked":
        if pairs.get("SyncAll", "").lower() not in ("", "true", "false"):
            raise Refused(400, "BadRequest", "The value of 'SyncAll' must be true or false.")
        if not pairs.get("BaseAddress", "https://").lower().startswith("https://"):
            raise Refused(400, "BadRequest", "The value of 'BaseAddress' must be an https address.")


@route("PUT", SP + "/secrets", WRITE_SYNC)
def put_secrets(call: Call) -> Answer:
    """204; replaces the whole set. Without SyncAll and SyncNotificationSettings it is answered 204 and nothing is
    saved (docs/graph-facts.md, "Documents and reality"; the switch `two_secrets_are_enough` makes it as documented)."""
    sp, tenant, body = service_principal(call), call.tenant, call.json()
    pairs = _pairs(body.get("value") if isinstance(body, dict) else None, what="value")
    _check_values(pairs, tenant.reality)
    cleared = bool(pairs) and not any(pairs.values())
    taken = set(pairs) >= NEEDED_TOGETHER or any(fault.saves_any_secrets() for fault in faults.on(tenant))
    if cleared or taken:
        tenant.secrets[sp.id] = {key: value for key, value in pairs.items() if value}
        provisioning_port.delay_secrets(call.world, tenant, sp.id)
        audit.write(call, "Update provisioning setting or credentials", sp.id)
    return Answer(204)


@route("GET", SP + "/secrets", READ_SYNC)
def get_secrets(call: Call) -> Answer:
    """Which keys are there; secret values are masked."""
    sp, shown = service_principal(call), call.tenant.reality.secrets_shown
    if shown == "missing":
        raise no_route(call)
    if shown == "refused":
        raise Refused(403, "Forbidden", "")
    saved = provisioning_port.visible_secrets(call.world, call.tenant, sp.id)
    hidden = NEEDED_TOGETHER if shown == "without_settings" else frozenset[str]()
    rows = [{"key": key, "value": _as_shown(key, saved[key], shown)} for key in saved if key not in hidden]
    what = context(call, f"servicePrincipals('{sp.id}')/synchronization/secrets")
    return Answer(200, {"@odata.context": what, "value": rows})


def _as_shown(key: str, value: str, shown: str) -> str | None:
    if shown == "null":
        return None
    return MASK if key in SECRET or shown == "all_masked" else value


@route("POST", SP + "/jobs/validateCredentials", WRITE_SYNC, outside=True)
def validate(call: Call) -> Answer:
    """Test credentials before there is a job; needs templateId."""
    return _validate(call, None)


@route("POST", JOB + "/validateCredentials", WRITE_SYNC, outside=True)
def validate_job(call: Call) -> Answer:
    """Test credentials on a job."""
    return _validate(call, job_in(call))


def _validate(call: Call, job: Job | None) -> Answer:
    sp, tenant, body = service_principal(call), call.tenant, call.json()
    if not isinstance(body, dict) or (job is None and not body.get("templateId")):
        raise Refused(400, "RequestMissingRequiredParameter", "Required parameter 'templateId' is missing.")
    named = body.get("templateId")
    if tenant.reality.test_template == "checked" and named and named not in templates_of(call):
        raise Refused(400, "InvalidTemplate", f"Template '{named}' is not available for this application.")
    if body.get("useSavedCredentials"):
        if tenant.reality.saved_tests:
            throttling.count(call, "ValidateSavedCredentials", tenant.reality.saved_tests, 600.0)
        pairs = provisioning_port.visible_secrets(call.world, tenant, sp.id)
    else:
        pairs = _pairs(body.get("credentials"), what="credentials")
    from .. import provisioning

    refusal = provisioning.validate_credentials(
        call.world, tenant, pairs.get("BaseAddress", ""), pairs.get("SecretToken", ""), job.schema if job else None
    )
    if refusal is None:
        return Answer(204)
    raise Refused(
        400,
        refusal.code,
        refusal.message,
        inner={"code": refusal.inner_code, "details": [], "message": refusal.message, "target": None},
    )
