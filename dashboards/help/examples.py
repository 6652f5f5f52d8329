"""A worked example: what a register says, and what the rule makes of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One register in words, what the rule found in it, and on which side of the line it is."""

    register: str
    found: str
    holds: bool


@dataclass(frozen=True)
class BothSides:
    """Examples of a rule, over its line and not."""

    over: list[Example]
    under: list[Example]


def both_sides(examples: Sequence[Example]) -> BothSides:
    """The examples told apart by the rule's own verdict. Raises ValueError if a side is bare."""
    over = [example for example in examples if example.holds]
    under = [example for example in examples if not example.holds]
    if not over or not under:
        raise ValueError("A rule is shown from both sides of its line.")
    return BothSides(over, under)
