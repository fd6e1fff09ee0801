"""F8: the address of another environment is saved, and the token works there too."""

from __future__ import annotations

from ..haiilo.lookup import owner
from ..haiilo.platform import Platform
from ..world import World
from .fault import Fault

SUFFIX = "-staging"


class SecondEnvironment(Fault):
    """A staging platform comes up when it is first asked, and stays."""

    key = "F8"
    seen = "A second platform, <subdomain>-staging, takes the same token: the test passes and the data goes there."
    in_graph = "no: it is at Haiilo"

    def platform_at(self, world: World, host: str) -> Platform | None:
        """The staging platform of this tenant, with the tokens of its own one and nobody in it."""
        first, _dot, rest = host.partition(".")
        production = f"{first.removesuffix(SUFFIX)}.{rest}"
        original: Platform | None = world.platforms.get(production)
        if not first.endswith(SUFFIX) or original is None or owner(world, production) is not self.tenant:
            return None
        with world.lock:
            copy = Platform(
                host, original.product, list(original.groups), tokens=dict(original.tokens), production=production
            )
            found: Platform = world.platforms.setdefault(host, copy)
            world.touch()
        return found
