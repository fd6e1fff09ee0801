"""Who failed is tried again: one person from their story, or those of one cause from the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from onboarding.customers import trying_again
from onboarding.customers.base import Refused
from onboarding.models import Onboarding, Person
from onboarding.staff.people import queries
from onboarding.staff.people.filters import filter_of
from onboarding.steps.live.trying import MOST
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def people_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have Microsoft try them now; back to the page from which that was asked."""
    onboarding = access.onboarding_for(request, pk)
    key = request.POST.get("person", "")
    try:
        count = trying_again.try_people(onboarding, _meant(request, onboarding), actor=access.staff(request))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        told = ngettext(
            "Microsoft tries %(count)s person again now. What comes of it is shown here within a minute.",
            "Microsoft tries %(count)s people again now. What comes of it is shown here within some minutes.",
            count,
        )
        messages.success(request, told % {"count": count})
    return redirect("person", pk, int(key)) if key.isdecimal() else redirect("people", pk)


def _meant(request: HttpRequest, onboarding: Onboarding) -> list[Person]:
    """The person that was named, or the first of those whom the same cause keeps, as it is now."""
    key = request.POST.get("person", "")
    if key:
        named = onboarding.people.filter(pk=int(key) if key.isdecimal() else 0, erased_at=None)
        return list(named.filter(standing__in=queries.TRIED_AGAIN))
    wanted = filter_of(request.POST)
    return queries.people_of(onboarding, wanted, most=MOST) if wanted.standing in queries.TRIED_AGAIN else []
