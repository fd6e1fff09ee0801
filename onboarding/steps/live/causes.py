"""Why the job of a live customer is not healthy. The reasons of a quarantine that Microsoft names have own entries."""

from __future__ import annotations

import enum

from onboarding.steps.shared.job_causes import JOB_GONE, UNFIT, JobCode


class Code(enum.StrEnum):
    """What the step can fail with."""

    JOB_GONE = JobCode.JOB_GONE
    PAUSED = JobCode.PAUSED
    QUARANTINED = JobCode.QUARANTINED
    QUARANTINE_REPORTED = JobCode.QUARANTINE_REPORTED


CAUSES = (JOB_GONE, *UNFIT)
