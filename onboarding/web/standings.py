"""What becomes of people, in the order in which every page tells it."""

from __future__ import annotations

from onboarding.domain.headcount import Headcount
from onboarding.domain.standings import Standing

ORDER = (
    *(Standing.ARRIVED, Standing.OUTDATED, Standing.TWICE, Standing.LEAVING, Standing.HELD_BACK),
    *(
        Standing.COMING,
        Standing.UNKNOWN,
        Standing.LEFT_OUT,
        Standing.UNLINKED,
        Standing.FAILED,
        Standing.OUT,
        Standing.GONE,
    ),
)


def beside_arrived(numbers: Headcount) -> list[tuple[Standing, int]]:
    """How many people are otherwise than simply in Haiilo, as far as there are any."""
    shown = numbers.shown
    return [(each, shown[each]) for each in ORDER if each is not Standing.ARRIVED and shown.get(each)]
