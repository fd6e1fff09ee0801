"""One page with everything that was found before provisioning starts, to read, to print and to send."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onboarding.models import clock
from onboarding.staff.readiness.queries import Report, report
from onboarding.web import access
from onboarding.web.csv_file import csv_file
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as everything was seen last; nothing is read for it."""
    onboarding = access.onboarding_for(request, pk)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "report": report(onboarding),
        "now": clock.now(),
    }
    return render(request, "staff/readiness.html", context)


@for_staff
@require_safe
def readiness_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All lines of the report as CSV. It names nobody of the customer's people."""
    onboarding = access.onboarding_for(request, pk)
    header = (_("Section"), _("Status"), _("Found"), _("Evidence"), _("Who acts"), _("Time"), _("Decision"))
    name = f"{slugify(onboarding.customer.name)}-readiness.csv".lstrip("-")
    return csv_file(name, header, _cells(report(onboarding)))


def _cells(found: Report) -> Iterator[tuple[str, ...]]:
    for section in found.sections:
        for line in section.lines:
            evidence = " ".join(map(str, line.evidence))
            at = line.at.isoformat() if line.at else ""
            yield str(section.title), str(line.label), str(line.sentence), evidence, str(line.owner_label), at, ""
    for each in found.findings:
        status = _("no account") if each.is_certain else _("to know")
        path = " > ".join(map(str, each.path))
        decided = f"{each.known.by}, {each.known.at.isoformat()} ({each.known.people})" if each.known else ""
        title, at = _("What is odd about the data"), found.counted_at.isoformat() if found.counted_at else ""
        yield title, status, str(each.sentence), path, str(each.owner_label), at, decided
