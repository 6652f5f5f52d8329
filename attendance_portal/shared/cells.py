"""Cells of files that spreadsheets open. Pure."""

from __future__ import annotations

from typing import Final

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would run it: '=1+2 for =1+2."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
