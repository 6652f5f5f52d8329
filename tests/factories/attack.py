"""What somebody learns of small groups who collects every protected output and adds up.

A cell is a count of one measure of one set of children, known to lie between two numbers. Every
shown count narrows it, and so does every sum of cells, until nothing moves any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.factories.guarded import CHILDREN, PERSISTENT, SEVERE, Child

SMALLEST_GROUP, LARGEST_HIDDEN = 10, 7
#: What is counted of a set: all, over a line, and what is left of each.
MEASURES: Final = ("enrolments", "persistent", "severe", "other", "rest")
#: A set of children, as one bit a child.
Set = int
Cell = tuple[str, Set]
EVERYONE: Final[Set] = (1 << len(CHILDREN)) - 1
_COUNTED: Final = {
    "enrolments": lambda child: True,
    "persistent": lambda child: child.missed >= PERSISTENT,
    "severe": lambda child: child.missed >= SEVERE,
    "other": lambda child: PERSISTENT <= child.missed < SEVERE,
    "rest": lambda child: child.missed < PERSISTENT,
}


def band(number: int) -> str:
    """The measure of one band of sessions missed, 0 (under 5%) to 10 (50% and over)."""
    return f"band {number}"


def band_of(child: Child) -> int:
    """The band that a child is in: 50 sessions, so 2.5 a band."""
    return min(child.missed * 2 // 5, 10)


def of(children: Iterable[bool]) -> Set:
    """The set of those that are named."""
    return sum(1 << place for place, is_in in enumerate(children) if is_in)


def true_count(cell: Cell) -> int:
    """How many there are."""
    measure, members = cell
    if measure.startswith("band "):
        number = int(measure.removeprefix("band "))
        return sum(
            band_of(child) == number for place, child in enumerate(CHILDREN) if members >> place & 1
        )
    counts = _COUNTED[measure]
    return sum(counts(child) for place, child in enumerate(CHILDREN) if members >> place & 1)


@dataclass
class Attacker:
    """Between which numbers each cell lies, by what was read; `read`: where each was read."""

    between: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    sums: set[tuple[Cell, tuple[Cell, ...]]] = field(default_factory=set)
    read: dict[Cell, list[str]] = field(default_factory=dict)

    def reads(self, measure: str, members: Set, shown: str, where: str) -> None:
        """A printed count: '15', '0' or 'c'. Raises AssertionError where it is not rounded."""
        cell = (measure, members)
        self.read.setdefault(cell, []).append(f"{shown} {where}")
        self._knows(members)
        if shown in ("c", ""):
            return
        count = int(shown.replace(",", ""))
        assert count % 5 == 0, f"{where} prints {shown} for {measure}."
        if count == 0:
            self._narrow(cell, 0, 0)
            return
        least = SMALLEST_GROUP if measure == "enrolments" else LARGEST_HIDDEN + 1
        self._narrow(cell, max(count - 2, least), count + 2)

    def adds(self, whole: Set, parts: Sequence[Set], measures: Iterable[str] = MEASURES) -> None:
        """The parts of a set add up to it, in each measure."""
        for members in (whole, *parts):
            self._knows(members)
        for measure in measures:
            self.sums.add(((measure, whole), tuple((measure, part) for part in parts)))

    def has_bands(self, members: Set) -> None:
        """The bands of a set add up to it, and those over a line to whoever is over it."""
        bands = [(band(number), members) for number in range(11)]
        self.sums.add((("rest", members), tuple(bands[:2])))
        self.sums.add((("other", members), tuple(bands[2:10])))
        self.sums.add((("severe", members), tuple(bands[10:])))

    def _knows(self, members: Set) -> None:
        """Of any set: persistent are severe or other, and the rest makes up the enrolments."""
        whole, persistent, severe, other, rest = ((measure, members) for measure in MEASURES)
        self.sums.add((whole, (persistent, rest)))
        self.sums.add((persistent, (severe, other)))
        if not members:
            for measure in MEASURES:
                self._narrow((measure, members), 0, 0)

    def _of(self, cell: Cell) -> tuple[int, int]:
        return self.between.get(cell, (0, len(CHILDREN)))

    def _narrow(self, cell: Cell, low: int, high: int) -> bool:
        least, most = self._of(cell)
        found = max(least, low), min(most, high)
        self.between[cell] = found
        return found != (least, most)

    def think(self) -> None:
        """Add and subtract until nothing more follows."""
        uses: dict[Cell, list[tuple[Cell, tuple[Cell, ...]]]] = {}
        for one in self.sums:
            for cell in (one[0], *one[1]):
                uses.setdefault(cell, []).append(one)
        waiting = dict.fromkeys(self.sums)
        while waiting:
            one = next(iter(waiting))
            del waiting[one]
            for cell in self._follows(*one):
                waiting.update(dict.fromkeys(uses[cell]))

    def _follows(self, whole: Cell, parts: tuple[Cell, ...]) -> Iterator[Cell]:
        """The cells that one sum narrows."""
        low = sum(self._of(part)[0] for part in parts)
        high = sum(self._of(part)[1] for part in parts)
        if self._narrow(whole, low, high):
            yield whole
        least, most = self._of(whole)
        for part in parts:
            mine = self._of(part)
            if self._narrow(part, least - (high - mine[1]), most - (low - mine[0])):
                yield part
            new = self._of(part)
            low, high = low + new[0] - mine[0], high + new[1] - mine[1]

    def wrong(self) -> list[tuple[Cell, tuple[int, int], int]]:
        """Cells that do not hold what the attacker believes: then the attack itself is wrong."""
        return [
            (cell, found, true_count(cell))
            for cell, found in self.between.items()
            if not found[0] <= true_count(cell) <= found[1]
        ]

    def pinned(self, fewest: int = 3) -> list[tuple[Cell, tuple[int, int], int]]:
        """Hidden cells that may hold fewer than so many values, with the true one.

        The attacker knows the rule too, and takes whatever is hidden for as few as are hidden.
        """
        return [
            (cell, (low, high), count)
            for cell, (low, high) in self.between.items()
            if 0 < (count := true_count(cell)) <= (edge := _edge(cell))
            and min(high, edge) - max(low, 1) + 1 < fewest
        ]


def _edge(cell: Cell) -> int:
    return SMALLEST_GROUP - 1 if cell[0] == "enrolments" else LARGEST_HIDDEN
