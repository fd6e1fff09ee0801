"""What the environment may set is written down where an operator looks."""

from __future__ import annotations

import re

import pytest

from .test_layout import ROOT

NOT_FOR_OPERATORS = {"DEBUG", "SECURE", "SANDBOX_URL", "PACE", "STATIC_ROOT"}
NAMES = sorted(
    set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text())) - NOT_FOR_OPERATORS
)


@pytest.mark.parametrize("name", NAMES)
def test_names_each_setting_in_the_readme_and_the_example(name):
    assert f"`{name}`" in (ROOT / "README.md").read_text()
    assert re.search(rf"(?m)^#?{name}(_FILE)?=", (ROOT / ".env.example").read_text())
