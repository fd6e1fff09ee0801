"""The progress page, for the browser that consented."""

from __future__ import annotations

from functools import partial
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.views.decorators.http import require_safe

from onboarding.causes import trip
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Kind
from onboarding.invites.links import ACCESS
from onboarding.portal.shared import link_view
from onboarding.portal.shared.handover_view import handover_view
from onboarding.portal.shared.problems import problem_page
from onboarding.portal.shared.removals_view import removals_view
from onboarding.portal.shared.stages import asked_of_customer, just_approved, just_renewed, stages
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.web import access
from onboarding.web.over_time import over_time
from onboarding.web.page import page
from onboarding.web.paging import version
from onboarding.web.private import kept_private
from onboarding.web.refreshing import SECONDS_AT_REST, now_seen
from onboarding.web.step_view import MOVING

TOLD_TO_THE_ADMIN = ("created", "updated", "failed")  # of what happened to people over time
STAGE_MOVES = 3  # seconds between two questions of the open page


@csp_update({"form-action": ["https:"]})  # "Approve again" leads to where the link's button does
@kept_private
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far we are, for the browser that consented. Asks again by itself, faster while something moves."""
    found = access.link_of_session(request)
    if found is None:
        return problem_page(request, trip.NO_SESSION)
    context = _context(link_view.link_view(found))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return page(request, "portal/progress.html", "progress", context)


def _context(view: link_view.LinkView) -> dict[str, Any]:
    """What the progress page shows beside the view itself."""
    paused = view.link.onboarding.state == State.PAUSED
    arrived = view.people.arrived
    in_scope = view.in_scope if view.people.in_scope is None else view.people.in_scope
    pending = any(just_approved(step) for step in view.steps) or just_renewed(view.steps)
    asking = next((step for step in view.steps if step.is_current and step.ask is not None and not pending), None)
    access_open = any(step.key in ACCESS and step.kind != Kind.DONE for step in view.steps)
    first = next((step for step in view.steps if step.key in ACCESS and step.kind != Kind.DONE), None)
    arriving = first is not None and (first.kind in MOVING or first.pending)
    mode = view.read_only if view.is_about_read_only and not access_open else None
    ask = asked_of_customer(asking, mode)
    handover = None if mode else handover_view(view.link)
    wanted = handover is not None and handover.form is not None
    shown = handover.shown if handover else None
    moving = (view.moving or pending or (mode is not None and mode.waits)) and not paused
    return {
        "view": view,
        "mode": mode,
        "arriving": arriving,
        "stages": stages(view.steps, asked=ConnectionEvidence.step if wanted else ""),
        "live": all(step.kind == Kind.DONE for step in view.steps),
        "ask": ask,
        "told": next((step.told for step in view.steps if step.is_current), None),
        "owner": asking.offers.get("owner") if asking else None,
        "owned_beside": asking.offers.get("owned_beside") if asking else None,
        "arrived": arrived,
        "removals": None if mode else removals_view(view),
        "handover": handover,
        "hands_over": wanted and ask is None,
        "over_time": partial(over_time, view.link.onboarding, TOLD_TO_THE_ADMIN),
        "shown": "" if arrived is None else number_format(arrived, force_grouping=True),
        "set_up": view.link.onboarding.live_at is not None,
        "started": any(step.key == EnableEvidence.step and step.done_at for step in view.steps),
        "in_scope": in_scope,
        "share": in_scope is not None and arrived is not None and arrived <= in_scope,
        "scope_text": number_format(in_scope, force_grouping=True) if in_scope else "",
        "every": STAGE_MOVES if moving else SECONDS_AT_REST,
        "paused": paused,
        "seen": now_seen(version(view.steps, view.people, view.in_scope, view.read_only, paused, shown)),
    }
