"""The mapping of the job that was there before: what the customer had set in it goes on in the job that we made. Pure.

A schema can be written into another job (docs/graph-facts.md, "Schema and mappings"); its id and version are the job's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Unreadable
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.former_schema import FormerSchema
from onboarding.domain.sentences import Sentence, moment_text, say
from onboarding.domain.verdicts import Detail
from onboarding.steps.connection.evidence import job_id, made_at
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.document import NotAMapping, SeveralMappings
from onboarding.steps.mappings.evidence import MappingsEvidence

PARTS = ("synchronizationRules", "directories")  # what a schema is about; the rest is the job's own
BACKUP = "former"  # names, in a plan's payload, the backup that is taken over
REFUSED = "refused"
NOT_TAKEN = _(
    "Microsoft did not take the mapping of the former job into the new one (%(code)s). Ours is written into the new "
    "job's own; scoping filters of the former job have to be set again in the customer's tenant."
)


def to_take_over(desired: Desired) -> FormerSchema | None:
    """The former job's schema, None where there is none, where we have written into the new job since, or tried to, and
    where it is not one that we can go by.
    """
    former, made = desired.former_schema, made_at(desired)
    if former is None or made is None or not _is_mapping(former.schema):
        return None
    written = desired.result(MappingsEvidence.step, "write_mapping")
    at = moment_of(written.get("at"))
    same_job = written.get("job_id", job_id(desired)) == job_id(desired)
    return None if same_job and at is not None and at >= made else former


def _is_mapping(schema: Mapping[str, Any]) -> bool:
    try:
        mapping_document.check(schema)
        mapping_document.rule_of(schema)
    except (KeyError, TypeError, Unreadable, NotAMapping, SeveralMappings):
        return False
    return True


def into(document: Mapping[str, Any], former: FormerSchema) -> dict[str, Any]:
    """The schema of the new job, `document`, with what the former job's was about."""
    taken = {part: copy.deepcopy(former.schema[part]) for part in PARTS if part in former.schema}
    return {**copy.deepcopy(dict(document)), **taken}


def is_in(document: Mapping[str, Any], former: FormerSchema, desired: Desired) -> bool:
    """Whether the new job's schema is what comes of taking over: it was written, though no note of that was kept."""
    basis = into(document, former)
    # What it means is in an expression's text, and not in the tree that Microsoft makes of it.
    trees = {each: {"expression": each} for each in mapping_document.needs_parsing(desired.profile, basis)}
    return meaning.digest(mapping_document.merged(desired.profile, basis, trees)) == meaning.digest(document)


def told(former: FormerSchema) -> Iterator[Detail]:
    """What is taken over, beside the attributes: these stand in the comparison."""
    at = moment_text(former.taken_at)
    yield Detail("=", say(_("what else the former job's mapping says, as it was backed up at %(at)s"), at=at))
    if filters := meaning.filters(former.schema):
        yield Detail("=", say(_("the former job's scoping filters: %(filters)s"), filters=", ".join(filters)))


def left_out(code: str) -> dict[str, Any]:
    """What is kept of a write that Microsoft refused with `code`; the next plan is without the former mapping."""
    return {REFUSED: code, "partly": say(NOT_TAKEN, code=code)}


def remarks(desired: Desired) -> Iterator[Sentence]:
    """That the former mapping had to be left out, for whoever approves the plan without it."""
    tried = desired.result(MappingsEvidence.step, "write_mapping")
    if tried.get(REFUSED) and tried.get("job_id") == job_id(desired):
        yield say(NOT_TAKEN, code=tried[REFUSED])
