"""The product profiles: what each Haiilo product takes over SCIM. Data only; facts from Haiilo's published articles.

Attribute paths of Advocacy's country, locality and region are inferred (Haiilo publishes bare names); they are data
here so that one line changes when a live platform says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

WORK = 'addresses[type eq "work"]'


@dataclass(frozen=True)
class Mapped:
    """One attribute mapping: what is written at Haiilo (`target`) and from which Entra expression (`expression`)."""

    target: str
    expression: str
    required: bool = False
    matching_priority: int = 0


@dataclass(frozen=True)
class Profile:
    """What one Haiilo product supports; `base_url` carries ``{host}``."""

    key: str
    label: str
    base_url: str
    mappings: tuple[Mapped, ...]
    groups: bool
    deactivation_deletes: bool
    same_app_as_sso: bool


ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'

ADVOCACY = Profile(
    key="advocacy",
    label="Advocacy",
    base_url="https://{host}/api/scim/v2",
    mappings=(
        Mapped("userName", "[userPrincipalName]", required=True, matching_priority=1),
        Mapped("active", ACTIVE, required=True),
        Mapped("name.givenName", "[givenName]"),
        Mapped("name.familyName", "[surname]"),
        Mapped(f"{WORK}.country", "[country]", required=True),
        Mapped(f"{WORK}.locality", "[city]"),
        Mapped(f"{WORK}.region", "[state]"),
    ),
    groups=False,
    deactivation_deletes=True,
    same_app_as_sso=True,
)

HOME = Profile(
    key="home",
    label="Home",
    base_url="https://{host}/api/scim/v2",
    mappings=(
        Mapped("userName", "[userPrincipalName]", required=True, matching_priority=1),
        Mapped("active", ACTIVE, required=True),
        Mapped("name.givenName", "[givenName]"),
        Mapped("name.familyName", "[surname]"),
        Mapped('emails[type eq "work"].value', "[mail]"),
    ),
    groups=False,
    deactivation_deletes=False,
    same_app_as_sso=False,
)

PROFILES = {profile.key: profile for profile in (ADVOCACY, HOME)}
