"""The rows of the list as HTML: what is alike in all of them is rendered once, and each is filled in.

A hundred rows of several values each cost a template more than everything else on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from onboarding.domain.spelling import isolated
from onboarding.domain.standings import Standing
from onboarding.models import Onboarding
from onboarding.staff.people.queries import Row
from onboarding.web.moments import moments

ANYBODY = 2**63 - 1  # the key in the address of a story, in whose place stands that of whoever has the row
NONE = "–"  # noqa: RUF001 - what pages show where there is nothing
NOTHING = mark_safe('<span class="muted">–</span>')  # noqa: RUF001 - as NONE


def rows(found: Sequence[Row], onboarding: Onboarding, *, names: bool, here: str) -> SafeString:
    """These rows; `names`: whether they may be read; `here`: the way back from each person's story, as a query."""
    before, _key, behind = reverse("person", args=[onboarding.pk, ANYBODY]).partition(str(ANYBODY))
    address = {"before": before, "behind": behind + (f"?{here}" if here else "")}
    form = render_to_string("parts/staff/people_row.html", {"names": names, **address})
    labels = {standing: conditional_escape(standing.label) for standing in Standing}
    moment = moments()
    told = [
        form.format_map({"label": labels[row.standing], "at": moment(row.person.at), **_values(row)}) for row in found
    ]
    return mark_safe("".join(told))  # noqa: S308 - what is filled in is a number, a word of ours, or escaped


def _values(row: Row) -> Mapping[str, int | str]:
    """What is filled in. Whatever others wrote is escaped here: `str.format_map` escapes nothing."""
    person = row.person
    return {
        "key": person.pk,
        "name": isolated(person.name or person.user_name or person.source_id),
        "user_name": isolated(person.user_name or NONE),
        "standing": row.standing.value,
        "why": isolated(row.why) if row.why else NOTHING,
        "nothing": "" if row.why else " nothing",
    }
