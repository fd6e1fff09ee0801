"""How the login service may answer: clouds, consents, refused tokens."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import documented, number, one_of, recorded, told, unconfirmed

CODES = "Authentication and authorization error codes (Microsoft)"


@dataclass(frozen=True)
class Login:
    """Discovery, consent and tokens."""

    cloud: str = one_of(
        "global",
        "Whose cloud is the tenant in?",
        **{"global": documented("Microsoft's global one.", "National clouds (Microsoft)")},
        usgov=recorded(
            "US Government's: the global host answers discovery with the other cloud's issuer, scope and instance; its"
            " token endpoint refuses a certificate with AADSTS700023, a secret with AADSTS900382.",
            "MicrosoftDocs/azure-docs#56915; smallstep/certificates#1309; letsencrypt-siteextension#399;"
            " DrollRobot/azure-auth, measured 2026",
        ),
        china=told(
            "21Vianet's in China: discovery likewise; the token endpoint refuses with AADSTS90038.",
            f"microsoft-authentication-library-for-dotnet#3455; {CODES}",
        ),
    )
    token_refused: int = number(
        "With which AADSTS number is an application's token refused?",
        recorded(
            "7000112: switched off by the customer; 53003, 53000, 530035: conditional access; 50076: a second factor;"
            " 700023: another cloud's endpoint.",
            f"Worklytics/psoxy#74; MicrosoftDocs/azure-docs#28469; DrollRobot/azure-auth; {CODES}",
        ),
    )
    consent_grants: str = one_of(
        "application",
        "What does a consent grant?",
        application=documented("The application permissions of the registration.", "Grant admin consent (Microsoft)"),
        delegated=recorded("Delegated ones only: the token has no roles.", "redhat-cop/group-sync-operator#345"),
    )
    approval: str = one_of(
        "on_the_page",
        "Where is a consent given?",
        on_the_page=documented("On the page, by an account whose role is enough.", "Admin consent (Microsoft)"),
        in_the_portal=recorded(
            "The page takes a request (AADSTS90095); a reviewer approves in the portal, and no callback comes.",
            "MicrosoftDocs/azure-docs#51804, #80997; IntuneAssistant#394",
        ),
    )
    callback: str = one_of(
        "whole",
        "How does the callback of a consent arrive?",
        whole=documented("Once, as it was sent.", "Admin consent (Microsoft)"),
        with_title=recorded("The page's title hangs on the state.", "microsoft-teams-library-js#2515"),
        lost=told("Not at all: the consent is there, and the browser stays at Microsoft.", "auth0-spa-js#359"),
    )
    admins: str = one_of(
        "members",
        "Whose accounts do the customer's admins have?",
        members=documented("Those of the tenant.", "Microsoft Entra B2B"),
        guests=told("Guests: they sign in with an address of their own organisation.", "Microsoft Entra B2B"),
    )
    refused_consent: int = number(
        "With which AADSTS number does a consent end for everybody?",
        unconfirmed(
            "53003, 530035: conditional access; 65005, 50158 and others; the browser comes back with it.", CODES
        ),
    )
