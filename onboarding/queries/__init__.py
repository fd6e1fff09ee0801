"""What pages need to know. Reads only, a fixed number of queries whatever the number of customers or people."""

from __future__ import annotations

from .board import BUCKETS, Board, BoardRow, Bucket, Dot, board
from .link import LinkView, link_view
from .people import Cause, Filter, People, people, people_rows, why
from .record import Record, record
from .step import COURTS, MOVING, Plan, PlannedChange, StepView, Words
from .step_down import StepDownView

__all__ = [
    "BUCKETS",
    "COURTS",
    "MOVING",
    "Board",
    "BoardRow",
    "Bucket",
    "Cause",
    "Dot",
    "Filter",
    "LinkView",
    "People",
    "Plan",
    "PlannedChange",
    "Record",
    "StepDownView",
    "StepView",
    "Words",
    "board",
    "link_view",
    "people",
    "people_rows",
    "record",
    "why",
]
