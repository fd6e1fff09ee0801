"""What Microsoft did for one person, step by step, in words, and what Haiilo kept of what it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import LeftOut
from onboarding.domain.attribute_names import target_words
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, say
from onboarding.steps.shared.attempts import Attempt

IMPORTED, NOT_IMPORTED = _("Read: the account was found in Entra."), _("Read: the account could not be read in Entra.")
IN_SCOPE = _("Scope: the person is in scope.")
OUT_OF_SCOPE = _("Scope: the person is not assigned to the application.")
BLOCKED = _("Scope: the account is disabled.")
FILTERED = _("Scope: a scoping filter leaves the person out.")
NOT_IN_SCOPE = _("Scope: Microsoft leaves the person out.")
FOUND, NOT_FOUND = _("Match: the account was found in Haiilo."), _("Match: Haiilo had no such account.")
MATCHED, NOT_MATCHED = _("Match: done."), _("Match: Haiilo's answer was not clear.")
CREATED, CHANGED = _("Send: the account was created in Haiilo."), _("Send: the account was updated in Haiilo.")
SENT, REFUSED = _("Send: done."), _("Send: Haiilo did not take the account.")
NOTHING_TO_SEND, NOT_SENT = _("Send: nothing to change, Haiilo has it all."), _("Send: nothing was sent.")
KEPT = _("Check: Haiilo has kept the account.")
PARTLY_KEPT = _("Check: Haiilo has the account, but does not give everything back.")
NOT_KEPT = _("Check: Haiilo does not have what it was sent.")
OUT = {LeftOut.NOT_ASSIGNED: OUT_OF_SCOPE, LeftOut.DISABLED: BLOCKED, LeftOut.FILTERED: FILTERED}


def steps_of(attempt: Attempt, desired: Desired) -> list[dict[str, Any]]:
    """One line for each step that Microsoft tells of, and one for the check, each with whether it went well."""
    return [{"ok": ok, "text": sentence.as_json()} for ok, sentence in (*_told(attempt), *_checked(attempt, desired))]


def _told(attempt: Attempt) -> Iterator[tuple[bool, Sentence]]:
    for step in attempt.first["steps"]:
        text = _WORDS[step["type"]](step, attempt.first) if step["type"] in _WORDS else ""
        if text:
            yield text not in _BAD, say(text)


def _import(step: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    return IMPORTED if step["status"] in ("Success", "Warning") else NOT_IMPORTED


def _scoping(step: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    if run["left_out"]:
        return OUT[LeftOut(run["left_out"])]
    return IN_SCOPE if step["status"] in ("Success", "Warning") else NOT_IN_SCOPE


def _matching(step: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    if step["status"] == "Failure":
        return NOT_MATCHED
    return {"create": NOT_FOUND, "update": FOUND}.get(run["action"], MATCHED)


def _export(step: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    if step["status"] == "Failure":
        return REFUSED
    if run["same"]:
        return NOTHING_TO_SEND
    if step["status"] == "Skipped" or not run["arrived"]:
        return NOT_SENT
    return {"create": CREATED, "update": CHANGED}.get(run["action"], SENT)


_WORDS = {"Import": _import, "Scoping": _scoping, "Matching": _matching, "Export": _export}
_BAD = frozenset({NOT_IMPORTED, OUT_OF_SCOPE, BLOCKED, FILTERED, NOT_IN_SCOPE, NOT_MATCHED, REFUSED, NOT_SENT})


def _checked(attempt: Attempt, desired: Desired) -> Iterator[tuple[bool, Sentence]]:
    if attempt.second is None:
        return
    if not attempt.passed(desired):
        yield False, say(NOT_KEPT)
    else:
        yield True, say(PARTLY_KEPT if attempt.not_returned(desired) else KEPT)


def fields_of(attempt: Attempt) -> list[dict[str, Any]]:
    """What was sent, by the name of each attribute, and whether Haiilo kept it; None where nothing tells that."""
    sent = attempt.first["written"]
    again = (attempt.second or {}).get("written") or {}
    return [
        {"name": _name(name), "attribute": name, "kept": _kept(name, again, attempt.second)} for name in sorted(sent)
    ]


def _name(attribute: str) -> Any:
    words = target_words(attribute)
    return words.as_json() if isinstance(words, Sentence) else words


def _kept(name: str, again: Mapping[str, bool], second: Mapping[str, Any] | None) -> bool | None:
    """Written again although something was given back: that was something else."""
    if second is None or not second["arrived"]:
        return None
    if name in again and not second["same"]:
        return False if again[name] else None
    return True
