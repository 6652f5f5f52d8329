"""What people typed, checked before it is kept: there, and not too long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from attendance_portal.shared import wording
from attendance_portal.shared.errors import ErrorDetail, Invalid


def needed(text: str, message: str, *, pointer: str, longest: int = 0) -> str:
    """The text without spaces around it. Raises Invalid where nothing is left, or too much."""
    kept = text.strip()
    if not kept:
        raise wrong(message, pointer=pointer)
    return fits(kept, pointer=pointer, longest=longest)


def fits(text: str, *, pointer: str, longest: int) -> str:
    """The text, if it is no longer than the column that keeps it. Raises Invalid."""
    kept = text.strip()
    if longest and len(kept) > longest:
        raise wrong(f"Use {longest} characters or fewer.", pointer=pointer)
    return kept


def one_of(key: str, choices: Collection[str], message: str, *, pointer: str) -> str:
    """A key of a table. Raises Invalid."""
    if key not in {str(choice) for choice in choices}:
        raise wrong(message, pointer=pointer)
    return str(key)


def gone_by(day: date, *, on: date, not_before: date | None = None, pointer: str) -> date:
    """A day that has come, and none before another. Raises Invalid."""
    if day > on:
        raise wrong("Give today or an earlier day.", pointer=pointer)
    if not_before is not None and day < not_before:
        raise wrong(f"Give {wording.day(not_before)} or a later day.", pointer=pointer)
    return day


def wrong(message: str, *, pointer: str) -> Invalid:
    """One thing that cannot be used as it stands, at its field."""
    return Invalid(message, code=pointer, errors=(ErrorDetail(pointer, message, pointer=pointer),))
