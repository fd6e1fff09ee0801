"""The message with which somebody who may not approve hands the link to somebody who may."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.portal.shared.link_view import LinkView


@dataclass(frozen=True)
class Forwarding:
    """Subject and text, ready to be sent; `mailto` opens the reader's own mail program with both."""

    subject: str
    text: str
    recipient: str = ""

    @property
    def mailto(self) -> str:
        """The address of a new mail, to the recipient where there is one."""
        return f"mailto:{quote(self.recipient, safe='@')}?subject={quote(self.subject)}&body={quote(self.text)}"


def forwarding(view: LinkView, address: str = "", *, recipient: str = "") -> Forwarding:
    """In the reader's language. `address` is the link itself, left out where the page does not know it."""
    names = {
        "customer": view.customer_name,
        "asker": view.asker.name or "Haiilo",
        "mail": f" ({view.asker.reach})" if view.asker.reach else "",
        "count": len(view.permissions),
        "day": date_format(timezone.localtime(view.link.expires_at), "DATE_FORMAT"),
    }
    paragraphs = [
        _("Hello,"),
        _purpose(view) % names,
        ngettext(
            "For that, somebody with the role Global Administrator or Privileged Role Administrator has to approve "
            "%(count)s permission once. It takes about two minutes, and the page explains the permission.",
            "For that, somebody with the role Global Administrator or Privileged Role Administrator has to approve "
            "%(count)s permissions once. It takes about two minutes, and the page explains each of them.",
            len(view.permissions),
        )
        % names,
        _("This is the link. It works once, until %(day)s:") % names + f"\n{address}"
        if address
        else _("Please use the link in the message below this one. It works once, until %(day)s.") % names,
        _("It was sent by %(asker)s at Haiilo%(mail)s, who is happy to answer questions.") % names,
    ]
    subject = _subject(view) % names
    return Forwarding(subject, "\n\n".join(paragraphs), recipient)


def _purpose(view: LinkView) -> str:
    if view.is_about_read_only:
        return _(
            "Haiilo has set up the accounts at %(customer)s and only needs to read from now on. For that, "
            "another application of Haiilo's has to be approved; the one for setting up can be deleted "
            "afterwards."
        )
    return _("Haiilo will create accounts for the people at %(customer)s automatically from Microsoft Entra ID.")


def _subject(view: LinkView) -> str:
    if view.is_about_read_only:
        return _("Haiilo at %(customer)s: please approve read-only access")
    return _("Haiilo at %(customer)s: your approval is needed (about 2 minutes)")
