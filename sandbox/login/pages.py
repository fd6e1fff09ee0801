"""Microsoft's pages as far as a person has to use them: plain HTML, no script."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

STYLE = Markup("""
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f2f2f2; color: #1b1b1b; }
main { box-sizing: border-box; width: min(27rem, 100%); padding: 2.5rem; background: #fff; }
h1 { font-size: 1.4rem; font-weight: 600; margin: .5rem 0 1rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; margin: .2rem 0 1rem; }
button { font: inherit; padding: .5rem 1.6rem; border: 0; background: #005a9e; color: #fff; cursor: pointer; }
button + button { background: #ccc; color: #000; margin-left: .5rem; }
.wrong { color: #b00020; } .small { font-size: .85rem; } code { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1b1b; color: #f2f2f2; } main { background: #2b2b2b; } .wrong { color: #ff8a8a; }
}
""")
NOTE = "This page is played by a sandbox on this machine. It is not Microsoft's."
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


def _page(title: str, body: Markup) -> str:
    return Markup(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<title>{title}</title><style>{style}</style></head><body><main><p class='small'>Microsoft</p>"
        "<h1>{title}</h1>{body}<p class='small'>{note}</p></main></body></html>"
    ).format(title=title, style=STYLE, body=body, note=NOTE)


def sign_in(action: str, context: str, hint: str, problem: str = "") -> str:
    """The sign-in page. `context` comes back with the form; `problem` is shown above the fields."""
    body = Markup(
        "{problem}<form method='post' action='{action}'><input type='hidden' name='ctx' value='{context}'>"
        "<label>User name<input name='login' type='text' value='{hint}' autocomplete='username' autofocus></label>"
        "<label>Password<input name='passwd' type='password' autocomplete='current-password'></label>"
        "<button type='submit'>Sign in</button></form>"
    ).format(problem=_problem(problem), action=action, context=context, hint=hint)
    return _page("Sign in to your account", body)


def _problem(text: str) -> Markup:
    return Markup("<p class='wrong' role='alert'>{}</p>").format(text) if text else Markup()


def consent(
    action: str, context: str, app_name: str, organization: str, person: str, permissions: Sequence[str]
) -> str:
    """What is asked for, and accept or decline."""
    items = Markup("").join(
        Markup("<li>{} <span class='small'>({})</span></li>").format(WHAT.get(each, each), each) for each in permissions
    )
    body = Markup(
        "<p class='small'>{person}</p><p><strong>{app}</strong> would like to, for all of {organization}:</p>"
        "<ul>{items}</ul><p class='small'>If you accept, this app will get access to the specified resources for all"
        " users in your organization. No one else will be prompted to review these permissions.</p>"
        "<form method='post' action='{action}'><input type='hidden' name='ctx' value='{context}'>"
        "<button type='submit' name='decision' value='accept'>Accept</button>"
        "<button type='submit' name='decision' value='decline'>Cancel</button></form>"
    ).format(person=person, app=app_name, organization=organization, items=items, action=action, context=context)
    return _page("Permissions requested: review for your organization", body)


def need_approval(action: str, context: str, app_name: str, description: str) -> str:
    """AADSTS90094: this account may not consent (REFERENCE 1.5, 2.2)."""
    body = Markup(
        "<p><strong>{app}</strong> needs permission to access resources in your organization that only an admin can"
        " grant. Ask an admin to grant permission to this app before you can use it.</p>"
        "<p class='small'><code>{description}</code></p>"
        "<form method='post' action='{action}'><input type='hidden' name='ctx' value='{context}'>"
        "<button type='submit' name='decision' value='return'>Return to the application without accepting</button>"
        "</form>"
    ).format(app=app_name, description=description, action=action, context=context)
    return _page("Need admin approval", body)


def error(description: str) -> str:
    """An error that ends here: nothing is sent back to the application."""
    body = Markup("<p>Sorry, but we're having trouble signing you in.</p><p class='wrong'><code>{}</code></p>").format(
        description
    )
    return _page("Sign in", body)


def form_post(address: str, values: dict[str, str]) -> str:
    """response_mode=form_post, with a button in place of the script."""
    fields = Markup("").join(
        Markup("<input type='hidden' name='{}' value='{}'>").format(name, value) for name, value in values.items()
    )
    body = Markup("<form method='post' action='{}'>{}<button type='submit'>Continue</button></form>").format(
        escape(address), fields
    )
    return _page("Continue", body)
