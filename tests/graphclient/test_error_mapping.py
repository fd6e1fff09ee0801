"""One table: what Graph answered, to which kind of call, and which error that is."""

from __future__ import annotations

import json

import pytest

from graphclient import errors
from graphclient.http.envelope import read_envelope
from graphclient.http.exchange import Answer, LossReason, Lost
from graphclient.http.interpret import Call, error_of, value_of
from graphclient.http.retry import Effect

NOW = 1_772_442_000.0
SP = "/servicePrincipals/7b0a"
JOBS = f"{SP}/synchronization/jobs"
GET, PUT = ("GET", Effect.NONE), ("PUT", Effect.SAME)
START, CREATE, PROBE = ("POST", Effect.SAME), ("POST", Effect.ONCE), ("POST", Effect.NONE)
SCIM = "SystemForCrossDomainIdentityManagement"


def envelope(code: str = "", message: str = "", inner: str = "", spelt: str = "innerError") -> bytes:
    error: dict[str, object] = {"code": code, "message": message}
    if inner:
        error[spelt] = {"code": inner, "request-id": "from-the-body"}
    return json.dumps({"error": error}).encode()


HTML = b"<!doctype html><title>Bad Gateway</title>"

SAYING_NOTHING = (
    HTML,
    b'{"value": [',
    b"[]",
    b"null",
    b'"ok"',
    envelope("BadRequest", "Resource not found for the segment."),  # public case 11
    b'{"error": "invalid_request"}',
    b'{"error": {"code": "x"}, "value": []}',
    b'{"odata.error": {"code": "x", "message": {"lang": "en", "value": "no"}}}',
)

FLAT = (
    b'{"error": "forbidden"}',
    b'{"error": "invalid_token", "error_description": "x"}',
    b'{"Message": "Authorization has been denied for this request."}',
    b'{"code": "UnknownError", "message": ""}',
)

