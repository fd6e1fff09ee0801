"""The users page: is everyone in, and if not, why? Names are shown to those who may see them, and that is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import push_url

from onboarding.customers import name_access
from onboarding.domain.input_fields import searched
from onboarding.engine.may import Act, may
from onboarding.models import Onboarding, Person
from onboarding.staff.people import queries
from onboarding.staff.people.export import csv_file
from onboarding.staff.people.line import chips, line
from onboarding.web import access, hidden_text
from onboarding.web.page import is_swap, page
from onboarding.web.staff_only import for_staff

Result = Person.Result
Hide = Callable[[str], str]


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers, causes, then everybody by user name. A search is sent by POST and kept in the address sealed."""
    onboarding = access.onboarding_for(request, pk)
    names = may(access.staff(request), Act.SEE_NAMES, onboarding)
    hide, open_ = _seals(request, onboarding)
    if request.method == "POST":
        wanted = _filter(request.POST, searched(request.POST) if names else "")
        address = _address(onboarding, _query(wanted, hide))
        if not is_swap(request):
            return HttpResponseRedirect(address)
        return push_url(_list(request, onboarding, wanted, hide=hide, names=names), address)
    wanted = _filter(request.GET, open_(request.GET.get("s", "")) if names else "")
    return _list(request, onboarding, wanted, after=open_(request.GET.get("after", "")), hide=hide, names=names)


def _list(
    request: HttpRequest, onboarding: Onboarding, wanted: queries.Filter, *, after: str = "", hide: Hide, names: bool
) -> HttpResponse:
    found, kept = queries.people(onboarding, wanted, after=after, names=names), _query(wanted, hide)
    if names and found.rows and request.method != "HEAD":
        name_access.note_viewing(onboarding, actor=access.staff(request))
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "people": found,
        "names": names,
        "rows": [(person, queries.why(person, names=names)) for person in found.rows],
        "wanted": wanted,
        "kept": kept,
        "missing": _missing(found),
        "line": line(found.counts, found.total),
        "chips": chips(found.counts, wanted, kept={"s": kept["s"]} if "s" in kept else {}),
        "causes": [(cause, urlencode(_query(_of(cause), hide))) for cause in found.causes],
        "next": urlencode({**kept, "after": hide(found.next)}) if found.next else "",
        "first": urlencode(kept) if after else None,
    }
    return page(request, "staff/people.html", "people", context)


def _missing(found: queries.People) -> int | None:
    """How many of those in scope are not in Haiilo; None while one of the two numbers is not known."""
    if found.in_scope is None or found.arrived is None:
        return None
    return max(found.in_scope - found.arrived, 0)


@for_staff
@require_POST
def people_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All people that the filter leaves, as CSV. A POST, because who took it is noted."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    names = may(actor, Act.SEE_NAMES, onboarding)
    _hide, open_ = _seals(request, onboarding)
    wanted = _filter(request.POST, open_(request.POST.get("s", "")) if names else "")
    name_access.note_export(onboarding, actor=actor, with_names=names)
    header = (_("Name"), _("User name"), _("Result"), _("Why"), _("Code"), _("Microsoft's words"), _("Time"))
    rows = _cells(queries.people_rows(onboarding, wanted), names=names)
    return csv_file(f"{slugify(onboarding.customer.name) or 'customer'}-users.csv", header, rows)


def _cells(people: Iterator[Person], *, names: bool) -> Iterator[tuple[str, ...]]:
    for person in people:
        nameless = _("(erased)") if person.erased_at else "" if names else _("(hidden)")
        yield (
            nameless or person.name,
            nameless or person.user_name,
            str(person.get_result_display()),
            queries.why(person, names=names),
            person.code,
            person.reason if names else "",
            person.at.isoformat(),
        )


def _seals(request: HttpRequest, onboarding: Onboarding) -> tuple[Hide, Hide]:
    """How texts are put into addresses of this page, and taken out again."""
    whose: Mapping[str, Any] = {"onboarding": onboarding, "reader": access.staff(request).pk}
    return partial(hidden_text.hidden, **whose), partial(hidden_text.opened, **whose)


def _filter(data: QueryDict, search: str) -> queries.Filter:
    result = data.get("result", "")
    return queries.Filter(
        result=result if result in Result.values else "",
        code=searched(data, "code"),
        mark=searched(data, "mark"),
        lacking=searched(data, "lacking"),
        search=search,
    )


def _of(cause: queries.Cause) -> queries.Filter:
    return queries.Filter(result=cause.result, code=cause.code, mark=cause.mark, lacking=cause.lacking)


def _query(wanted: queries.Filter, hide: Hide) -> dict[str, str]:
    """The filter for an address: what was searched for cannot be read in it."""
    open_ = {name: value for name, value in vars(replace(wanted, search="")).items() if value}
    return {**open_, "s": hide(wanted.search)} if wanted.search else open_


def _address(onboarding: Onboarding, query: Mapping[str, str]) -> str:
    return reverse("people", args=[onboarding.pk]) + (f"?{urlencode(query)}" if query else "")
