"""A secret that the customer's admin was asked for is handed over, on the page that asks for it."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from onboarding.causes import trip
from onboarding.customers import handover
from onboarding.domain.input_fields import focus_first_error
from onboarding.portal.shared.handover_view import form_of, handover_view
from onboarding.portal.shared.problems import problem_page
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.private import kept_private


@sensitive_post_parameters("token")
@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """The button of the progress page, for a browser that may see it; what cannot be a token is said beside it."""
    link = access.link_of_session(request)
    if link is None:
        return problem_page(request, trip.NO_SESSION)
    asked, form = request.POST.get("asked", ""), form_of(request.POST)
    if request.method != "POST" or not asked.isdecimal():
        return redirect("progress")
    if form.is_valid():
        give = partial(handover.hand_over, link, asked=int(asked), answer=form.answer(), secrets=form.secrets())
        done(request, give, f"{_('Thank you. The token was handed over.')} {form.note() or ''}".strip())
        return redirect("progress")
    found = handover_view(link, form)
    if found is None or found.form is None:
        return redirect("progress")
    focus_first_error(form)
    return render(request, "portal/handover.html", {"handover": found, "customer": link.onboarding.customer})
