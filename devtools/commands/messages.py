"""The translations, without GNU gettext: ``python -m devtools.commands.messages extract | compile | check``.

extract  collects the texts from Python and templates and updates the .po files, keeping what is translated
compile  writes each .mo beside its .po
check    fails when a text has no translation or a translation has other gaps than its text
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "onboarding" / "locale"
LANGUAGES = ("de", "fi")
PYTHON_ROOMS = ("onboarding", "config/settings.py")
TEMPLATE_ROOMS = ("templates", "onboarding/templates")
FUNCTIONS = (
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "pgettext",
    "pgettext_lazy",
    "plural",
)
GAP = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")


@dataclass(frozen=True)
class Text:
    """One text found in a file. `forms` is the text, or singular and plural."""

    forms: tuple[str, ...]
    context: str | None
    place: str
    line: int


def collect() -> list[Text]:
    """All texts to translate, in the order of files and lines."""
    return [*_texts_of_python(), *_texts_of_templates()]


def _texts_of_python() -> Iterator[Text]:
    for room in PYTHON_ROOMS:
        path = ROOT / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if "migrations" not in file.parts:
                yield from _extract(file, file.read_text())


def _texts_of_templates() -> Iterator[Text]:
    """Django turns a template into calls of gettext amid blanked-out text; lines are unindented to be Python tokens."""
    for room in TEMPLATE_ROOMS:
        for file in sorted((ROOT / room).rglob("*")):
            if file.suffix in (".html", ".txt"):
                blanked = templatize(file.read_text(), origin=str(file.relative_to(ROOT)))
                yield from _extract(file, "\n".join(line.strip() for line in blanked.split("\n")))


def _extract(file: Path, source: str) -> Iterator[Text]:
    for line, function, found, _comments in extract_python(
        io.BytesIO(source.encode()), dict.fromkeys(FUNCTIONS), (), {}
    ):
        arguments = list(found) if isinstance(found, tuple | list) else [found]
        text = _text(str(function), arguments, str(file.relative_to(ROOT)), line)
        if text is not None:
            yield text


def _text(function: str, arguments: list[str], place: str, line: int) -> Text | None:
    """None for a call whose text is no literal: that text is written, and found, somewhere else."""
    context = arguments.pop(0) if function.startswith(("pgettext", "npgettext")) else None
    count = 2 if function.startswith("n") or function == "plural" else 1
    literal = tuple(form for form in arguments[:count] if form)
    return Text(literal, context, place, line) if len(literal) == count else None


def template_of(texts: list[Text]) -> Catalog:
    """A catalogue of texts without translations."""
    catalogue = Catalog(project="haiilo-onboarding", charset="utf-8")
    for text in texts:
        identity = text.forms if len(text.forms) > 1 else text.forms[0]
        catalogue.add(identity, locations=[(text.place, text.line)], context=text.context)
    return catalogue


def path_of(language: str) -> Path:
    """Where the translations of `language` are kept."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """The translations of `language`; empty when there are none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="haiilo-onboarding", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def extract() -> int:
    """Update the .po files: new texts are added, gone ones removed, translations kept, nothing guessed."""
    template = template_of(collect())
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=118, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
        missing = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{language}: {len(catalogue)} texts, {missing} to translate ({path.relative_to(ROOT)})")
    return 0


def compile_all() -> int:
    """Write each .mo beside its .po."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=path.parent.parent.name))
    return 0


def check() -> int:
    """1 when a text lacks a translation or a translation has other gaps; each is printed."""
    texts, problems = collect(), []
    for language in LANGUAGES:
        catalogue = load(language)
        problems += [f"{language}: {problem}" for text in texts if (problem := problem_of(text, catalogue))]
    for problem in sorted(set(problems)):
        print(problem)
    return 1 if problems else 0


def problem_of(text: Text, catalogue: Catalog) -> str | None:
    """What is wrong with the translation of `text`, or None."""
    message = catalogue.get(text.forms[0], text.context)
    if message is None or not _is_translated(message):
        return f"no translation of “{text.forms[0]}” ({text.place})"
    forms, gaps = _forms(message), [_gaps(form) for form in text.forms]
    for form in forms:
        # “one person” may leave the number out, the last plural form may not
        if _gaps(form) not in (gaps if form != forms[-1] else gaps[-1:]):
            return f"“{form}” has other gaps than “{text.forms[-1]}” ({text.place})"
    return None


def _is_translated(message: Message) -> bool:
    return not message.fuzzy and all(_forms(message))


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string or ""),)


def _gaps(text: str) -> set[str]:
    return set(GAP.findall(text))


def main() -> int:
    """Do what the first argument names; 2 for another word."""
    commands = {"extract": extract, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__)
        return 2
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
