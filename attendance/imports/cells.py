"""The one shape in which rows come in: columns of cell numbers, never an object a row.

Each column is an array of codes and the list of the few different texts they stand for, so that a
check runs over the texts and a lookup over the codes. A line is the physical line of a row's first
character; the header is line 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """`values[codes[i]]` is the text of row i, trimmed; one text may have several codes."""

    codes: Numbers
    values: list[str]

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> Column:
        """The column of a list of texts."""
        known: dict[str, int] = {}
        codes = [known.setdefault(text, len(known)) for text in texts]
        return cls(np.array(codes, dtype=np.int64), [text.strip() for text in known])

    @classmethod
    def constant(cls, text: str, rows: int) -> Column:
        """The same text in every row."""
        return cls(np.zeros(rows, dtype=np.int64), [text])

    def text(self, row: int) -> str:
        """What stands in one row."""
        return self.values[self.codes[row]]

    def followed_by(self, other: Column) -> Column:
        """The rows of this column, then those of the other."""
        codes = np.concatenate((self.codes, other.codes + len(self.values)))
        return Column(codes, self.values + other.values)


@dataclass(frozen=True)
class SparseColumn:
    """A column that is mostly empty: only the texts that are there, by row.

    `given` says in which rows the column was sent at all (None: in every row): a cell that was not
    sent leaves what is stored, an empty one empties it.
    """

    texts: dict[int, str]
    given: Bits | None = None

    @classmethod
    def of_texts(cls, texts: Sequence[str], given: Bits | None = None) -> SparseColumn:
        """The column of a list of texts."""
        stripped = ((row, text.strip()) for row, text in enumerate(texts) if text)
        return cls({row: text for row, text in stripped if text}, given)


@dataclass(frozen=True)
class Misfit:
    """A row that could not be taken apart, and what is wrong with it."""

    line: int
    upn: str
    problem: str


@dataclass(frozen=True)
class Chunk:
    """Some rows: their lines, their columns, and the rows that could not be taken apart."""

    lines: Numbers
    columns: dict[str, Column]
    sparse: dict[str, SparseColumn]
    misfits: list[Misfit] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)
