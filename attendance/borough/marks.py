"""Codes as small numbers, so that registers are arrays; and their names before August 2024."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]  # one row an enrolment, two columns a day: morning, afternoon
Mask = NDArray[np.bool_]

NO_MARK: Final = 255
ALL: Final = (
    "/", "\\", "L", "K", "V", "P", "W", "B", "D", "C", "C1", "C2", "E", "I", "J1", "M", "R", "S",
    "T", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "G", "N", "O", "U", "#", "-",
    "H", "J", "Y",
)  # fmt: skip
NUMBER: Final = {code: number for number, code in enumerate(ALL)}
PRESENT: Final = (NUMBER["/"], NUMBER["\\"])

REFORM: Final = date(2024, 8, 19)  # SI 2024/208 in force
_BEFORE_REFORM: Final = {
    "K": "B", "C1": "C", "C2": "C", "J1": "J", "Q": "Y", "Y1": "Y", "Y2": "Y", "Y3": "Y",
    "Y4": "Y", "Y5": "Y", "Y6": "Y", "Y7": "Y",
}  # fmt: skip


def _older_numbers() -> Codes:
    numbers = np.arange(256, dtype=np.uint8)
    for new, old in _BEFORE_REFORM.items():
        numbers[NUMBER[new]] = NUMBER[old]
    return numbers


_OLDER: Final = _older_numbers()


def as_of_their_day(codes: Codes, days: list[date]) -> None:
    """Rewrites, in place, the codes on days before the reform to those in force then."""
    before = 2 * sum(day < REFORM for day in days)
    codes[:, :before] = _OLDER[codes[:, :before]]
