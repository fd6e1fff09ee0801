"""Numbers in place of the months' short names: “mar” is November, and looks like March."""

from __future__ import annotations

MONTH_DAY_FORMAT = "j.n."
SHORT_DATE_FORMAT = "j.n.Y"
SHORT_DATETIME_FORMAT = "j.n.Y H.i"
