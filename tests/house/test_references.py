"""Whatever a text of this repository refers to is in the repository: documents, links, headings, decisions, sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_layout import ROOT, tracked

FACTS = ROOT / "docs" / "graph-facts.md"
TEXTS = ("*.py", "*.html", "*.md", "*.toml", "*.yml")
# Collections that this house was built from and that stayed elsewhere; "R 2.3" is the short form of one of them.
ELSEWHERE = re.compile(
    r"\b(?:REFERENCE|RECORDED|FEASIBILITY|ENGINE [A-Z]|ERRORS [0-9])\b|\bR [0-9]+(?:\.[0-9]+)*\b|\bR n\b"
    r"|\b(?:ERRORS|PRODUCT|HOUSE|DESIGN|THREATS|EXAMPLES|TERMS)\.md\b|\.\./shared\b|collected reference\b"
)
PATH = re.compile(r"(?<![\w/.#-])docs/[\w./-]+")
DECISION = re.compile(r"\bADR (\d+)\b")
FACT = re.compile(r'docs/graph-facts\.md`?,((?:(?: and|,| or)? ?\\?"[^"\\]+\\?")+)')
QUOTED = re.compile(r'"([^"\\]+)\\?"')
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
CITED = re.compile(r"\[([^\][]+)\](?![:(])")
DEFINED = re.compile(r"^\[([^\]]+)\]: ", re.MULTILINE)


def texts(*patterns: str) -> Iterator[tuple[str, str]]:
    """Name and text of each tracked file, this one left out: it has to name what it looks for."""
    for path in tracked(*patterns):
        if path != Path(__file__).resolve():
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def unwrapped(text: str) -> str:
    """The text in one line, comment signs at the beginnings of lines left out, so that a wrapped sentence is found."""
    return re.sub(r"\s*\n\s*(?:#\s)?\s*", " ", text)


def elsewhere(text: str) -> list[str]:
    """Lines that name a document which is not in the repository."""
    return [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if ELSEWHERE.search(line)]


def lost_paths(text: str) -> list[str]:
    """Mentions of files below docs/ that are not there."""
    mentioned = {found.rstrip(".") for found in PATH.findall(text)}
    return sorted(path for path in mentioned if not (ROOT / path).exists())


def lost_decisions(text: str) -> list[str]:
    """Numbers of decisions that docs/adr/ does not have."""
    known = {int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    return sorted({number for number in DECISION.findall(text) if int(number) not in known})


def headings(text: str) -> set[str]:
    """The headings of a Markdown text."""
    return {line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")}


def lost_facts(text: str) -> list[str]:
    """Headings that are cited from docs/graph-facts.md and are not there."""
    cited = {name for names in FACT.findall(unwrapped(text)) for name in QUOTED.findall(names)}
    return sorted(cited - headings(FACTS.read_text()))


def anchor(heading: str) -> str:
    """The address of a heading inside its page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def lost_links(page: Path, text: str) -> list[str]:
    """Relative links that lead to no file, or to no heading of it."""
    lost = []
    for link in (first or second for first, second in LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, part = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (part and part not in map(anchor, headings(target.read_text()))):
            lost.append(link)
    return lost


def test_names_no_document_that_is_not_here():
    assert {name: lines for name, text in texts(*TEXTS) if (lines := elsewhere(text))} == {}


def test_mentions_only_pages_that_exist():
    assert {name: lost for name, text in texts(*TEXTS) if (lost := lost_paths(text))} == {}


def test_names_only_decisions_that_exist():
    assert {name: lost for name, text in texts(*TEXTS) if (lost := lost_decisions(text))} == {}


def test_cites_only_headings_of_the_facts_that_exist():
    assert {name: lost for name, text in texts(*TEXTS) if (lost := lost_facts(text))} == {}


def test_links_only_to_what_exists():
    assert {name: lost for name, text in texts("*.md") if (lost := lost_links(ROOT / name, text))} == {}


def test_gives_the_address_of_each_source_of_the_facts():
    text = FACTS.read_text()
    defined = DEFINED.findall(text)
    prose = unwrapped(re.sub(r"`[^`]*`", "", DEFINED.sub("", text)))
    assert len(defined) > 50
    assert sorted(defined, key=str.lower) == sorted({*CITED.findall(prose)} & {*defined}, key=str.lower)
    assert sorted({*CITED.findall(prose)} - {*defined}) == []


@pytest.mark.parametrize(
    ("find", "text", "found"),
    [
        (elsewhere, "as REFERENCE 7 has it", ["1: as REFERENCE 7 has it"]),
        (elsewhere, "see\n../shared/HOUSE.md", ["2: ../shared/HOUSE.md"]),
        (
            elsewhere,
            "Exactly one element (R 3; Graph: organization)",
            ["1: Exactly one element (R 3; Graph: organization)"],
        ),
        (elsewhere, "_REFERENCES = {}, ERRORS = (), house.css", []),
        (lost_paths, "docs/graph-facts.md, docs/adr/ and docs/no-such.md.", ["docs/no-such.md"]),
        (lost_paths, "https://example.com/docs/elsewhere and templates/docs/x", []),
        (lost_decisions, "ADR 0001, ADR 1 and ADR 9999", ["9999"]),
        (lost_facts, 'docs/graph-facts.md, "Jobs" and "Throttling".', []),
        (lost_facts, 'docs/graph-facts.md, "Jobs", "Moon"', ["Moon"]),
        (lost_facts, '# docs/graph-facts.md,\n    # "Paging and\n    # batch"', []),
        (lost_facts, '# docs/graph-facts.md,\n    # "Paging or\n    # batch"', ["Paging or batch"]),
    ],
)
def test_finds_what_is_lost(find, text, found):
    assert find(text) == found


def test_finds_lost_links():
    page = ROOT / "docs" / "graphclient.md"
    text = "[a](graph-facts.md#jobs) [b](graph-facts.md#moon) [c](no.md) [d](https://example.com/x)\n[e]: ../none.md\n"
    assert lost_links(page, text) == ["graph-facts.md#moon", "no.md", "../none.md"]
