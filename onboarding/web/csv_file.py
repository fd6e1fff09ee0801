"""The one way out as CSV: row by row, capped, and with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from onboarding.domain.sentences import TURNING

MAX_ROWS = 200_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet take a cell for a formula (OWASP)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def guarded(cell: object) -> str:
    """The cell as text; one that a spreadsheet would take for a formula gets an apostrophe in front.

    Signs that turn the direction of text around are left out: a spreadsheet would turn what stands beside it, too.
    """
    text = TURNING.sub("", str(cell))
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def csv_file(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, most: int = MAX_ROWS
) -> StreamingHttpResponse:
    """A download of at most `most` rows; a last line says so where there were more. UTF-8 with its mark, for Excel."""
    response = StreamingHttpResponse(_lines(header, rows, most), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]], most: int) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([guarded(cell) for cell in header])
    left = iter(rows)
    for row in islice(left, most):
        yield writer.writerow([guarded(cell) for cell in row])
    if next(left, None) is not None:
        yield writer.writerow([_("Only the first %(most)s rows are here. Filter first.") % {"most": most}])
