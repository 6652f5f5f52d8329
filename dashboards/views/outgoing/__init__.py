"""The tables and charts of our pages that may be taken out; importing it registers them."""

from dashboards.views.outgoing import (
    casework,
    charts,
    comparisons,
    explore,
    insight,
    lists,
    meetings,
    movement,
    packs,
    records,
    registers,
    tables,
    trusts,
)

__all__ = [
    "casework",
    "charts",
    "comparisons",
    "explore",
    "insight",
    "lists",
    "meetings",
    "movement",
    "packs",
    "records",
    "registers",
    "tables",
    "trusts",
]
