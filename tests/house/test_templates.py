"""Templates are read by people: short lines, and a room for each audience; a page loads its own audience's sheet."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from tests.house.test_layout import ROOT, tracked

LONGEST_LINE = 120
LONGEST_TEMPLATE = 200  # lines; a page is cut into the parts that it shows
PROSE = {"parts/security_pack.html"}  # one text for reviewers, read from top to bottom
AT_THE_TOP = {"base", "base_alone", "base_visit", "400", "403", "403_csrf", "404", "500", "503"}
ROOMS = {"mail", "parts", "portal", "staff", "steps"}
TEMPLATES = {path.relative_to(ROOT / "templates").as_posix(): path for path in tracked("templates/*")}
SHEET = re.compile(r'<link rel="stylesheet" href="[^"]*?onboarding/(\w+)\.css"( media="print")?>')


def test_has_no_line_that_nobody_reads_to_its_end():
    assert len(TEMPLATES) > 60
    long = [
        f"{name}:{number}"
        for name, path in TEMPLATES.items()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_keeps_templates_short():
    lengths = {name: len(path.read_text().splitlines()) for name, path in TEMPLATES.items() if name not in PROSE}
    assert {name: length for name, length in lengths.items() if length > LONGEST_TEMPLATE} == {}


def test_is_divided_like_the_rooms():
    assert {name.removesuffix(".html") for name in TEMPLATES if "/" not in name} == AT_THE_TOP
    assert {name.partition("/")[0] for name in TEMPLATES if "/" in name} == ROOMS
    assert [name for name in TEMPLATES if name.endswith(".html") and not get_template(name)] == []


def test_gives_each_fold_a_name_by_which_a_refresh_keeps_it_open():
    folds = [
        (name, fold) for name, path in TEMPLATES.items() for fold in re.findall(r"<details[^>]*>", path.read_text())
    ]
    assert len(folds) > 5
    assert [(name, fold) for name, fold in folds if ' id="' not in fold] == []


@pytest.mark.parametrize(
    ("template", "audience"),
    [("base.html", "staff"), ("base_visit.html", "portal"), ("base_alone.html", "portal"), ("404.html", "portal")],
)
def test_loads_the_sheets_of_one_audience(template, audience):
    request = RequestFactory().get("/")
    request.session, request.user = SessionBase(), AnonymousUser()
    sheets = SHEET.findall(render_to_string(template, {}, request))
    assert [name for name, _media in sheets] == ["tokens", "base", "parts", audience, "print"]
    assert [name for name, media in sheets if media] == ["print"]


def test_declares_the_order_of_all_layers_first():
    folder = ROOT / "onboarding" / "static" / "onboarding"
    order = re.search(r"@layer ([\w, ]+);", (folder / "tokens.css").read_text())
    assert order
    assert sorted(order[1].split(", ")) == sorted(path.stem for path in folder.glob("*.css"))
