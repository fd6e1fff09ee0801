"""Who can approve instead, as the holder of a link names them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TidyEmailField, TidyField
from onboarding.domain.spelling import SpellingForm
from onboarding.models import Link
from onboarding.portal.shared import link_view


class ApproverForm(SpellingForm):
    """A name and an address; nothing else is asked of somebody who only passes it on."""

    use_required_attribute = False
    name = TidyField(
        label=_("Name of the person who can approve"),
        max_length=200,
        error_messages={"required": _("Enter the person's name.")},
    )
    email = TidyEmailField(
        label=_("E-mail of this person"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is not an e-mail address. Enter one such as eva@contoso.com."),
        },
    )

    def person(self) -> dict[str, str]:
        """Who was named, ready for the services."""
        return {name: self.cleaned_data[name] for name in ("name", "email")}


def ask_who_approves(
    request: HttpRequest, link: Link, form: ApproverForm, action: str, *, go_on: str = "", token: str = ""
) -> HttpResponse:
    """The page that asks the holder of a link who can approve instead.

    `go_on` is Microsoft's page, to try anyway. With the holder's `token` the page leads back to the link.
    """
    view = link_view.link_view(link)
    context = {"view": view, "form": form, "action": action, "go_on": go_on, "token": token}
    return render(request, "portal/approver.html", context)
