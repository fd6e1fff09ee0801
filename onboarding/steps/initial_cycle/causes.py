"""Why the first cycle does not go on. The reasons of a quarantine that Microsoft names have entries of their own."""

from __future__ import annotations

import enum

from onboarding.steps.shared.gone_causes import APPLICATION_DELETED, GoneCode
from onboarding.steps.shared.job_causes import JOB_GONE, UNFIT, JobCode


class Code(enum.StrEnum):
    """What the step can fail with."""

    JOB_GONE = JobCode.JOB_GONE
    APPLICATION_DELETED = GoneCode.APPLICATION_DELETED
    PAUSED = JobCode.PAUSED
    QUARANTINED = JobCode.QUARANTINED
    QUARANTINE_REPORTED = JobCode.QUARANTINE_REPORTED
    QUARANTINE_OVER = JobCode.QUARANTINE_OVER
    SWITCHED_OFF = JobCode.SWITCHED_OFF
    GAVE_UP = JobCode.GAVE_UP
    HAIILO_DOWN = JobCode.HAIILO_DOWN
    HAIILO_REFUSES = JobCode.HAIILO_REFUSES
    REMOVALS_HELD = JobCode.REMOVALS_HELD
    REMOVALS_INTENDED = JobCode.REMOVALS_INTENDED
    REMOVALS_UNWANTED = JobCode.REMOVALS_UNWANTED
    REMOVALS_UNDONE = JobCode.REMOVALS_UNDONE


CAUSES = (JOB_GONE, APPLICATION_DELETED, *UNFIT)
