"""Several drafts released at once; what became of each is told."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.customers import outbox
from onboarding.customers.base import Refused
from onboarding.engine.may import Act, where
from onboarding.models import Letter
from onboarding.web import access
from onboarding.web.staff_only import for_staff

MOST = 50  # as many as a page shows


@dataclass(frozen=True)
class Chosen:
    """A letter whose box was ticked, as it was shown: its words, and the tenant that the tick confirms, if any."""

    pk: int
    words: str
    tenant: str


@for_staff
@require_POST
def letters_release(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Let the drafts go that were ticked. Each is an act of its own: what is refused keeps no other one back."""
    actor = access.staff(request)
    chosen = {each.pk: each for each in map(_chosen, request.POST.getlist("letter")[:MOST]) if each is not None}
    letters = Letter.objects.filter(pk__in=chosen, onboarding__in=where(actor, Act.WRITE_LETTERS)).order_by("-pk")
    released = []
    for letter in letters.select_related("onboarding__customer"):
        why = _refusal(letter, chosen[letter.pk], actor)
        if why:
            messages.warning(request, _("Not sent, %(letter)s: %(why)s") % {"letter": _name_of(letter), "why": why})
        else:
            released.append(_name_of(letter))
    if released:
        told = _("Being sent now, or tomorrow if the address already got an e-mail today: %(letters)s")
        messages.success(request, told % {"letters": "; ".join(released)})
    elif not letters:
        messages.warning(request, _("Nothing was selected, so nothing is sent."))
    return redirect(f"{reverse('outbox', args=[] if pk is None else [pk])}?show=drafts")


def _chosen(value: str) -> Chosen | None:
    pk, _colon, rest = value.partition(":")
    words, _colon, tenant = rest.partition(":")
    return Chosen(int(pk), words, tenant) if pk.isdecimal() and len(pk) < 19 and words else None


def _refusal(letter: Letter, chosen: Chosen, actor: User) -> str:
    """Why it is not sent; empty where it is."""
    try:
        outbox.release(letter, actor=actor, tenant=chosen.tenant, words=chosen.words)
    except Refused as refused:
        return str(refused.sentence)
    return ""


def _name_of(letter: Letter) -> str:
    return f"{letter.onboarding.customer.name} ({letter.to_name})"
