"""Haiilo's typeface for the pages: two small WOFF2 files, made of the TrueType files in the package fontpkg-lato.

The package has Lato for a dozen scripts, 640 KB a weight. The pages need the letters of European languages: 27 KB each.
Lato's licence (OFL 1.1, in the package) keeps the name for the unchanged font, so what is made here has another name.
Only ``collectstatic``, and the web process under DEBUG, make the files; fontTools is imported by nobody else.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseStorageFinder
from django.core.files.storage import FileSystemStorage, Storage

FOLDER = Path(__file__).resolve().parent.parent / ".fonts"
PLACE = Path("onboarding", "fonts")
WEIGHTS = {"sans-regular.woff2": "Lato-Regular.ttf", "sans-bold.woff2": "Lato-Bold.ttf"}
NAME = "Onboarding Sans"
RENAMED = {1: NAME, 3: NAME, 4: NAME, 6: NAME.replace(" ", "")}  # family, identifier, full and PostScript name
KEPT = (0, 13, 14)  # copyright, licence, and the licence's address
FEATURES = ["ccmp", "kern", "liga", "locl", "lnum", "mark", "mkmk", "tnum"]
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),  # Latin-1 and Latin Extended-A: the names of people in Europe
    *(0x218, 0x219, 0x21A, 0x21B, 0x1E9E),  # Romanian, and the capital sharp s
    *range(0x2010, 0x2028),  # dashes, quotation marks, bullet, ellipsis
    *(0x202F, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122),
    *range(0x2190, 0x2194),  # arrows
    *(0x2212, 0x2248, 0x2264, 0x2265, 0x25CB),
)


def made() -> Path:
    """The folder with both files, made when they are not there; another version or choice has another folder."""
    basis = [version("fontpkg-lato"), version("fonttools"), NAME, FEATURES, CHARACTERS]
    folder = FOLDER / hashlib.sha256(repr(basis).encode()).hexdigest()[:12]
    for name, source in WEIGHTS.items():
        if not (folder / PLACE / name).exists():
            _make(source, folder / PLACE / name)
    return folder


def _make(source: str, target: Path) -> None:
    """Write `target` in one go: several processes may make it at the same moment."""
    import fontpkg_lato
    from fontTools import subset

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells each glyph
    options = subset.Options(
        flavor="woff2", layout_features=FEATURES, hinting=False, name_IDs=[*RENAMED, *KEPT], recalc_timestamp=False
    )
    font = subset.load_font(str(fontpkg_lato.ROOT / "files" / source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in RENAMED:
            record.string = RENAMED[record.nameID]
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=target.parent)
    os.close(handle)
    subset.save_font(font, unfinished, options)
    font.close()
    os.replace(unfinished, target)


class FontFinder(BaseStorageFinder):
    """Finds both files as ``onboarding/fonts/…``, like any other static file."""

    storage: Storage | None = FileSystemStorage(location=FOLDER)

    def find(self, path: str, *args: Any, **options: Any) -> Any:
        """Where `path` is, or an empty list. Makes the files only when one of them is looked for."""
        if Path(path).parent != PLACE:
            return []
        self.storage = FileSystemStorage(location=made())
        return super().find(path, *args, **options)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Both files, for ``collectstatic``."""
        self.storage = FileSystemStorage(location=made())
        return iter(super().list(ignore_patterns))
