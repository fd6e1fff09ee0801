"""Whether a job that runs does what it is for. Pure; the worst comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.causes.standings import explained, facts_of
from onboarding.domain.desired import Desired
from onboarding.domain.headcount import Failure, Source
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.standings import NOT_AS_THEY_SHOULD, InHaiilo, Standing
from onboarding.domain.verdicts import Asking, Broken, Waiting
from onboarding.steps.live import only_assigned
from onboarding.steps.live.causes import FAILED, MANY_REMOVED, NOBODY_ARRIVED, SENDS_ELSEWHERE, SILENT
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import arrivals, jobs, removals, secrets
from onboarding.steps.shared.counted import OF_PEOPLE, OF_YOUR_PEOPLE
from onboarding.steps.shared.stored import ADDRESS, Stored

LOOKED_AT_AGAIN = timedelta(minutes=20)
REPORTED_WITHIN = timedelta(hours=2)  # after the first cycle: two more cycles, and the log's delay
MOST = 0.5  # of those who should have an account
MANY, MANY_SHARE = 3, 0.2  # removed since yesterday, of those who had an account
NOT_CREATED = plural(
    "%(count)s person has no account. The list shows why, and who has to act.",
    "%(count)s people have no account. The list shows why, and who has to act.",
)
OUTDATED = plural(
    "%(count)s person is in Haiilo, but the last change failed. The list shows why.",
    "%(count)s people are in Haiilo, but the last change of each failed. The list shows why.",
)
TWICE = plural(
    "%(count)s person is in Haiilo twice. Merge or remove the second account.",
    "%(count)s people are in Haiilo twice. Merge or remove the second accounts.",
)
LEAVING = plural(
    "%(count)s person is no longer in scope and still in Haiilo.",
    "%(count)s people are no longer in scope and still in Haiilo.",
)
REMOVED = plural(
    "%(count)s person was removed from Haiilo since yesterday.",
    "%(count)s people were removed from Haiilo since yesterday.",
)
REMOVED_AS_REPORTED = plural(
    "%(count)s person was removed from Haiilo since yesterday, as Microsoft reports.",
    "%(count)s people were removed from Haiilo since yesterday, as Microsoft reports.",
)
STILL_ACTIVE = plural(
    "Of %(count)s of them Microsoft has reported that the account was removed, and in Haiilo it is active. Our "
    "engineers have to look into it.",
    "Of %(count)s of them Microsoft has reported that the accounts were removed, and in Haiilo they are active. Our "
    "engineers have to look into it.",
)
MAIN_REASON = _("The most frequent reason: %(why)s")
HELD_BACK = plural(
    "The removal of %(count)s person is held back.",
    "The removal of %(count)s people is held back.",
)


def unwell(desired: Desired, job: Job, stored: Stored, there: int | None) -> Broken | Asking | Waiting | None:
    """What keeps a running job from being called healthy; `there`: how many are in Haiilo. None where nothing does."""
    wrong = _wrongly_set(desired, stored)
    return wrong or _silent(desired, job) or _empty(desired, job, there) or _removed(desired)


def _wrongly_set(desired: Desired, stored: Stored) -> Broken | Waiting | None:
    """What somebody has changed in the tenant. What Microsoft does not show says nothing."""
    address = stored.values.get(ADDRESS, "") if stored.shows_address else ""
    if address and not secrets.same_address(address, desired.base_url):
        return SENDS_ELSEWHERE.broken(address=address, host=desired.haiilo_host)
    return only_assigned.judge(desired, stored)


def _silent(desired: Desired, job: Job) -> Broken | None:
    execution = job.status.last_execution
    last = (execution.ended or execution.began) if execution is not None else None
    if last is None or desired.now - last <= jobs.SILENT_AFTER:
        return None
    return SILENT.broken(hours=int((desired.now - last).total_seconds() // 3600))


def _empty(desired: Desired, job: Job, there: int | None) -> Asking | None:
    """Nobody arrived, or most are not as they should be: whoever can end the most frequent cause is asked."""
    people = desired.people
    failed = people.not_as_it_should_be
    everybody = failed + people.of(Standing.ARRIVED, Standing.COMING)
    if failed and failed >= MOST * everybody:
        return _asked(people.failures, failed, everybody)
    expected = people.in_scope if people.in_scope is not None else _counted(desired)
    began = job.status.steady_state_first
    on_their_way = people.of(Standing.COMING) and (began is None or desired.now - began < REPORTED_WITHIN)
    if there == 0 and expected and not on_their_way:
        return replace(NOBODY_ARRIVED.asking(), recheck_in=LOOKED_AT_AGAIN)
    return None


def _counted(desired: Desired) -> int:
    scope = desired.evidence_of(ScopeEvidence)
    return scope.total if scope is not None and not scope.sync_all else 0


def _asked(failures: Collection[Failure], failed: int, everybody: int) -> Asking:
    main = _main(failures) or Failure(failed, "")
    known = explained(facts_of(main))
    assert known is not None
    offers = {"detail": main.code}
    advice = known.customer or known.sentence
    of, of_your = say(OF_PEOPLE, count=everybody), say(OF_YOUR_PEOPLE, count=everybody)
    asked = FAILED[known.owner].asking(
        offers=offers, failed=failed, of=of, of_your=of_your, why=known.sentence, advice=advice
    )
    return replace(asked, recheck_in=LOOKED_AT_AGAIN)


def _main(failures: Collection[Failure]) -> Failure | None:
    """The largest group of those who are not as they should be."""
    wrong = [failure for failure in failures if failure.standing in NOT_AS_THEY_SHOULD]
    return max(wrong, key=lambda failure: failure.count, default=None)


def _removed(desired: Desired) -> Asking | None:
    count = _removed_lately(desired) - removals.let_through_lately(desired)
    had = count + desired.people.with_account
    if count < MANY or count < MANY_SHARE * had:
        return None
    return replace(MANY_REMOVED.asking(count=count, share=round(100 * count / had)), recheck_in=LOOKED_AT_AGAIN)


def _removed_lately(desired: Desired) -> int:
    """How many were removed since yesterday and have not come back."""
    return min(desired.people.removed_lately(_since_yesterday(desired)), desired.people.of(Standing.GONE))


def _since_yesterday(desired: Desired) -> tuple[date, date]:
    today = desired.now.date()
    return today - timedelta(days=1), today


def _stayed(failure: Failure) -> bool:
    """Whether they are active in Haiilo although Microsoft has reported the removal."""
    return failure.standing is Standing.LEAVING and failure.in_haiilo in (InHaiilo.ACTIVE, InHaiilo.TWICE)


def remarks(desired: Desired, job: Job) -> Iterator[Sentence]:
    """What is to be known of people where all is well as a whole."""
    people, execution, left_out = desired.people, job.status.last_execution, arrivals.left_out(desired, job)
    told = (
        (NOT_CREATED, people.failed + left_out),
        (arrivals.LEFT_OUT, left_out),
        (OUTDATED, people.of(Standing.OUTDATED)),
        (TWICE, people.of(Standing.TWICE)),
        (HELD_BACK, people.of(Standing.HELD_BACK)),
        (LEAVING, people.of(Standing.LEAVING)),
        (STILL_ACTIVE, sum(each.count for each in people.failures if _stayed(each))),
        (REMOVED if people.source is Source.HAIILO else REMOVED_AS_REPORTED, _removed_lately(desired)),
    )
    yield from (say(text, count=count) for text, count in told if count)
    main = _main(people.failures)
    if main is not None and main.standing is not Standing.TWICE and (why := explained(facts_of(main))):
        yield say(MAIN_REASON, why=why.sentence)
    if execution is not None and execution.state == "Failed":
        yield say(_("The last sync failed: %(reason)s"), reason=execution.error_message or execution.error_code or "?")
