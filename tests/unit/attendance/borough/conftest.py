"""Two boroughs, made once: a small one of a year, and three years across the change of codes."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest

from attendance import codes
from attendance.borough.build import Counts, Options, make_borough
from schools.rules.calendar import academic_year

Row = dict[str, str]


@dataclass(frozen=True)
class Marked:
    """One child's mark."""

    urn: str
    day: date
    session: str
    code: str

    @property
    def meaning(self) -> codes.Code:
        return codes.meaning(self.code, self.day)


class Bundle:
    """A bundle on disk, read back by plain csv: nothing of the generator's own is used."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder, self.options = folder, options
        self.counts: Counts = make_borough(folder, options)

    def rows(self, name: str) -> list[Row]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @cached_property
    def days(self) -> dict[str, date]:
        """Every date in the marks: parsing each once is quicker."""
        return {text: date.fromisoformat(text) for text in {row["date"] for row in self.marks}}

    @cached_property
    def marks(self) -> list[Row]:
        return self.rows("marks")

    @cached_property
    def marks_by_upn(self) -> dict[str, list[Marked]]:
        found: dict[str, list[Marked]] = {}
        for row in self.marks:
            mark = Marked(row["urn"], self.days[row["date"]], row["session"], row["code"])
            found.setdefault(row["upn"], []).append(mark)
        for marks in found.values():
            marks.sort(key=lambda mark: (mark.day, mark.session))
        return found

    def this_year(self, upn: str) -> Iterator[Marked]:
        year = academic_year(self.options.until)
        return (m for m in self.marks_by_upn.get(upn, []) if academic_year(m.day) == year)

    def possible_and_absent(self, upn: str, until: date | None = None) -> tuple[int, int]:
        """Sessions of the academic year to date, by the code table."""
        last = until or self.options.until
        meanings = [mark.meaning for mark in self.this_year(upn) if mark.day <= last]
        absent = sum(meaning.is_authorised or meaning.is_unauthorised for meaning in meanings)
        return sum(meaning.is_possible for meaning in meanings), absent


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """One year of 1,500 children, up to the usual day."""
    return Bundle(tmp_path_factory.mktemp("borough"), Options(pupils=1500))


@pytest.fixture(scope="session")
def long_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Three years of 200 children: 2023/24 has the older codes."""
    return Bundle(tmp_path_factory.mktemp("long"), Options(pupils=200, years=3))
