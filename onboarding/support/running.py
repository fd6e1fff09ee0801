"""What runs, and where this onboarding stands in the queue: versions, due times and signs of life."""

from __future__ import annotations

import platform
import re
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from onboarding.engine import pulse
from onboarding.models import CustomerSecret, KeptToken, LetterCheck, Onboarding, ReadOnlyMode, Stop, clock
from onboarding.support.shapes import LEFT_OUT, code, field, guid, moment, unknown

_RELEASE = re.compile(r"[\w.+-]{1,80}")


def release() -> Any:
    """Which version this is, where whoever built or started it has said so."""
    if not settings.RELEASE:
        return unknown("RELEASE was not set when this was built or started; see newest_migration")
    return settings.RELEASE if _RELEASE.fullmatch(settings.RELEASE) else LEFT_OUT


def versions() -> dict[str, Any]:
    """What this process runs on. One query."""
    newest = MigrationRecorder.Migration.objects.filter(app="onboarding").order_by("-id").first()
    return {
        "release": release(),
        "newest_migration": newest.name if newest else unknown("no migration is noted"),
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": connection.vendor,
        "database_version": ".".join(map(str, connection.get_database_version())),
    }


def run_times(onboarding: Onboarding) -> dict[str, Any]:
    """When it is due and whether a worker holds it, by the database's clock; this machine's may be off."""
    names = ("next_run_at", "leased_until", "not_before", "created_at", "live_at")
    return {
        "state": onboarding.state,
        "database_time": moment(clock.now()),
        "this_machine_is_off_by_seconds": round(clock.host_offset().total_seconds(), 3),
        **{name: moment(getattr(onboarding, name)) for name in names},
        "lease_token": onboarding.lease_token,
        "is_held_by_a_process": bool(onboarding.leased_by),
        "own_failures_in_a_row": onboarding.own_failures,
        "time_outs_in_a_row": onboarding.time_outs,
        "stands_at": {
            "step": onboarding.current_key,
            "kind": onboarding.current_kind,
            "who_acts": onboarding.current_court,
            "since": moment(onboarding.current_since),
        },
        "log_reading": field("log_reading", onboarding.log_reading),
    }


def signs_of_life() -> dict[str, Any]:
    """When each kind of process, and each round, gave a sign of life last. One query."""
    return {
        kind: {
            "at": moment(sign.at) or unknown("there never was one"),
            "seconds_ago": round(sign.age.total_seconds(), 1) if sign.age else None,
            "is_silent": not sign.within(pulse.silent_after(kind)),
        }
        for kind, sign in pulse.signs().items()
    }


def stop() -> dict[str, Any] | None:
    """The stop of all changes that is in force. One query."""
    found = Stop.objects.in_force()
    return {"since": moment(found.at)} if found else None


def record(onboarding: Onboarding) -> dict[str, Any]:
    """What people decided of the customer."""
    customer = onboarding.customer
    return {
        "onboarding": onboarding.pk,
        "product": customer.product,
        "haiilo_host": field("host", customer.haiilo_host),
        "domains": field("domains", customer.domains),
        "expected_tenant_by_hand": customer.tenant_hint and guid(customer.tenant_hint),
        "consent_size": customer.consent_size,
        "owner_staff": customer.owner_id,
        "target_date": customer.target_date.isoformat() if customer.target_date else None,
        "record_made_at": moment(customer.created_at),
        "contacts": onboarding.contacts.count(),
    }


def token(onboarding: Onboarding) -> list[dict[str, Any]]:
    """That there is a secret of the customer's, without anything of it. One query."""
    rows = CustomerSecret.objects.filter(onboarding=onboarding).defer("sealed", "mark").order_by("pk")
    fits = onboarding.customer.haiilo_host
    return [
        {"kind": row.kind, "saved_at": moment(row.saved_at), "staff": row.saved_by_id, "fits_host": row.fits(fits)}
        for row in rows
    ]


def kept_token(onboarding: Onboarding) -> dict[str, Any] | None:
    """That the token is kept after go-live. One query."""
    row = KeptToken.objects.filter(onboarding=onboarding).first()
    if row is None:
        return None
    return {"agreed_on": row.agreed_on.isoformat(), "noted_at": moment(row.noted_at), "staff": row.noted_by_id}


def read_only(onboarding: Onboarding) -> dict[str, Any] | None:
    """How far the read-only mode has come. One query."""
    row = ReadOnlyMode.objects.filter(onboarding=onboarding).first()
    names = ("asked_at", "reads_only_since", "removed_at", "leave_asked_at", "ended_at")
    return {name: moment(getattr(row, name)) for name in names} if row else None


def letter_check(onboarding: Onboarding) -> Any:
    """When the rules of letters were asked last, and what of ours failed then. One query."""
    row = LetterCheck.objects.filter(onboarding=onboarding).first()
    if row is None:
        return unknown("they were not asked yet")
    since = moment(row.failing_since)
    return {"checked_at": moment(row.checked_at), "code": row.code and code(row.code), "failing_since": since}
