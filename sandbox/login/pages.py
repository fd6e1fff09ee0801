"""Microsoft's pages as far as a person has to use them: plain HTML, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template

SIGN_IN = "Sign in to your account"
WHAT = {
    "Synchronization.ReadWrite.All": "Read and write all Azure AD synchronization data",
    "Synchronization.Read.All": "Read all Azure AD synchronization data",
    "Application.Read.All": "Read all applications",
    "Application.ReadWrite.OwnedBy": "Manage apps that this app creates or owns",
    "ProvisioningLog.Read.All": "Read all provisioning log data",
    "AuditLog.Read.All": "Read all audit log data",
    "User.Read.All": "Read all users' full profiles",
    "GroupMember.Read.All": "Read all group memberships",
    "Organization.Read.All": "Read organization information",
    "AppRoleAssignment.ReadWrite.All": "Manage app permission grants and app role assignments",
}
"""Permission → what Microsoft's page says of it."""


def sign_in(action: str, context: str, hint: str, problem: str = "") -> str:
    """The sign-in page. `context` comes back with the form; `problem` is shown above the fields."""
    return render_template(
        "login/sign_in.html", title=SIGN_IN, action=action, context=context, hint=hint, problem=problem
    )


def consent(
    action: str, context: str, app_name: str, organization: str, person: str, permissions: Sequence[str]
) -> str:
    """What is asked for, and accept or decline."""
    return render_template(
        "login/consent.html",
        title="Permissions requested: review for your organization",
        action=action,
        context=context,
        app_name=app_name,
        organization=organization,
        person=person,
        permissions=[(name, WHAT.get(name, name)) for name in permissions],
    )


def need_approval(action: str, context: str, app_name: str, description: str, *, request: bool = False) -> str:
    """AADSTS90094, or 90095 with a `request`: this account may not consent (docs/graph-facts.md, "Consent")."""
    return render_template(
        "login/need_approval.html",
        title="Need admin approval",
        action=action,
        context=context,
        app_name=app_name,
        description=description,
        request=request,
    )


def told(text: str) -> str:
    """A page on which the way ends, with a good word."""
    return render_template("login/error.html", title="Permissions requested", description=text)


def error(description: str) -> str:
    """An error that ends here: nothing is sent back to the application."""
    return render_template("login/error.html", title="Sign in", description=description)


def form_post(address: str, values: Mapping[str, str]) -> str:
    """response_mode=form_post, with a button in place of the script."""
    return render_template("login/form_post.html", title="Continue", address=address, values=values)
