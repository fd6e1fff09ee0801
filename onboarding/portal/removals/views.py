"""Removals that are held back: the customer's admin says whether they are intended, on the page that lists who."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.customers import removals
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.private import kept_private


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """One of the two buttons of the progress page, for a browser that may see it."""
    link = access.link_of_session(request)
    intended = {"intended": True, "to_stay": False}.get(request.POST.get("answer", ""))
    if link is not None and intended is not None:
        say = partial(removals.answer, link, intended=intended, whom=request.POST.get("whom", ""))
        told = _("Saved. Two people at Haiilo let the removals through.")
        done(request, say, told if intended else _("Saved. Nobody is removed."))
    return redirect("progress")
