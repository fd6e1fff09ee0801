"""The schema of a job that was there before the one that is ours to run, as it was backed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class FormerSchema:
    """What Graph calls synchronizationSchema, of the job `job_id`, as it was when the backup `backup` was taken."""

    backup: int
    job_id: str
    taken_at: datetime
    schema: Mapping[str, Any] = field(default_factory=dict)
