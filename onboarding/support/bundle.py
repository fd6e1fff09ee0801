"""Makes the support bundle of one onboarding: a zip with two JSON documents and a page that says what is in them.

Only what is stored goes in, by lists of what may (`shapes`); nobody is asked over the network. What cannot be read
stands as unknown, with the reason, and keeps nothing else out.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.text import slugify

from onboarding.models import Onboarding, StepState, TenantBinding, clock
from onboarding.support import microsoft, people, rows, running
from onboarding.support.readme import readme
from onboarding.support.shapes import moment, unknown
from onboarding.support.steps import all_steps

log = logging.getLogger("onboarding.support")

IDS_LEFT_OUT = "object ids of people were not asked for, or whoever made this bundle may not see the names of people"
Section = Callable[[], Any]


@dataclass(frozen=True)
class Bundle:
    """The zip as bytes, what it is to be called, and of how many people it has object ids."""

    name: str
    content: bytes
    people: int


def bundle_of(onboarding: Onboarding, *, with_ids: bool) -> Bundle:
    """The bundle as everything is stored at this moment. A fixed number of queries on PostgreSQL.

    `with_ids`: with the object ids of some people who are not as they should be.
    """
    at = clock.now()
    with translation.override("en"):
        found = _documents(onboarding, with_ids=with_ids)
    some = found["for-microsoft.json"]["some_people_by_cause"]
    count = len(some) if isinstance(some, list) else 0
    head = {"made_at": moment(at), "time_zone": "UTC", "release": running.release()}
    texts = {name: json.dumps({**head, **each}, ensure_ascii=False, indent=2) for name, each in found.items()}
    texts = {"README.txt": readme(onboarding.pk, head, people=count, with_ids=with_ids), **texts}
    slug = slugify(onboarding.customer.name) or f"onboarding-{onboarding.pk}"
    return Bundle(f"{slug}-support-{at.astimezone(UTC):%Y%m%dT%H%MZ}.zip", _zipped(texts, at), count)


def _documents(onboarding: Onboarding, *, with_ids: bool) -> dict[str, dict[str, Any]]:
    states = {state.key: state for state in StepState.of(onboarding.pk)}
    lines = _safely(partial(rows.timeline, onboarding))
    for_microsoft = _for_microsoft(onboarding, states, lines, with_ids=with_ids)
    for_engineers = {**_of_the_product(onboarding, states), "timeline": lambda: lines}
    return {
        "for-microsoft.json": {name: _safely(section) for name, section in for_microsoft.items()},
        "for-haiilo-engineers.json": {name: _safely(section) for name, section in for_engineers.items()},
    }


def _for_microsoft(
    onboarding: Onboarding, states: Mapping[str, StepState], lines: Mapping[str, Any], *, with_ids: bool
) -> dict[str, Section]:
    binding = TenantBinding.objects.filter(onboarding=onboarding).first()
    return {
        "tenant": partial(microsoft.tenant, binding, states),
        "our_application": partial(microsoft.our_application, onboarding),
        "enterprise_application": partial(microsoft.application, states),
        "job": partial(microsoft.job, states),
        "job_as_microsoft_reported_it": partial(microsoft.job_as_reported, states),
        "provisioning_log": partial(microsoft.log, onboarding),
        "failed_requests": partial(microsoft.failed_requests, states, lines),
        "people_in_numbers": partial(people.numbers, onboarding),
        "causes": partial(people.causes, onboarding),
        "some_people_by_cause": partial(people.some_by_cause if with_ids else _left_out, onboarding),
    }


def _left_out(onboarding: Onboarding) -> dict[str, str]:
    return unknown(IDS_LEFT_OUT)


def _of_the_product(onboarding: Onboarding, states: Mapping[str, StepState]) -> dict[str, Section]:
    about = {
        "record": running.record,
        "run_times": running.run_times,
        "stored_secrets": running.token,
        "token_kept_after_go_live": running.kept_token,
        "read_only_mode": running.read_only,
        "approvals": rows.approvals,
        "proposals": rows.proposals,
        "links": rows.links,
        "trips_to_microsoft": rows.trips,
        "letters": rows.letters,
        "rules_of_letters": running.letter_check,
        "backups": rows.backups,
    }
    return {
        "versions": running.versions,
        "signs_of_life": running.signs_of_life,
        "stop_of_all_changes": running.stop,
        "steps": partial(all_steps, states),
        **{name: partial(tell, onboarding) for name, tell in about.items()},
    }


def _safely(section: Section) -> Any:
    """What the section tells; where it fails, that it did, by the error's class: its message may hold anything."""
    try:
        return section()
    except Exception as error:  # whatever it is: a bundle is made when something is wrong, and the rest is wanted
        log.debug("a part of a support bundle failed", exc_info=True)
        return unknown(f"our own code failed to read it: {type(error).__name__}")


def _zipped(texts: Mapping[str, str], at: datetime) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
            archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
    return written.getvalue()
