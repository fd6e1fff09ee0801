"""What the steps of a run go by, made of its working copy when it is asked for: most of what a run finds is followed
by nobody who would ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphclient import Read
from onboarding.domain.desired import Desired
from onboarding.engine import reported
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.working_copy import WorkingCopy
from onboarding.steps.base import Step


class Known:
    """The desired state, and the way to the tenant that follows from it; both as the working copy had them when
    they were made after the last `outdate`.
    """

    def __init__(self, copy: WorkingCopy, before_each: Callable[[str], None]) -> None:
        self._copy, self._before_each = copy, before_each
        self._desired: Desired | None = None
        self._tenant: TenantSession | None = None

    def outdate(self) -> None:
        """Go by what the working copy says from now on, and by the present time."""
        self._desired = None

    @property
    def desired(self) -> Desired:
        """All that steps may know beyond what they read."""
        if self._desired is None:
            self._desired = self._copy.rows.desired()
            if self._tenant is not None:
                self._tenant.update(self._desired)
        return self._desired

    @property
    def tenant(self) -> TenantSession:
        """What can be reached of the tenant, and changed in it, by what is known now."""
        desired = self.desired
        if self._tenant is None:
            self._tenant = TenantSession(desired, before_each=self._before_each)
        return self._tenant

    def read(self, step: Step[Any]) -> Any:
        """What the step reads of the tenant; how the job stands, where it is among that, is reported."""
        self._copy.reported = {}
        facts = step.read(self.tenant, self.desired)
        if (job := step.job_of(facts)) is not None:
            self._copy.reported = {reported.JOB: reported.of_job(job)}
        return facts

    @property
    def calls(self) -> int:
        """How many requests went to Graph so far."""
        return self._tenant.calls if self._tenant else 0

    @property
    def asked_alone(self) -> tuple[Read, ...]:
        """Reads that a batch was not answered, and a call alone was."""
        return self._tenant.asked_alone if self._tenant else ()
