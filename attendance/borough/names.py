"""Invented names, from lists that mix the borough's heritages."""

from functools import cache
from typing import Final

from attendance.borough.draw import Draw
from attendance.borough.tables import read_table

# Heritages whose children mostly bear English forenames; the rest keep their own more often.
_OWN_FORENAME_CHANCE: Final = {"british": 1.0, "irish": 0.6, "chinese": 0.7, "african": 0.7}
_USUAL_OWN_FORENAME_CHANCE: Final = 0.85


@cache
def _forenames(heritage: str, sex: str) -> tuple[str, ...]:
    return next(
        tuple(row["names"].split())
        for row in read_table("forenames")
        if (row["heritage"], row["sex"]) == (heritage, sex)
    )


@cache
def _surnames(heritage: str) -> tuple[str, ...]:
    return next(
        tuple(name.replace("_", " ") for name in row["names"].split())
        for row in read_table("surnames")
        if row["heritage"] == heritage
    )


def forename(draw: Draw, heritage: str, sex: str) -> str:
    """A child's forename."""
    own = draw.chance(_OWN_FORENAME_CHANCE.get(heritage, _USUAL_OWN_FORENAME_CHANCE))
    return draw.pick(_forenames(heritage if own else "british", sex))


def adult_forename(draw: Draw, heritage: str, sex: str) -> str:
    """A parent's forename."""
    return draw.pick(_forenames("adult" if heritage == "british" else heritage, sex))


def surname(draw: Draw, heritage: str) -> str:
    return draw.pick(_surnames(heritage))
