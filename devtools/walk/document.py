"""docs/failure-modes.md: the table of what came of each failure, with the scale in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from devtools.walk import large
from devtools.walk.awaited import AWAITED
from devtools.walk.failure import SCALE, When
from devtools.walk.play import Walked

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "failure-modes.md"
HEAD = """# Failure modes, walked

Written by `make walk`. Each failure is brought about at the far side (the sandbox's switches, or what somebody does at
Microsoft or Haiilo), for a customer of its own with twelve people in scope: six assigned directly, five by a group, one
guest; a thirteenth is disabled. Robots use the product's own pages as people do. While the failure lasts, and after
its cause was removed, every number of people on the board, the record, the users page, the customer's page and in
letters is compared with who is in scope at Microsoft and who has an account at Haiilo; so is what is said of single
people.

`make walk FAULT=F13,F14` walks some and leaves this page alone, `make walk QUICK=1` those that the suite walks too,
`make walk FAULT=large` the large customers at the end alone.

*early* says how soon it was seen:

{scale}

*untrue* is whatever a page told otherwise than it was, or what it failed to say. *pressed* is the button beside the
cause that staff pressed once it was gone; where none is named, it took none. *well after* means that the customer is
live again and Haiilo holds exactly those in scope, without anybody having done more than the remedy. *awaits* names
what the product still lacks; such a row is not part of the suite.
"""
EVERYWHERE = """
## Whatever fails

Known to be told wrong on the way, and left out of the table (`devtools/walk/awaited.py`):

"""
PERSON = re.compile(r"\S+@\S+?(?=[:\s]|$)")
COLUMNS = (
    "failure",
    "early",
    "seen at",
    "cause",
    "owner",
    "for customer success",
    "for the customer",
    "untrue or amiss",
    "pressed",
    "well after",
)


def write(walked: Sequence[Walked]) -> None:
    """The failures; what stands there of large customers stays."""
    _, title, kept = PAGE.read_text().partition(large.TITLE)
    PAGE.write_text(page(walked) + title + kept)


def write_large(rows: Sequence[large.Large]) -> None:
    """What came of large customers; what stands there of failures stays."""
    failures, _, _ = PAGE.read_text().partition(large.TITLE)
    PAGE.write_text(failures + large.section(rows))


def head() -> str:
    """What the page is about, with the scale in words."""
    return HEAD.format(scale="\n".join(f"* {points}: {words}" for points, words in SCALE.items()))


def page(walked: Sequence[Walked]) -> str:
    """In Markdown."""
    good = sum(each.told.good for each in walked)
    else_good = sum(each.told.verified and not each.told.news for each in walked)
    points = [each.told.early for each in walked if each.told.early is not None]
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    sums = f"{good} of {len(walked)} were as they should be on {when}, {else_good} but for what is told wrong"
    sums += f" whatever fails (below); early: {sum(points)} of {4 * len(points)}.\n"
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(tuple(_cells(each)) for each in walked)]
    table = "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
    return f"{head()}\n{sums}\n{table}\n{_everywhere(walked)}{_unjudged(walked)}"


def _cells(walked: Walked) -> Iterator[str]:
    failure, told = walked.failure, walked.told
    yield f"{failure.fault} `{failure.name}`: {failure.about} ({failure.when})"
    yield "-" if told.early is None else str(told.early)
    yield _seen(walked)
    yield f"`{told.cause}`" if told.cause else "-"
    yield told.owner or "-"
    yield told.staff or "-"
    yield told.customer or "-"
    awaits = [f"*awaits: {failure.awaits}*"] if failure.awaits else []
    yield "<br>".join([*_short(told.news), *awaits]) or "-"
    yield f"“{told.pressed}”" if told.pressed else "-"
    yield "yes" if told.verified else "no"


def _seen(walked: Walked) -> str:
    if walked.failure.sight is None:
        return "nothing to see"
    later = walked.failure.when in (When.CYCLE, When.LIVE)
    return (walked.told.place or "never") + (f", after {walked.told.minutes:.0f} min" if later else "")


def _short(lines: Sequence[str]) -> list[str]:
    """The same of several people once, with how often; codes of pages and names of people are left out."""
    counts = Counter(PERSON.sub("somebody", line) for line in lines)
    return [f"{line} ({count} times)" if count > 1 else line for line, count in counts.items()]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _everywhere(walked: Sequence[Walked]) -> str:
    lines = [(lacks, _count(walked, pattern)) for pattern, lacks in AWAITED.items()]
    shown = [f"* awaits {lacks}: {count} of {len(walked)} walks\n" for lacks, count in lines if count]
    return EVERYWHERE + "".join(shown) if shown else ""


def _count(walked: Sequence[Walked], pattern: str) -> int:
    return sum(any(re.search(pattern, line) for line in each.told.untrue) for each in walked)


def _unjudged(walked: Sequence[Walked]) -> str:
    found = sorted({each for one in walked for each in one.told.unjudged})
    if not found:
        return ""
    return "\nNumbers of people that nobody judged: " + "; ".join(f"“{each}”" for each in found[:20]) + "\n"
