"""What somebody has changed in a mapping that was ours: which attributes, from what to what, and since when. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from django.utils.translation import gettext_noop as _

from onboarding.domain.attribute_names import source_words, target_words
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import Sentence, moment_text, plural, say
from onboarding.steps.connection.evidence import job_id, made_at
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.causes import MAPPING_CHANGED
from onboarding.steps.mappings.document import Comparison, Line
from onboarding.steps.mappings.evidence import MappingsEvidence

MOST_NAMED = 6
MOST_TOLD = 20
UNDATED = _(
    "Somebody changed the attribute mapping in the customer's tenant: %(names)s. Ask the customer why; then write our "
    "mapping again, or accept theirs as this customer's variant."
)
NOTHING = _("nothing")
ACTIONS = _("which actions are on")
MORE = plural("%(count)s more attribute", "%(count)s more attributes")
LISTED = _("%(first)s, %(more)s")
CHANGED_FROM = _("%(target)s: before: %(before)s; now: %(now)s")
MATCHING = _("%(target)s: how people are matched was changed")


def ours_before(desired: Desired, document: Mapping[str, Any]) -> MappingsEvidence | None:
    """What the step saw of this very job, where somebody else has changed it since, or before what they made of it was
    accepted, which it is no more; None where the difference is ours: the job is new, a release has another mapping, or
    an earlier one did not note what it saw.
    """
    seen = desired.evidence_of(MappingsEvidence)
    if seen is None or not seen.digest or (seen.job_id, seen.job_made_at) != (job_id(desired), made_at(desired)):
        return None
    same_wish = seen.wanted == mapping_document.wanted(desired.profile)
    is_theirs = seen.is_theirs or seen.digest != meaning.digest(document)
    return seen if same_wish and is_theirs else None


def headline(seen: MappingsEvidence, found: Comparison) -> Sentence:
    """What was changed, by the names of the attributes, and after when, if that is known."""
    ours_at, names = seen.ours_at if seen.is_theirs else seen.seen_at, _names(_changed(found))
    if ours_at is None:
        return say(UNDATED, names=names)
    return MAPPING_CHANGED.for_staff({"names": names, "at": moment_text(ours_at)})


def told(found: Comparison) -> Iterator[Sentence]:
    """Each attribute that was changed, before and now."""
    for line in _changed(found)[:MOST_TOLD]:
        target, ours, theirs = target_words(line.target), source_words(line.after), source_words(line.before)
        if line.sign == "~" and line.before == line.after:
            yield say(MATCHING, target=target)
        else:
            yield say(CHANGED_FROM, target=target, before=ours if line.after else say(NOTHING), now=theirs)


def _changed(found: Comparison) -> list[Line]:
    return [line for line in found.lines if line.sign != "="]


def _names(lines: Sequence[Line]) -> Sentence | str:
    words: list[Sentence | str] = [target_words(line.target) for line in lines[:MOST_NAMED]]
    if not words:
        return say(ACTIONS)
    if len(lines) > MOST_NAMED:
        words.append(say(MORE, count=len(lines) - MOST_NAMED))
    return reduce(lambda more, first: say(LISTED, first=first, more=more), reversed(words[:-1]), words[-1])
