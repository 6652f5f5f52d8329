"""The borough's own small tables: places, schools, dates, names. Sources: `data/SOURCES.md`."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parent / "data"


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Every row of `data/<name>.csv`, in the file's order."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def weights(text: str) -> tuple[tuple[str, float], ...]:
    """'WBRI:968 MWBC:9' as pairs of value and weight."""
    pairs = (item.rsplit(":", 1) for item in text.split())
    return tuple((value, float(weight)) for value, weight in pairs)
