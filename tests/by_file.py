"""Who runs what, where several workers run the tests."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):
    """A file's tests stay on one worker, which makes once what they share, the largest files first.

    The journeys in a browser come last and one by one: each is long, makes its own borough and
    empties the database behind it.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith("tests/browser/") else nodeid.split("::", 1)[0]
