"""For load balancers, containers and whoever watches: whether this process lives, and whether everything is well."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from onboarding.engine import bell, pulse
from onboarding.engine.pulse import Kind, Sign
from onboarding.models import clock

FREE = 0.05  # of a disk, below which it is not well
Part = dict[str, Any]
PROCESSES = {"worker": Kind.WORKER, "beat": Kind.BEAT, "sweep": Kind.SWEEP, "mail": Kind.MAIL}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all. Asks nobody: to start it anew would help nobody else."""
    return JsonResponse({"web": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503: each part with `ok`, and with the seconds since its latest sign of life."""
    found = parts()
    return JsonResponse(found, status=200 if all(part["ok"] for part in found.values()) else 503)


def parts() -> Mapping[str, Part]:
    """Database, broker, disk, clock, and the processes and rounds by their signs of life."""
    try:
        signs: Mapping[str, Sign] | None = pulse.signs()
    except Error:
        signs = None
    return {
        "database": _answered(signs is not None),
        "broker": _broker(),
        **{name: _sign(signs, kind) for name, kind in PROCESSES.items()},
        "disk": _disk(),
        "clock": _clock(signs),
    }


def _answered(ok: bool) -> Part:
    return {"ok": ok, "age": 0.0 if ok else None}


def _broker() -> Part:
    try:
        return {**_answered(True), "waiting": bell.waiting()}
    except OperationalError:
        return _answered(False)


def _sign(signs: Mapping[str, Sign] | None, kind: str) -> Part:
    sign = signs[kind] if signs is not None else None
    if sign is None or sign.age is None:
        return _answered(False)
    return {"ok": sign.within(pulse.silent_after(kind)), "age": round(sign.age.total_seconds(), 1)}


def _disk() -> Part:
    """The disk that this process writes to: SQLite's, else the temporary folder's."""
    database = settings.DATABASES["default"]
    folder = Path(str(database["NAME"])).parent if connection.vendor == "sqlite" else Path(tempfile.gettempdir())
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return _answered(False)
    free = usage.free / usage.total
    return {"ok": free >= FREE, "age": 0.0, "free": round(free, 3)}


def _clock(signs: Mapping[str, Sign] | None) -> Part:
    """The clock that is off the most: this host's, or that of a worker or beat."""
    offsets = [clock.host_offset()]
    if signs is not None:
        offsets += [signs[Kind.WORKER].clock_offset, signs[Kind.BEAT].clock_offset]
    worst = max(offsets, key=abs)
    return {"ok": abs(worst) <= clock.STEP, "age": 0.0, "offset": round(worst.total_seconds(), 1)}
