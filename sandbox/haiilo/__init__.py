"""Haiilo's side: the SCIM service of Advocacy and Home, Home's token endpoint, and pages that show their users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from .lookup import hosts_of
from .pages import Pages
from .platform import Platform, new_platform
from .service import Service

if TYPE_CHECKING:
    from ..world import World

__all__ = ["Platform", "blueprint", "credentials", "hosts_of", "make_platform", "users"]


def blueprint(world: World) -> Blueprint:
    """/api/scim/v2/* and /api/oauth/token (the Host header chooses the platform), and /haiilo/<host>/ for people."""
    made = Blueprint(
        "haiilo", __name__, template_folder="templates", static_folder="static", static_url_path="/haiilo-static"
    )
    Service(world).register(made)
    Pages(world).register(made)
    return made


def make_platform(world: World, host: str, product: str, groups: list[str]) -> str:
    """The bearer token of the platform at `host`, made if it is not there yet; `groups` are Advocacy's groups."""
    with world.lock:
        platform = world.platforms.get(host)
        if platform is None:
            platform = new_platform(host, product, groups, world.clock.stamp())
            world.platforms[host] = platform
            world.touch()
        return next(iter(platform.tokens), "")


def credentials(world: World, host: str) -> dict[str, str]:
    """Every way to sign in at the platform: token, and for Home client_id, client_secret and token_url."""
    platform: Platform = world.platforms[host]
    found = {"token": next(iter(platform.tokens), "")}
    for client, secret in platform.clients.items():
        found |= {"client_id": client, "client_secret": secret, "token_url": f"https://{host}/api/oauth/token"}
    return found


def users(world: World, host: str) -> list[dict[str, Any]]:
    """The SCIM resources of everybody who came by SCIM (local accounts that nothing matched are left out)."""
    platform: Platform | None = world.platforms.get(host)
    return [platform.user_json(person) for person in platform.provisioned()] if platform else []
