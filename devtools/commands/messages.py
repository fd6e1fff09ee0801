"""The translations, by pybabel: ``python -m devtools.commands.messages update | check``.

update  collects the texts, as [tool.babel] of pyproject.toml says, into the .po files and keeps what is translated
check   fails when a text has no translation or a translation has other gaps than its text
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from typing import IO, Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUES = Path("onboarding/locale")
GAP = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")


def extract_template(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Find the texts of a Django template; an extraction method for pybabel.

    Django turns a template into calls of gettext amid blanked-out text; lines are unindented to be Python tokens.
    """
    blanked = templatize(file.read().decode())
    source = "\n".join(line.strip() for line in blanked.split("\n"))
    yield from extract_python(io.BytesIO(source.encode()), keywords, comment_tags, {})


def pybabel(*words: str, root: Path) -> None:
    """Run a command of pybabel at the top of `root`. Raises SystemExit when pybabel refuses."""
    with chdir(root):
        CommandLineInterface().run(["pybabel", "-q", *words])  # type: ignore[no-untyped-call] # Babel annotates it not


def paths(root: Path) -> dict[str, Path]:
    """Where the translations into each language are kept."""
    return {path.parts[-3]: path for path in sorted((root / CATALOGUES).glob("*/LC_MESSAGES/django.po"))}


def load(path: Path, language: str | None = None) -> Catalog:
    """A .po or .pot file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def extract(folder: Path, root: Path) -> Path:
    """Collect all texts into a template in `folder`; its path. The place of a text is its file, without the line."""
    path = folder / "django.pot"
    pybabel("extract", "-F", "pyproject.toml", "--sort-by-file", "--add-location=file", f"-o{path}", ".", root=root)
    return path


def update(root: Path = ROOT) -> int:
    """Update the .po files: new texts are added, gone ones removed, translations kept, nothing guessed.

    A folder without a .po file is a new language, and gets one.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--width=118"]
        template = extract(Path(folder), root)
        for folder_of_language in sorted((root / CATALOGUES).iterdir()):
            if folder_of_language.name not in paths(root):
                pybabel(
                    "init", "-Ddjango", f"-d{CATALOGUES}", f"-i{template}", f"-l{folder_of_language.name}", root=root
                )
        pybabel("update", "-Ddjango", f"-d{CATALOGUES}", f"-i{template}", *options, root=root)
    for language, path in paths(root).items():
        catalogue = load(path, language)
        missing = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{language}: {len(catalogue)} texts, {missing} to translate ({path.relative_to(root)})")
    return 0


def check(root: Path = ROOT) -> int:
    """1 when a text lacks a translation or a translation has other gaps; each is printed."""
    with tempfile.TemporaryDirectory() as folder:
        texts = [message for message in load(extract(Path(folder), root)) if message.id]
    catalogues = {language: load(path, language) for language, path in paths(root).items()}
    problems = [
        f"{language}: {problem}"
        for language, catalogue in catalogues.items()
        for text in texts
        if (problem := problem_of(text, catalogue))
    ]
    problems += [f"{language}: marked fuzzy, so not compiled" for language, each in catalogues.items() if each.fuzzy]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def problem_of(text: Message, catalogue: Catalog) -> str | None:
    """What is wrong with the translation of `text`, or None."""
    wanted, place = _forms(text.id), text.locations[0][0] if text.locations else "said before"
    message = catalogue.get(wanted[0], text.context)
    if message is None or not _is_translated(message):
        return f"no translation of “{wanted[0]}” ({place})"
    forms, gaps = _forms(message.string), [_gaps(form) for form in wanted]
    for form in forms:
        # “one person” may leave the number out, the last plural form may not
        if _gaps(form) not in (gaps if form != forms[-1] else gaps[-1:]):
            return f"“{form}” has other gaps than “{wanted[-1]}” ({place})"
    return None


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_forms(message.string))


def _forms(text: Any) -> tuple[str, ...]:
    """The text, or singular and plural."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text or ""),)


def _gaps(text: str) -> set[str]:
    return set(GAP.findall(text))


def main() -> int:
    """Do what the first argument names; 2 for another word."""
    commands: dict[str, Callable[[], int]] = {"update": update, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__)
        return 2
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
