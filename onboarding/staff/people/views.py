"""The users page: is everyone in, and if not, why? Names are shown to those who may see them, and that is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import push_url

from onboarding.customers import name_access
from onboarding.domain.headcount import Headcount
from onboarding.domain.input_fields import searched
from onboarding.engine.load_desired import headcount
from onboarding.engine.may import Act, may
from onboarding.models import Onboarding, Person
from onboarding.staff.people import queries
from onboarding.staff.people.filters import Hide, filter_of, query_of, seals
from onboarding.staff.people.line import chips, line
from onboarding.staff.people.rows import rows
from onboarding.staff.people.wanted import Filter
from onboarding.web import access
from onboarding.web.csv_file import csv_file
from onboarding.web.page import is_swap, page
from onboarding.web.staff_only import for_staff


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers, causes, then everybody by user name. A search is sent by POST and kept in the address sealed."""
    onboarding = access.onboarding_for(request, pk)
    names = may(access.staff(request), Act.SEE_NAMES, onboarding)
    hide, open_ = seals(request, onboarding)
    if request.method == "POST":
        wanted = filter_of(request.POST, searched(request.POST) if names else "")
        address = _address(onboarding, query_of(wanted, hide))
        if not is_swap(request):
            return HttpResponseRedirect(address)
        return push_url(_list(request, onboarding, wanted, hide=hide, names=names), address)
    wanted = filter_of(request.GET, open_(request.GET.get("s", "")) if names else "")
    return _list(request, onboarding, wanted, after=open_(request.GET.get("after", "")), hide=hide, names=names)


def _list(
    request: HttpRequest, onboarding: Onboarding, wanted: Filter, *, after: str = "", hide: Hide, names: bool
) -> HttpResponse:
    found, kept = queries.people(onboarding, wanted, after=after, names=names), query_of(wanted, hide)
    here = urlencode({**kept, "after": hide(after)} if after else kept)
    if names and found.rows and request.method != "HEAD":
        name_access.note_viewing(onboarding, actor=access.staff(request))
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "people": replace(found, rows=[]),  # a context goes with the garbage that is collected, and long after its page
        "names": names,
        "may_try": queries.may_try(onboarding),
        "rows": rows(found.rows, onboarding, names=names, here=here),
        "wanted": wanted,
        "finding": found.finding,
        "kept": kept,
        "line": line(found.numbers.shown),
        "chips": chips(found.numbers.shown, wanted, kept={"s": kept["s"]} if "s" in kept else {}),
        "causes": [(cause, urlencode(query_of(cause.wanted, hide))) for cause in found.causes],
        "next": urlencode({**kept, "after": hide(found.next)}) if found.next else "",
        "first": urlencode(kept) if after else None,
    }
    return page(request, "staff/people.html", "people", context)


@for_staff
@require_POST
def people_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All people that the filter leaves, as CSV. A POST, because who took it is noted."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    names = may(actor, Act.SEE_NAMES, onboarding)
    _hide, open_ = seals(request, onboarding)
    wanted = filter_of(request.POST, open_(request.POST.get("s", "")) if names else "")
    name_access.note_export(onboarding, actor=actor, with_names=names)
    header = (_("Name"), _("User name"), _("Status"), _("Why"), _("Code"), _("Microsoft's words"), _("Time"))
    cells = _cells(queries.people_rows(onboarding, wanted), headcount(onboarding), names=names)
    return csv_file(f"{slugify(onboarding.customer.name) or 'customer'}-users.csv", header, cells)


def _cells(people: Iterator[Person], numbers: Headcount, *, names: bool) -> Iterator[tuple[str, ...]]:
    for person, why in queries.with_whys(people, names=names):
        nameless = _("(erased)") if person.erased_at else "" if names else _("(hidden)")
        yield (
            nameless or person.name,
            nameless or person.user_name,
            str(queries.shown(person, numbers).label),
            why,
            person.code,
            person.reason if names else "",
            person.at.isoformat(),
        )


def _address(onboarding: Onboarding, query: Mapping[str, str]) -> str:
    return reverse("people", args=[onboarding.pk]) + (f"?{urlencode(query)}" if query else "")
