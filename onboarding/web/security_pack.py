"""The security pack, as staff and the holder of a link are shown it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onboarding.domain.consent_sizes import ConsentSize
from onboarding.models import Onboarding, asker_of
from onboarding.support.people import MOST_IDS
from onboarding.web.kept_token import kept_token_of


def security_pack_page(
    request: HttpRequest, onboarding: Onboarding, size: ConsentSize, *, token: str = ""
) -> HttpResponse:
    """Everything here is what the code does (tests/pages/test_security_pack.py), or what a setting says."""
    customer = onboarding.customer
    context = {
        "onboarding": onboarding,
        "customer": customer,
        "size": size,
        "owner": asker_of(customer.owner),
        "security_contact": settings.SECURITY_CONTACT,
        "region": settings.DATA_REGION,
        "retention_days": max(settings.RETENTION_DAYS, 0),
        "subprocessors": settings.SUBPROCESSORS,
        "publisher": settings.PUBLISHER,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "address": f"{settings.PUBLIC_URL}/",
        "token": token,
        "kept": kept_token_of(onboarding),
        "most_ids": MOST_IDS,
    }
    return render(request, "portal/security_pack.html" if token else "staff/security_pack.html", context)
