"""The reference of a case: AT- and a number, as people say it on the telephone. Pure.

The form is our proposal (interfaces: references never change and are never used twice).
"""

from __future__ import annotations

import re
from typing import Final

PREFIX: Final = "AT-"
_TYPED: Final = re.compile(r"\A\s*at[\s-]*(\d{1,10})\s*\Z", re.IGNORECASE)


def reference_of(number: int) -> str:
    """'AT-10001'."""
    return f"{PREFIX}{number}"


def reference_in(text: str) -> str:
    """The reference that somebody typed, as 'at 10001'; empty where it is none."""
    found = _TYPED.match(text)
    return f"{PREFIX}{found.group(1)}" if found and found.group(1).isascii() else ""
