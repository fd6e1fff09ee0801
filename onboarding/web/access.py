"""The only way from a request to an onboarding or a link. Strangers get a 404, not a 403: they learn nothing."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from onboarding.engine.may import Act, one
from onboarding.invites.rate_limit import MAX_AGENT, Source
from onboarding.models import Link, Onboarding, Portfolio

LINK_OF_SESSION = "link"
BROWSER_OF_SESSION = "browser"
FORWARDS_OF_SESSION = "forwards"


def staff(request: HttpRequest) -> User:
    """The signed-in member of staff. Views carry `login_required`, so that there is one."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def onboarding_for(request: HttpRequest, pk: int) -> Onboarding:
    """The onboarding with this key, if the signed-in person may see it; else `Http404`."""
    found = one(staff(request), Act.SEE, pk)
    if found is None:
        raise Http404(_("This customer does not exist, or you do not have access to it."))
    return found


def portfolios_of(request: HttpRequest) -> list[Portfolio]:
    """The portfolios in which the signed-in person may create customers."""
    return list(Portfolio.objects.filter(members=staff(request)).order_by("name"))


def link_for(token: str) -> Link | None:
    """The link with this token, usable or not."""
    return Link.objects.by_token(token)


def link_of_session(request: HttpRequest) -> Link | None:
    """The link with which this browser signed in, for the progress page; none once it was revoked."""
    pk = request.session.get(LINK_OF_SESSION)
    if pk is None:
        return None
    return Link.objects.select_related("onboarding__customer").filter(pk=pk, revoked_at=None).first()


def may_forward(request: HttpRequest, link: Link) -> None:
    """Remember that this browser came back from Microsoft with `link`: its holder may begin again, or name somebody
    who can approve.
    """
    request.session[FORWARDS_OF_SESSION] = link.pk


def forwarded_link(request: HttpRequest) -> Link | None:
    """The link that `may_forward` remembered, usable or not."""
    pk = request.session.get(FORWARDS_OF_SESSION)
    return Link.objects.select_related("onboarding__customer").filter(pk=pk).first() if pk else None


def browser_of(request: HttpRequest) -> str:
    """The secret by which this browser is known again, empty where it has none. It outlives a change of session key."""
    return str(request.session.get(BROWSER_OF_SESSION, ""))


def source_of(request: HttpRequest) -> Source:
    """Where this request comes from; behind our own proxy, the address that it names last."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    agent = "".join(each for each in request.headers.get("User-Agent", "") if each.isprintable())
    return Source(address[:45], agent[:MAX_AGENT])


def remember_browser(request: HttpRequest) -> str:
    """Give this browser a secret of its own if it has none, under a session key that nobody can have planted."""
    request.session.cycle_key()
    known = request.session.setdefault(BROWSER_OF_SESSION, secrets.token_urlsafe(32))
    return str(known)
