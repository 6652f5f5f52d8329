"""Which pupils need more than one agency (SUP-15). The line itself is our proposal.

SUP-15 asks for persistently absent pupils whose barriers need more than one agency. On record that
shows as barriers in several domains, or as several agencies at work already.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

#: From so many domains of barriers on, or so many agencies beside the attendance team.
SEVERAL: Final = 2


def needs_several_agencies(domains: Collection[str], agencies: Collection[str]) -> bool:
    """Whether a child's case shows it. `agencies`: at work or asked, the attendance team left out.

    >>> needs_several_agencies({"family", "peers"}, set())
    True
    """
    return len(set(domains)) >= SEVERAL or len(set(agencies)) >= SEVERAL
