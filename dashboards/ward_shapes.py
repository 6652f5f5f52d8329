"""The outlines of the borough's wards, by code, ready to be drawn.

The file is `data/wards.geojson`, with its source and licence in `data/SOURCES.md`. Longitude and
latitude become kilometres on a flat map, east and south of its north-west corner: good enough for
a borough, and for drawing only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Final

BOUNDARIES: Final = "ward boundaries of December 2022 (ONS), simplified; ward codes of 2024"
LICENCE: Final = "Contains OS data © Crown copyright and database right"
_FILE: Final = Path(__file__).parent / "data" / "wards.geojson"
_KILOMETRES_A_DEGREE: Final = 111.2  # of latitude

Point = tuple[float, float]


@dataclass(frozen=True)
class WardShape:
    """One ward: kilometres east and south of the map's corner; `label` is a point inside."""

    code: str
    name: str
    outline: tuple[Point, ...]
    label: Point


@cache
def ward_shapes() -> Mapping[str, WardShape]:
    """Every ward of the file by its code."""
    found = json.loads(_FILE.read_text(encoding="utf-8"))["features"]
    rings = {ward["id"]: ward["geometry"]["coordinates"][0] for ward in found}
    west = min(lon for ring in rings.values() for lon, _ in ring)
    lats = [lat for ring in rings.values() for _, lat in ring]
    north, narrowing = max(lats), cos(radians((max(lats) + min(lats)) / 2))

    def flat(lon: float, lat: float) -> Point:
        east = (lon - west) * narrowing * _KILOMETRES_A_DEGREE
        return east, (north - lat) * _KILOMETRES_A_DEGREE

    return {
        ward["id"]: WardShape(
            ward["id"],
            ward["properties"]["name"],
            tuple(flat(lon, lat) for lon, lat in rings[ward["id"]]),
            flat(*ward["properties"]["label"]),
        )
        for ward in found
    }
