"""Arguments of commands, read with a sentence for what is wrong."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date

from schools.rules.calendar import EARLIEST_DAY


def iso_date(text: str) -> date:
    """A date written as 2026-03-02. Raises ArgumentTypeError."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is not a date: write it as 2026-03-02") from None
    if on < EARLIEST_DAY:
        raise ArgumentTypeError(f"'{text}' is too early: no register is as old as that")
    return on
