"""The users page: is everyone in, and if not, why?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onboarding import access, queries, services
from onboarding.forms import searched
from onboarding.http import page
from onboarding.models import ProvisionedPerson

from .export import csv_file
from .people_line import chips, line
from .staff import for_staff

Result = ProvisionedPerson.Result


@for_staff
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers, causes, then everybody by user name."""
    onboarding = access.onboarding_for(request, pk)
    wanted, after = _filter(request.GET), request.GET.get("after", "")
    found = queries.people(onboarding, wanted, after=after)
    kept = _query(wanted)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "people": found,
        "rows": [(person, queries.why(person)) for person in found.rows],
        "wanted": wanted,
        "kept": kept,
        "missing": max(found.in_scope - found.arrived, 0) if found.in_scope is not None else None,
        "line": line(found.counts, found.total),
        "chips": chips(found.counts, wanted),
        "causes": [(cause, urlencode(_query(_of(cause)))) for cause in found.causes],
        "next": urlencode({**kept, "after": found.next}) if found.next else "",
        "first": urlencode(kept) if after else None,
    }
    return page(request, "people.html", "people", context)


@for_staff
@require_POST
def people_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All people that the filter leaves, as CSV. A POST, because who took it is noted."""
    onboarding = access.onboarding_for(request, pk)
    wanted = _filter(request.POST)
    services.note_export(onboarding, actor=access.staff(request))
    rows = (
        (
            person.name,
            person.user_name,
            person.get_result_display(),
            queries.why(person),
            person.code,
            person.reason,
            person.at.isoformat(),
        )
        for person in queries.people_rows(onboarding, wanted)
    )
    header = (_("Name"), _("User name"), _("Result"), _("Why"), _("Code"), _("Microsoft's words"), _("Time"))
    return csv_file(f"{slugify(onboarding.customer.name) or 'customer'}-users.csv", header, rows)


def _filter(data: QueryDict) -> queries.Filter:
    result = data.get("result", "")
    return queries.Filter(
        result=result if result in Result.values else "",
        code=searched(data, "code"),
        mark=searched(data, "mark"),
        search=searched(data),
    )


def _of(cause: queries.Cause) -> queries.Filter:
    return queries.Filter(result=cause.result, code=cause.code, mark=cause.mark)


def _query(wanted: queries.Filter) -> dict[str, str]:
    return {name: value for name, value in vars(wanted).items() if value}
