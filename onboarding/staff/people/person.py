"""One person's story on a page of its own."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onboarding.customers import name_access
from onboarding.engine.load_desired import headcount
from onboarding.engine.may import Act, may
from onboarding.models import Onboarding, Person, StepState
from onboarding.staff.people import queries
from onboarding.staff.people.filters import filter_of, query_of, seals
from onboarding.staff.people.story import story
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.web import access
from onboarding.web.page import page
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def person(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Why this person is or is not in Haiilo. Names are shown to those who may see them, and that is noted."""
    onboarding = access.onboarding_for(request, pk)
    names = may(access.staff(request), Act.SEE_NAMES, onboarding)
    row = Person.one(onboarding.pk, person_pk)
    if row is None:
        raise Http404(_("This person is not on the list any more."))
    if names and row.erased_at is None and request.method != "HEAD":
        name_access.note_viewing(onboarding, actor=access.staff(request))
    return page(request, "staff/person.html", "story", story_context(request, onboarding, row, names=names))


def story_context(request: HttpRequest, onboarding: Onboarding, row: Person, *, names: bool) -> dict[str, object]:
    """What the page of a story shows, with the way back to the list as it was filtered."""
    hide, open_ = seals(request, onboarding)
    wanted = filter_of(request.GET, open_(request.GET.get("s", "")) if names else "")
    after = open_(request.GET.get("after", ""))
    kept = query_of(wanted, hide) | ({"after": hide(after)} if after else {})
    return {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "names": names,
        "tries": queries.may_try(onboarding) and row.standing in queries.TRIED_AGAIN and not row.erased_at,
        "inquiry": None,
        "asked": "",
        "story": story(row, headcount(onboarding), started=is_started(onboarding), names=names),
        "back": reverse("people", args=[onboarding.pk]) + (f"?{urlencode(kept)}" if kept else ""),
    }


def is_started(onboarding: Onboarding) -> bool:
    """Whether provisioning was ever started. One query."""
    enable = StepState.one(onboarding.pk, EnableEvidence.step)
    return enable is not None and enable.done_at is not None
