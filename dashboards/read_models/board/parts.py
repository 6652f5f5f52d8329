"""What a report is made of. The page, the DOCX and the PDF print the same parts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboards.charts import Chart


@dataclass(frozen=True)
class ReportTable:
    """A table of ready words; the first column names the row, the others are right-aligned where
    `numeric` says so."""

    caption: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    is_numeric: bool = True

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row with the heading of each cell, which stands beside it on a narrow screen."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Section:
    """One part of the report under its own heading."""

    key: str
    heading: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[ReportTable] = ()
    charts: Sequence[Chart] = field(default_factory=list)
