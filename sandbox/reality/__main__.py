"""Print every setting as JSON: `python -m sandbox.reality`."""

from __future__ import annotations

import json
import sys

from . import Reality, described

json.dump(described(Reality()), sys.stdout, ensure_ascii=False)
