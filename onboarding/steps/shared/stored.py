"""What is stored for the connection, as far as anybody knows it: what Microsoft shows, and what we have saved. Pure.

Whether and how Microsoft shows it stands in no reference: the list may be missing or refused, values may be masked or
null (docs/graph-facts.md, "Connection test and secrets"). What is not shown is not nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.desired import Desired, moment_of
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.shared.secrets import OTHER_CREDENTIALS, SETTINGS, is_settings

ADDRESS, SCOPE = "BaseAddress", "SyncAll"
_HIDDEN = re.compile(r"[\W_xX]*|.*\*{2,}.*|\W*(null|none|hidden|masked|redacted|secret)\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Stored:
    """What is stored. `values`: as Microsoft shows them, else as we saved them last.

    `shown`: the keys whose value is Microsoft's word, not ours. `unknown`: settings that may be stored and whose value
    nobody here knows; a PUT replaces the whole set, and would lose them.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def shows_address(self) -> bool:
        """Whether Microsoft says where the job sends to."""
        return ADDRESS in self.shown


def known(rows: Mapping[str, str] | None, saved: Mapping[str, str]) -> Stored:
    """`rows`: what Microsoft lists, None where it shows no list; `saved`: what we put there last, empty for nothing."""
    listed = {ADDRESS: "", SCOPE: "", SETTINGS: ""} if rows is None else _with_what_lacks(rows)
    if ADDRESS not in (rows or ()):  # then the list is not what we have put
        listed = {**dict.fromkeys(saved, ""), **listed}
    shown = {key: value for key, value in listed.items() if _is_shown(key, value)}
    ours = {key: saved[key] for key in listed if key in saved and key not in shown}
    unknown = [key for key in listed if key not in shown and key not in ours and key != ADDRESS]
    return Stored({**ours, **shown}, frozenset(shown), tuple(sorted(unknown)))


def _with_what_lacks(rows: Mapping[str, str]) -> dict[str, str]:
    """With the names that a list without a scope leaves out: each that the portal saves has one. An empty list is that
    of an application of which nothing is stored.
    """
    if not rows:
        return {}
    left_out = (SCOPE, SETTINGS) if SCOPE not in rows else ()
    return {**dict.fromkeys((ADDRESS, *left_out), ""), **rows}


def _is_shown(key: str, value: str) -> bool:
    if key in OTHER_CREDENTIALS:
        return True  # never believed and never written: that it is listed is all there is to see
    if key == ADDRESS:
        return is_address(value)
    if key == SCOPE:
        return value.strip().lower() in ("true", "false")
    return is_settings(value) if key == SETTINGS else not _HIDDEN.fullmatch(value)


def is_address(value: str) -> bool:
    """Whether this is an address, not something that stands in its place."""
    try:
        host = urlsplit(value if "//" in value else f"//{value}").hostname or ""
    except ValueError:
        return False
    complete = value.lower().startswith(("https://", "http://")) or "." in host.strip(".")
    return bool(host) and complete and not re.search(r"[\s*•●…<>()]", value)


# What we have put there


def saved_by_us(desired: Desired, application_id: str) -> dict[str, str]:
    """The whole set but for the token, as we put it last; empty where we never did, or did not note it."""
    puts = [result for result in _puts(desired) if result.get("service_principal_id", application_id) == application_id]
    newest = max(puts, key=lambda result: str(result.get("put_at", "")), default={})
    return {str(key): str(value) for key, value in dict(newest.get("kept", {})).items()}


def was_saved(desired: Desired, application_id: str) -> bool:
    """Whether we have ever put something there."""
    made = desired.result(ConnectionEvidence.step, "save_credentials")
    return bool(made) and made.get("service_principal_id", application_id) == application_id


def last_put(desired: Desired) -> datetime | None:
    """When we put something there last."""
    made = desired.result(ConnectionEvidence.step, "save_credentials")
    times = [moment_of(made.get("at")), *(moment_of(result.get("put_at")) for result in _puts(desired))]
    return max((at for at in times if at is not None), default=None)


def last_success(desired: Desired) -> datetime | None:
    """When Microsoft's own test of what is stored succeeded last; None where that was before our last PUT."""
    connection, put = desired.evidence_of(ConnectionEvidence), last_put(desired)
    started = desired.result(EnableEvidence.step, "enable")
    times = [connection.tested_at if connection else None, moment_of(started.get("tested_at"))]
    newest = max((at for at in times if at is not None), default=None)
    return None if newest is None or (put is not None and newest < put) else newest


def _puts(desired: Desired) -> list[Mapping[str, Any]]:
    made = (
        desired.result(EnableEvidence.step, "enable"),
        desired.result(ConnectionEvidence.step, "save_credentials"),
        *(results.get(ONLY_ASSIGNED, {}) for results in desired.applied.values()),
    )
    return [result for result in made if result.get("kept")]
