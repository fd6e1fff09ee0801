"""The rig of the provisioning service, here too."""

from __future__ import annotations

from ..provisioning.conftest import home, make_rig, rig, site

__all__ = ["home", "make_rig", "rig", "site"]
