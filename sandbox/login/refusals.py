"""AADSTS errors: flat JSON at the token endpoint, a page or a callback in the browser.

Numbers and texts: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TEXTS = {
    16000: "User account does not exist in tenant and cannot access the application in that tenant.",
    50011: "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
    500021: "Access to the tenant is denied by the tenant restrictions of the network.",
    50020: "User account from another identity provider does not exist in tenant and cannot access the application.",
    50034: "The user account does not exist in the directory.",
    50057: "The user account is disabled.",
    50059: "No tenant-identifying information found in either the request or implied by any provided credentials.",
    50058: "A silent sign-in request was sent but no user is signed in.",
    50076: "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
    50079: "Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.",
    50126: "Error validating credentials due to invalid username or password.",
    500011: "The resource principal was not found in the tenant.",
    50158: "External security challenge was not satisfied.",
    53000: "Device is not in required device state: compliant.",
    53001: "Device is not in required device state: domain joined.",
    530035: "Access has been blocked by security defaults.",
    53003: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    54005: "OAuth2 Authorization code was already redeemed, please retry with a new valid code.",
    65001: "The user or administrator has not consented to use the application.",
    65004: "User declined to consent to access the app.",
    650051: "The application is being consented to in this tenant at the same time; try again.",
    70000: "Provided grant is invalid or malformed.",
    65005: "The application requested access to a resource that is not listed in its required resource access.",
    700016: "Application was not found in the directory.",
    700021: "Client assertion application identifier doesn't match 'client_id' parameter.",
    700023: "Client assertion audience claim does not match Realm issuer. Review the documentation.",
    700024: "Client assertion is not within its valid time range.",
    700027: "The certificate with identifier used to sign the client assertion is not registered on application.",
    70003: "The app requested an unsupported grant type.",
    70008: "The provided authorization code or refresh token has expired due to inactivity.",
    70011: "The provided value for the input parameter 'scope' is not valid.",
    7000112: "Application is disabled.",
    7000215: "Invalid client secret provided.",
    7000218: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    7000222: "The provided client secret keys are expired.",
    7000229: "The client application is missing service principal in the tenant.",
    90002: "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the right cloud.",
    90013: "Invalid input received from the user.",
    90014: "The required field is missing from the credential.",
    90033: "A transient error has occurred. Please try again.",
    90038: "NationalCloudTenantRedirection: the tenant belongs to another national cloud than this endpoint.",
    90094: "Admin consent is required for the permissions requested by this application.",
    90095: "Admin consent is required for the permissions requested by this application; ask for approval.",
    900144: "The request body must contain the required parameter.",
    900382: "Confidential Client is not supported in Cross Cloud request.",
    900971: "No reply address provided.",
    9001023: "The grant type is not supported over the /common or /consumers endpoints; use a tenant-specific one.",
    501481: "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    5002723: "Invalid JWT token. The client assertion is malformed.",
}


WORDS = {
    50076: "interaction_required",
    50079: "interaction_required",
    65005: "invalid_resource",
    700023: "invalid_client",
    7000112: "unauthorized_client",
    90038: "invalid_request",
    900382: "invalid_client",
}
"""OAuth's word of those that a setting can ask for; access_denied for any other."""


class LoginRefused(Exception):
    """An AADSTS error. `word` is OAuth's error code, `status` the HTTP status at the token endpoint."""

    def __init__(self, number: int, word: str, *, status: int = 400, detail: str = "") -> None:
        super().__init__(f"AADSTS{number}")
        self.number, self.word, self.status = number, word, status
        self.trace, self.correlation = str(uuid.uuid4()), str(uuid.uuid4())
        self.detail = detail

    @property
    def description(self) -> str:
        """The text with its identifiers, as in error_description."""
        text = f"AADSTS{self.number}: {TEXTS.get(self.number, 'The request was refused.')}" + (
            f" {self.detail}" if self.detail else ""
        )
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        return f"{text} Trace ID: {self.trace} Correlation ID: {self.correlation} Timestamp: {stamp}"

    def body(self) -> dict[str, Any]:
        """The flat JSON error of the token endpoint."""
        return {
            "error": self.word,
            "error_description": self.description,
            "error_codes": [self.number],
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
            "trace_id": self.trace,
            "correlation_id": self.correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }


def by_number(number: int) -> LoginRefused:
    """The refusal with that AADSTS number, with OAuth's word for it."""
    word = WORDS.get(number, "access_denied")
    return LoginRefused(number, word, status=401 if word.endswith("_client") else 400)


def needed(values: Mapping[str, str], name: str) -> str:
    """A parameter that must be there. Raises LoginRefused (900144)."""
    value = values.get(name, "").strip()
    if not value:
        raise LoginRefused(900144, "invalid_request", detail=f"'{name}'.")
    return value
