"""When the client itself sends again: seldom, soon, and never what must happen once."""

from __future__ import annotations

import pytest

from graphclient.http.exchange import Answer, LossReason, Lost
from graphclient.http.retry import MAX_WAIT_SECONDS, Effect, pause_before_next, retry_after

NOW = 1_772_442_000.0  # Mon, 02 Mar 2026 09:00:00 GMT
NONE, SAME, ONCE = Effect.NONE, Effect.SAME, Effect.ONCE


def answer(status: int, after: str = "") -> Answer:
    return Answer(status, {"retry-after": after} if after else {})


@pytest.mark.parametrize(
    ("effect", "attempt", "outcome", "waited", "pause"),
    [
        (NONE, 1, answer(429), 0, 2.0),
        (NONE, 2, answer(429), 2.0, 4.0),
        (NONE, 3, answer(429), 6.0, None),
        (NONE, 1, answer(503), 0, 0.5),
        (NONE, 2, answer(503), 0.5, 1.0),
        (NONE, 3, answer(503), 1.5, 2.0),
        (NONE, 4, answer(503), 3.5, None),
        (SAME, 1, answer(502), 0, 0.5),
        (SAME, 1, answer(504), 0, 0.5),
        (NONE, 1, answer(429, "3"), 0, 3.0),
        (NONE, 1, answer(429, "10"), 0, 10.0),
        (NONE, 1, answer(429, "11"), 0, None),
        (NONE, 2, answer(429, "6"), 6.0, None),
        (NONE, 1, answer(503, "Mon, 02 Mar 2026 09:00:04 GMT"), 0, 4.0),
        (NONE, 1, answer(500), 0, None),
        (NONE, 1, answer(404), 0, None),
        (NONE, 1, answer(401), 0, None),
        (NONE, 1, answer(200), 0, None),
        (NONE, 1, Lost(LossReason.BROKEN), 0, 0.5),
        (NONE, 2, Lost(LossReason.BROKEN), 0.5, None),
        (SAME, 1, Lost(LossReason.NOT_SENT), 0, 0.5),
        (NONE, 1, Lost(LossReason.TIMED_OUT), 0, None),
        (NONE, 1, Lost(LossReason.TOO_LARGE), 0, None),
        *[(ONCE, 1, answer(status, "1"), 0, None) for status in (404, 429, 500, 502, 503, 504)],
        *[(ONCE, 1, Lost(why), 0, None) for why in LossReason],
    ],
)
def test_decides_by_a_table(
    effect: Effect, attempt: int, outcome: Answer | Lost, waited: float, pause: float | None
) -> None:
    decided = pause_before_next(effect, attempt, outcome, waited=waited, now=NOW, jitter=lambda: 0.0)
    assert decided == pause


def test_spreads_all_pauses_and_comes_back_no_sooner_than_told() -> None:
    own = pause_before_next(NONE, 1, answer(503), waited=0, now=NOW, jitter=lambda: 1.0)
    told = pause_before_next(NONE, 1, answer(429, "2"), waited=0, now=NOW, jitter=lambda: 1.0)
    longest = pause_before_next(NONE, 1, answer(429, "10"), waited=0, now=NOW, jitter=lambda: 1.0)
    assert (own, told, longest) == (0.75, 2.2, 10.0)


def test_counts_the_time_that_answers_took() -> None:
    assert pause_before_next(NONE, 1, answer(503, "1"), waited=9.5, now=NOW) is None


@pytest.mark.parametrize("after", ["", "0", "1", "2", "4.5", "30"])
def test_never_waits_longer_than_a_breath(after: str) -> None:
    waited, attempt = 0.0, 1
    while (pause := pause_before_next(NONE, attempt, answer(503, after), waited=waited, now=NOW)) is not None:
        waited, attempt = waited + pause, attempt + 1
    assert waited <= MAX_WAIT_SECONDS
    assert attempt <= 4


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("Mon, 02 Mar 2026 09:02:00 GMT", 120.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("9" * 400, 86400.0),
        ("Mon, 02 Mar 2099 09:02:00 GMT", 86400.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Mon, 99 Mar 2026 09:02:00 GMT", None),
    ],
)
def test_reads_retry_after_in_both_forms(text: str, seconds: float | None) -> None:
    assert retry_after(answer(429, text), NOW) == seconds
