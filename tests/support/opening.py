"""A support bundle, opened."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from onboarding.models import Onboarding
from onboarding.support.bundle import Bundle, bundle_of


def opened(made: Onboarding, *, with_ids: bool = False) -> tuple[dict[str, Any], dict[str, Any], str]:
    """For Microsoft, for our engineers, and the page to read."""
    texts = texts_of(bundle_of(made, with_ids=with_ids))
    return json.loads(texts["for-microsoft.json"]), json.loads(texts["for-haiilo-engineers.json"]), texts["README.txt"]


def texts_of(bundle: Bundle) -> dict[str, str]:
    """Each file in it."""
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
