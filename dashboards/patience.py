"""Work that the worker does while a page says so, and that the page does where no worker comes."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from kombu.exceptions import OperationalError

from attendance_portal.shared import clock


def is_coming(key: str, tell: Callable[[], object], *, patience: int) -> bool:
    """Whether the worker was told and has still time, in seconds. Tells it the first time.

    `key`: of the work; `tell`: sends the task, and may find no broker to send it to.
    """
    started, now = f"{key}:asked", clock.now()
    since = cache.get(started)
    if since is not None:
        late: float = (now - since).total_seconds()
        return late <= patience
    cache.set(started, now, patience * 10)
    try:
        tell()
    except OperationalError:
        return False
    return True
