"""How far the log of one job was read: a value that is kept with the onboarding.

Rows come in any order, so nothing counts as read before the last page of its window of time was. A window that a look
does not finish is gone on with at its link; where Graph refuses that link, it is begun again, and made smaller if that
does not help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

LOG_OVERLAP = timedelta(minutes=10)  # rows may appear in the log minutes after their time
LATE_ROWS = timedelta(hours=1)  # and some later: so much is read once more, so long after news
FIRST_LOOK_BACK = timedelta(days=30)  # longest retention of the log
EDGE = timedelta(seconds=1)  # Graph leaves out both ends of a window, and most rows have whole seconds
SMALLEST = timedelta(seconds=2)
ANOTHER_WAY_AFTER = timedelta(days=1)  # so long a way to ask is believed to be the only one that works


@dataclass(frozen=True)
class Reading:
    """`since`, `until`: the window that is being read, None where none is; without `until` it is open to the present.

    `link`: where to go on in it; `newest`: the newest row in it so far. `refused`: how many links Graph refused one
    after the other; `span`: how long a window may be after that. `way`, `way_at`: which way to ask worked, and since
    when. `again_at`: when the last hour is to be read once more for rows that came late. `unsettled_at`: when we last
    heard something that Haiilo's own list can settle (`roster.is_unsettled`).
    """

    job: str = ""
    since: datetime | None = None
    until: datetime | None = None
    link: str = ""
    newest: datetime | None = None
    refused: int = 0
    span: timedelta | None = None
    way: str = ""
    way_at: datetime | None = None
    again_at: datetime | None = None
    unsettled_at: datetime | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reading:
        """What `to_json` made."""
        told: dict[str, Any] = {name: stored[name] for name in _PLAIN if name in stored}
        told |= {name: datetime.fromisoformat(stored[name]) for name in _TIMES if name in stored}
        return cls(**told, span=timedelta(seconds=stored["span"]) if "span" in stored else None)

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept, without what is empty."""
        told: dict[str, Any] = {name: value for name, value in vars(self).items() if value}
        told |= {name: told[name].isoformat() for name in _TIMES if name in told}
        return told | ({"span": self.span.total_seconds()} if self.span else {})

    @property
    def is_open(self) -> bool:
        """Whether a window was begun and not read to its end."""
        return self.since is not None

    def begun(self, watermark: datetime | None, *, now: datetime, made_at: datetime | None) -> Reading:
        """The window to read now: the one that is open, else a new one from the watermark on."""
        if self.since is not None:
            return self
        floor = made_at or now - FIRST_LOOK_BACK
        late = self.again_at is not None and self.again_at <= now
        since = max(floor, watermark - (LATE_ROWS if late else LOG_OVERLAP)) if watermark else floor
        return self._from(since, now=now, again_at=None if late else self.again_at)

    def _from(self, since: datetime, *, now: datetime, **changed: Any) -> Reading:
        until = since + self.span if self.span and since + self.span < now else None
        return replace(self, since=since, until=until, link="", newest=None, **changed)

    def turned(self, link: str | None, newest: datetime | None) -> Reading:
        """After one page: on to the next one. Without a `link` the window is done, and `finished` has to be asked."""
        times = [time for time in (self.newest, newest) if time is not None]
        return replace(self, link=link or "", newest=max(times, default=None))

    def finished(self, *, now: datetime) -> Reading:
        """The window was read to its end: the next one, longer again, or none where it was open to the present."""
        if self.until is None:
            return replace(self, since=None, link="", newest=None, refused=0, span=None)
        longer = replace(self, refused=0, span=self.span * 2 if self.span else None)
        return longer._from(self.until - EDGE, now=now)

    def begun_again(self, *, now: datetime) -> Reading:
        """The window from its start, after a link was refused; from the second time on half as long."""
        if self.since is None:
            return self
        length = (self.until or now) - self.since
        span = max(length / 2, SMALLEST) if self.refused else self.span
        return replace(self, refused=self.refused + 1, span=span)._from(self.since, now=now)

    def asked_by(self, way: str, now: datetime) -> Reading:
        """With the way that worked, and since when."""
        return self if way == self.way else replace(self, way=way, way_at=now)

    def known_way(self, now: datetime) -> str:
        """The way that worked last; empty where it is time to try the better ones again."""
        return self.way if self.way_at is not None and now - self.way_at < ANOTHER_WAY_AFTER else ""


_PLAIN = ("job", "link", "refused", "way")
_TIMES = ("since", "until", "newest", "way_at", "again_at", "unsettled_at")
