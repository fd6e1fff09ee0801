"""Every name of the DNS and every mail address goes through one function, `graphclient.names` (public cases 13, 18)."""

from __future__ import annotations

import re

from .test_layout import ROOT, tracked

PRODUCT = ("onboarding/*.py", "graphclient/*.py", "config/*.py")
# Python's own codec (IDNA 2003), and the ways by which Django's forms and mail come to it.
OLD_CODEC = re.compile(r"""["']idna["']|encodings\.idna|\bpunycode\b""")
BESIDE = re.compile(
    r"^import idna\b|^from idna\b|\bvalidate_email\(|\bEmailValidator\(|=\s*forms\.EmailField\(", re.MULTILINE
)
ALONE = {"graphclient/names.py", "onboarding/domain/input_fields.py"}


def where(pattern: re.Pattern[str]) -> set[str]:
    paths = (path for path in tracked(*PRODUCT) if "migrations" not in path.parts)
    return {str(path.relative_to(ROOT)) for path in paths if pattern.search(path.read_text())}


def test_uses_python_s_own_codec_nowhere():
    assert where(OLD_CODEC) == set()


def test_has_one_place_that_knows_idna_and_one_that_knows_mail_addresses():
    assert where(BESIDE) == ALONE


def test_declares_idna_as_a_package_of_its_own():
    assert re.search(r'^  "idna>=', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
