"""Lets only people who are signed in to the pages of staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_staff(view: View[P]) -> View[P]:
    """Only for people who are signed in; others are led to the sign-in. What is answered is kept by no cache."""
    guarded = login_required(view)

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "htmx", None) and not request.user.is_authenticated:
            return HttpResponse(status=401)  # a fragment is no place for the sign-in page; the script says what to do
        response = guarded(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return door
