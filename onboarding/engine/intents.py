"""What was begun in a step, so that a crash or a lost answer is never followed by a blind repeat, nor by silence.

`StepState.intents` as `engine.ledger` keeps it: by `Change.intent`, an entry for each change that was begun. Each ends
in one of four ways: applied, found done after an interruption, refused, or given up as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Change

RETRY_UNHEARD_AFTER = timedelta(hours=6)
KEPT = 3  # so many results of changes of one key
Intents = dict[str, dict[str, Any]]
NOT_KNOWN = _("Begun; it is not known whether Microsoft carried it out: %(change)s")
Line = tuple[str, Sentence]
"""The key of a change, and what the timeline says of it."""


def begun(change: Change, now: datetime, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The entry of a change that is about to be sent; `before` is the one of the tries until now."""
    entry: dict[str, Any] = {"at": now.isoformat(), "tries": before["tries"] + 1 if before else 1, "looks": 0}
    if before and _is_unconfirmed(before):
        entry["unsure"] = True  # an earlier try may have been carried out, whatever becomes of this one
    if "person_id" in change.payload:
        entry["of_person"] = True
    if change.proved:
        entry["proved"] = change.proved.as_json()
    return {**entry, "change": change.key, "summary": change.summary.as_json()}


def is_quiet(entry: Mapping[str, Any], now: datetime) -> bool:
    """Whether what was begun was looked for often and long enough to be sent again."""
    at = parse_datetime(entry["at"]) or now
    return entry["looks"] >= settings.QUIET_LOOKS and now - at >= timedelta(seconds=settings.QUIET_SECONDS)


def is_unheard(entry: Mapping[str, Any], now: datetime, tries: int) -> bool:
    """Whether it was sent `tries` times, and Microsoft has not said since whether it carries it out: a pause is due."""
    at, said = parse_datetime(entry["at"]) or now, entry.get("applied_at") or entry.get("refused_at")
    return entry["tries"] >= tries and not said and now - at < RETRY_UNHEARD_AFTER


def begun_at(intents: Mapping[str, Mapping[str, Any]]) -> dict[str, datetime]:
    """When each was begun last, by name; without those that were certainly not made."""
    moments = {name: parse_datetime(entry["at"]) for name, entry in intents.items() if not entry.get("refused_at")}
    return {name: at for name, at in moments.items() if at is not None}


def refused_at(intents: Mapping[str, Mapping[str, Any]]) -> dict[str, datetime]:
    """When each was refused that was certainly not made, by name."""
    moments = {name: parse_datetime(at) for name, entry in intents.items() if (at := entry.get("refused_at"))}
    return {name: at for name, at in moments.items() if at is not None}


def unconfirmed(intents: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The names of those that were begun, and nobody knows yet whether Microsoft carried them out."""
    return frozenset(name for name, entry in intents.items() if _is_unconfirmed(entry))


def _is_unconfirmed(entry: Mapping[str, Any]) -> bool:
    return bool(entry["tries"] and "summary" in entry and not (entry.get("applied_at") or entry.get("refused_at")))


def refuse(intents: Intents, change: Change, now: datetime) -> None:
    """The last try was certainly not made, so that nobody takes it for found later; unless an earlier one may have
    been.
    """
    entry = intents.get(change.intent)
    if entry is not None and not entry.get("unsure"):
        entry["refused_at"] = now.isoformat()


def give_up_others(intents: Intents, change: Change, now: datetime) -> list[Line]:
    """`change` begins with another payload than before: what became of an unconfirmed one is not found out any more."""
    others = [intents[name] for name in sorted(unconfirmed(intents) - {change.intent})]
    return [_close(entry, "refused_at", now, NOT_KNOWN) for entry in others if entry["change"] == change.key]


def forget_superseded(intents: Intents, change: Change) -> None:
    """Of those that were made under the same key, about the same person where they are about one, keep the newest
    `KEPT`: what is tried again and again would grow without end. Of those that were made for a `wish` of somebody's,
    keep the ones of the newest wish.
    """
    wish = change.payload.get("wish")
    for name, entry in list(intents.items()):
        if wish and entry.get("change") == change.key and (entry.get("result") or {}).get("wish", wish) != wish:
            del intents[name]
    person = change.payload.get("person_id")
    made = [
        (entry["applied_at"], name)
        for name, entry in intents.items()
        if name != change.key
        and entry.get("change") == change.key
        and entry.get("applied_at")
        and (entry.get("result") or {}).get("person_id") == person
    ]
    for _at, name in sorted(made)[:-KEPT]:
        del intents[name]


def end_unwanted(intents: Intents, planned: Sequence[Change], now: datetime) -> list[tuple[str, Line]]:
    """Those that were begun and that no plan wants any more are there, though a crash swallowed their line: "applied".
    What was begun for a person shows nowhere what became of it: "unknown".
    """
    wanted = {change.key for change in planned}
    entries = [intents[name] for name in sorted(unconfirmed(intents))]
    return [_ended(entry, now) for entry in entries if entry["change"] not in wanted]


def proved(intents: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """What is to be told of those that were made since the step was done last, now that it is done again."""
    made = [intents[name] for name in sorted(intents) if name != intents[name].get("change")]
    told = [entry for entry in made if entry["tries"] and entry.get("applied_at") and entry.get("proved")]
    return [(entry["change"], sentence) for entry in told if (sentence := Sentence.from_json(entry["proved"]))]


def _ended(entry: dict[str, Any], now: datetime) -> tuple[str, Line]:
    if entry.get("of_person"):
        return "unknown", _close(entry, "refused_at", now, NOT_KNOWN)
    return "applied", _close(entry, "applied_at", now, _("Found done after an interruption: %(change)s"))


def _close(entry: dict[str, Any], how: str, now: datetime, text: str) -> Line:
    entry[how] = now.isoformat()
    return entry["change"], say(text, change=Sentence.from_json(entry["summary"]) or "")