TABLE = [
    # a missing permission: docs/graph-facts.md, "Permissions and ownership"
    (GET, JOBS, 401, envelope("UnknownError", ""), errors.RoleMissing),
    (CREATE, JOBS, 401, envelope("UnknownError", ""), errors.RoleMissing),
    (GET, JOBS, 401, b'{"error": {}}', errors.RoleMissing),
    (GET, JOBS, 401, b'{"error": {"code": "", "message": null}}', errors.RoleMissing),
    # no word of Graph: a proxy or a firewall has answered, which accuses nobody
    (GET, JOBS, 401, b"", errors.Unreadable),
    (GET, JOBS, 401, b"{}", errors.Unreadable),
    (GET, JOBS, 401, HTML, errors.Unreadable),
    (PUT, f"{SP}/synchronization/secrets", 403, HTML, errors.Unreadable),
    (GET, "/users", 403, b"", errors.Unreadable),
    (GET, "/users", 404, HTML, errors.Unreadable),
    (GET, "/users", 404, b"", errors.NotThere),
    (PROBE, f"{JOBS}/validateCredentials", 400, HTML, errors.Unreadable),
    (CREATE, JOBS, 403, HTML, errors.OutcomeUnknown),
    (GET, JOBS, 401, envelope("", "The token has expired."), errors.NotAllowed),
    (GET, JOBS, 401, b'{"error": {"code": "UnknownError", "message": ["x"]}}', errors.NotAllowed),
    *[(GET, JOBS, status, body, errors.Unreadable) for status in (401, 403, 404) for body in FLAT],
    (PUT, f"{SP}/synchronization/secrets", 403, envelope("Forbidden", "no"), errors.RoleMissing),
    (GET, "/servicePrincipals", 403, envelope("Authorization_RequestDenied", "Insufficient"), errors.RoleMissing),
    (GET, "/servicePrincipals", 403, envelope("authorization_requestdenied", "Insufficient"), errors.RoleMissing),
    (
        GET,
        "/auditLogs/provisioning",
        403,
        envelope("Authentication_MSGraphPermissionMissing", "x"),
        errors.RoleMissing,
    ),
    (
        GET,
        "/auditLogs/provisioning",
        403,
        envelope("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "x"),
        errors.LicenceMissing,
    ),
    # other refusals
    (GET, "/users", 401, envelope("InvalidAuthenticationToken", "expired"), errors.NotAllowed),
    (GET, "/users", 401, envelope("UnknownError", ""), errors.NotAllowed),
    (GET, JOBS, 401, envelope("Unauthorized", "Account is not provisioned."), errors.NotAllowed),
    (GET, "/users", 403, envelope("AccessDenied", "blocked"), errors.NotAllowed),
    # our service principal is gone, or not spread yet
    *[
        (verb, path, 401, envelope(code, "The identity of the calling application could not be established."), kind)
        for verb in (GET, CREATE)
        for path in ("/organization", JOBS)
        for code, kind in (
            ("Authorization_IdentityNotFound", errors.ConsentMissing),
            ("authorization_identitynotfound", errors.ConsentMissing),
            ("Authorization_IdentityDisabled", errors.NotAllowed),
        )
    ],
    # not there, there already
    (GET, SP, 404, envelope("Request_ResourceNotFound", "does not exist"), errors.NotThere),
    (GET, SP, 404, envelope("Directory_ObjectNotFound", "no"), errors.NotThere),
    (GET, SP, 410, envelope("Gone", "no"), errors.NotThere),
    (START, f"{JOBS}/1/start", 404, envelope("JobNotFound", "no"), errors.NotThere),
    (
        PUT,
        SP,
        400,
        envelope("Request_BadRequest", "… does not exist or one of its queried reference-property objects …"),
        errors.NotThere,
    ),
    (PUT, SP, 404, envelope("UnknownError", "No HTTP resource was found that matches …"), errors.Rejected),
    (CREATE, JOBS, 404, envelope("UnknownError", "No HTTP resource was found that matches …"), errors.Rejected),
    (CREATE, JOBS, 409, envelope("Conflict", "x"), errors.AlreadyThere),
    (GET, JOBS, 409, envelope("Request_MultipleObjectsWithSameKeyValue", "x"), errors.AlreadyThere),
    (CREATE, SP, 400, envelope("Request_MultipleObjectsWithSameKeyValue", "x"), errors.AlreadyThere),
    (
        CREATE,
        f"{SP}/appRoleAssignedTo",
        400,
        envelope("Request_BadRequest", "Permission being assigned already exists on the object"),
        errors.AlreadyThere,
    ),
    # our mistakes
    (
        CREATE,
        f"{SP}/appRoleAssignedTo",
        400,
        envelope("Request_BadRequest", "Permission being assigned was not found on application"),
        errors.Rejected,
    ),
    (GET, "/servicePrincipals", 400, envelope("Request_UnsupportedQuery", "no"), errors.Rejected),
    (PROBE, f"{JOBS}/validateCredentials", 400, envelope("RequestMissingRequiredParameter", "no"), errors.Rejected),
    (CREATE, f"{JOBS}/1/provisionOnDemand", 400, envelope("RequestParameterInvalid", "no"), errors.Rejected),
    (GET, "/users", 418, b"", errors.Rejected),
    (
        PUT,
        f"{SP}/synchronization/secrets",
        500,
        envelope("InternalError", "Requested value 'baseAddress' was not found."),
        errors.Rejected,
    ),
    # the customer's address and token: docs/graph-facts.md, "Connection test and secrets"
    (
        PROBE,
        f"{JOBS}/validateCredentials",
        400,
        envelope("CredentialValidationUnavailable", "x", f"{SCIM}CredentialValidationUnavailable"),
        errors.CredentialsRefused,
    ),
    (
        PROBE,
        f"{JOBS}/validateCredentials",
        400,
        envelope("CredentialValidationUnavailable", "x", f"{SCIM}CredentialValidationFailure", "innererror"),
        errors.CredentialsRefused,
    ),
    (
        PROBE,
        f"{JOBS}/validateCredentials",
        400,
        envelope(f"{SCIM}InvalidCredentials", "x"),
        errors.CredentialsRefused,
    ),
    (PROBE, f"{JOBS}/1/validateCredentials", 400, envelope("BadRequest", "x"), errors.CredentialsRefused),
    # later
    (GET, "/users", 429, envelope("TooManyRequests", "x"), errors.Throttled),
    (PUT, SP, 429, envelope("TooManyRequests", "x"), errors.Throttled),
    (PROBE, f"{JOBS}/validateCredentials", 429, b"", errors.Throttled),
    *[(verb, JOBS, status, HTML, errors.Unavailable) for verb in (GET, PUT, START) for status in (500, 502, 503, 504)],
    (GET, JOBS, 408, b"", errors.Unavailable),
    # an answer that says nothing
    *[(verb, JOBS, 200, body, errors.Unreadable) for verb in (GET, PUT, START, PROBE) for body in SAYING_NOTHING],
    (GET, JOBS, 200, b"", errors.Unreadable),
    # doubt: it may have happened
    *[(CREATE, JOBS, status, b"", errors.OutcomeUnknown) for status in (404, 408, 429, 500, 502, 503, 504)],
    (CREATE, JOBS, 404, envelope("Request_ResourceNotFound", "x"), errors.OutcomeUnknown),
    *[(CREATE, JOBS, 200, body, errors.OutcomeUnknown) for body in SAYING_NOTHING],
    (CREATE, JOBS, 201, b'{"id": "sc', errors.OutcomeUnknown),
    # elsewhere
    (GET, JOBS, 307, b"", errors.HostRefused),
    (CREATE, JOBS, 302, b"", errors.HostRefused),
]


@pytest.mark.parametrize(("verb", "path", "status", "body", "kind"), TABLE)
def test_maps_each_answer_to_one_error(
    verb: tuple[str, Effect], path: str, status: int, body: bytes, kind: type[errors.GraphError]
) -> None:
    call = Call(verb[0], path, verb[1], request_id="ours")
    error = error_of(call, Answer(status, {"request-id": "theirs"}, body), NOW)
    assert type(error) is kind
    assert (error.method, error.path, error.status, error.request_id) == (verb[0], path, status, "theirs")


@pytest.mark.parametrize(
    ("verb", "why", "kind"),
    [
        (GET, LossReason.NOT_SENT, errors.Unavailable),
        (GET, LossReason.TIMED_OUT, errors.Unavailable),
        (GET, LossReason.BROKEN, errors.Unavailable),
        (GET, LossReason.TOO_LARGE, errors.TooLarge),
        (PUT, LossReason.TIMED_OUT, errors.Unavailable),
        (START, LossReason.BROKEN, errors.Unavailable),
        (PROBE, LossReason.TIMED_OUT, errors.Unavailable),
        (CREATE, LossReason.NOT_SENT, errors.Unavailable),
        (CREATE, LossReason.TIMED_OUT, errors.OutcomeUnknown),
        (CREATE, LossReason.BROKEN, errors.OutcomeUnknown),
        (CREATE, LossReason.TOO_LARGE, errors.OutcomeUnknown),
    ],
)
def test_tells_what_a_lost_answer_means(
    verb: tuple[str, Effect], why: LossReason, kind: type[errors.GraphError]
) -> None:
    error = error_of(Call(verb[0], JOBS, verb[1], request_id="ours"), Lost(why), NOW)
    assert type(error) is kind
    assert error.request_id == "ours"


@pytest.mark.parametrize(
    ("body", "code", "inner", "message"),
    [
        (envelope("A", "m", "B"), "A", "B", "m"),
        (envelope("A", "m", "B", "innererror"), "A", "B", "m"),
        (envelope("UnknownError", envelope("Real", "words", "Deep").decode()), "Real", "Deep", "words"),
        (envelope("UnknownError", '{"code":"Real","message":"words"}'), "Real", "", "words"),
        (envelope("Outer", envelope("Nested", "words").decode()), "Outer", "Nested", "words"),
        (b'{"error":{"code":"A","innerError":{"innerError":{"code":"C"}}}}', "A", "C", ""),
        (b'{"error":"invalid_client"}', "invalid_client", "", ""),
        (b'{"error":"invalid_request","error_description":"words"}', "invalid_request", "", "words"),
        (b'{"error":"Something went wrong."}', "", "", "Something went wrong."),
        (b'{"Message":"No HTTP resource was found"}', "", "", "No HTTP resource was found"),
        (b'{"odata.error":{"code":"A","message":{"lang":"en","value":"words"}}}', "A", "", "words"),
        (envelope("UnknownError", '{"code":"Real","Message":"words"}'), "Real", "", "words"),
        (envelope("JobNotFound", '{"Message":"words"}'), "JobNotFound", "", "words"),
        (b'{"error":{"code":7,"message":null}}', "", "", ""),
        (b"[]", "", "", ""),
        (b"", "", "", ""),
        (HTML, "", "", ""),
        (b"[" * 100_000, "", "", ""),
    ],
)
def test_reads_codes_at_every_level(body: bytes, code: str, inner: str, message: str) -> None:
    said = read_envelope(body)
    assert (said.code, said.inner_code, said.message) == (code, inner, message)


def test_says_by_the_inner_code_why_credentials_were_refused() -> None:
    call = Call("POST", f"{JOBS}/validateCredentials", Effect.NONE)
    nested = error_of(call, Answer(400, {}, envelope("CredentialValidationUnavailable", "m", f"{SCIM}X")), NOW)
    flat = error_of(call, Answer(400, {}, envelope(f"{SCIM}InvalidCredentials", "m")), NOW)
    assert (nested.code, nested.inner_code) == ("CredentialValidationUnavailable", f"{SCIM}X")
    assert flat.inner_code == f"{SCIM}InvalidCredentials"


def test_carries_how_long_to_wait_and_in_which_scope() -> None:
    headers = {"retry-after": "120", "x-ms-throttle-scope": "Tenant_Application/ReadWrite/1/2"}
    error = error_of(Call("GET", "/users", Effect.NONE), Answer(429, headers), NOW)
    assert isinstance(error, errors.Throttled)
    assert (error.retry_after, error.scope) == (120.0, "Tenant_Application/ReadWrite/1/2")


IN_A_TEXT = envelope("TooManyRequests", '{"_version": 3, "Message": "An error has occurred", "RetryAfter": null}')


@pytest.mark.parametrize("body", [HTML, IN_A_TEXT, envelope("UnknownError", "Too Many Requests")])
def test_is_throttled_whatever_came_with_it_and_without_a_time(body: bytes) -> None:
    """Public case 05: a web page, JSON within the message, no code of its own; and no Retry-After."""
    error = error_of(Call("GET", "/auditLogs/provisioning", Effect.NONE), Answer(429, {}, body), NOW)
    assert isinstance(error, errors.Throttled)
    assert error.retry_after is None


def test_takes_the_request_id_from_the_body_where_no_header_has_it() -> None:
    error = error_of(
        Call("GET", "/users", Effect.NONE, request_id="ours"), Answer(400, {}, envelope("A", "m", "B")), NOW
    )
    assert error.request_id == "from-the-body"
    assert str(error).startswith("[from-the-body] GET /users 400")


@pytest.mark.parametrize(
    ("status", "body", "value"), [(200, b'{"a":1}', {"a": 1}), (201, b'{"a":1}', {"a": 1}), (204, b"", None)]
)
def test_takes_every_kind_of_good_answer(status: int, body: bytes, value: object) -> None:
    assert value_of(Call("POST", JOBS, Effect.ONCE), Answer(status, {}, body), NOW) == value
