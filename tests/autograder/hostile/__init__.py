"""Submissions that attack the grader, the tests or their neighbours, and what each is after.

Every one is bounded, so that it harms nothing even where no sandbox stands around it: at most 100
processes, 3 GiB of memory, 200 MB of disk, some seconds, and no traffic but to this machine's own
loopback. Whoever gets at what is hidden prints FOUND; who gets at something else, GAINED and what.
"""

from hostile import looking, network, outliving, patches, resources, wire
from hostile.attack import ENVIRONMENT, FOUND, GAINED, PORT, SECRET, Attack

__all__ = ["ATTACKS", "ENVIRONMENT", "FOUND", "GAINED", "PORT", "SECRET", "Attack"]

ATTACKS: dict[str, Attack] = {}
for _kind in (patches, looking, wire, outliving, resources, network):
    ATTACKS |= _kind.ATTACKS
