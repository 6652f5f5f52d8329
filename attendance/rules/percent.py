"""How a page prints a rate. Pure; the only way a page prints one.

A printed figure never stands on the wrong side of a line: 35 of 351 is under 10% and prints 9.97%,
and 37 of 370 prints 10.0%. Flags come from integers (`absence`), never from what is printed
(STAT-08).
"""

from typing import Final

NOTHING_POSSIBLE: Final = "No sessions yet"
_LINES: Final = (5, 10, 50, 100)  # percentages that a figure below them must not print as
_ONE_DECIMAL: Final = 10
_TWO_DECIMALS: Final = 100


def _rounded(part: int, whole: int, scale: int) -> int:
    """100 x part / whole in units of 1 / scale, halves up."""
    return (2 * 100 * scale * part + whole) // (2 * whole)


def _line_wrongly_reached(rounded: int, part: int, whole: int, scale: int) -> int | None:
    """The line that the rounded figure prints as while the exact share is below it, if any."""
    for line in _LINES:
        if rounded == line * scale and 100 * part < line * whole:
            return line
    return None


def shown_percent(part: int, whole: int) -> str:
    """A rate for a page: one decimal, halves up; two, or "just under", where one would mislead.

    Raises ValueError unless 0 <= part <= whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share.")
    if whole == 0:
        return NOTHING_POSSIBLE
    line = None
    for scale, decimals in ((_ONE_DECIMAL, 1), (_TWO_DECIMALS, 2)):
        rounded = _rounded(part, whole, scale)
        line = _line_wrongly_reached(rounded, part, whole, scale)
        if line is None and (rounded > 0 or part == 0):
            return f"{rounded // scale}.{rounded % scale:0{decimals}d}%"
    return "under 0.01%" if line is None else f"just under {line}%"
