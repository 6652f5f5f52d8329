"""How far a share of few children may lie from what lies behind it. Pure.

Source: E. B. Wilson, "Probable inference" (1927): the score interval, which the Association of
Public Health Observatories recommends for proportions because it holds for small groups and for
shares near 0% and 100%.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_Z: Final = Decimal("1.959964")  # 95% of a normal distribution lies within
_TENTH: Final = Decimal("0.1")


def wilson_interval(
    part: int, whole: int, *, units_a_draw: int = 1
) -> tuple[Decimal, Decimal] | None:
    """The 95% range of a share, in percent to one decimal; None of nothing.

    10 of 100 gives 5.5 to 17.4; 0 of 20 gives 0.0 to 16.1. Sessions come in spells: for them one
    draw is counted for each `units_a_draw` (`chance.SESSIONS_A_DRAW`), so that 100 of 1,000
    sessions give the range of 10 of 100. Raises ValueError unless 0 <= part <= whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share.")
    if whole == 0:
        return None
    size, share = Decimal(whole) / units_a_draw, Decimal(part) / Decimal(whole)
    z2 = _Z * _Z
    middle = share + z2 / (2 * size)
    spread = _Z * (share * (1 - share) / size + z2 / (4 * size * size)).sqrt()
    scale = 1 + z2 / size
    low, high = (max((middle - spread) / scale, Decimal(0)), (middle + spread) / scale)
    return (100 * low).quantize(_TENTH), (100 * min(high, Decimal(1))).quantize(_TENTH)
