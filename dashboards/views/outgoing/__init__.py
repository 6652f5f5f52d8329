"""The tables and charts of our pages that may be taken out; importing it registers them."""

from dashboards.views.outgoing import (
    charts,
    comparisons,
    explore,
    insight,
    lists,
    records,
    tables,
)

__all__ = ["charts", "comparisons", "explore", "insight", "lists", "records", "tables"]
