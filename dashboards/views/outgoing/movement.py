"""New, cleared and long-standing absence, from each page that counts it. Never protected: counts of
so few would undo what a protected view hides."""

from __future__ import annotations

from accounts.roles import Permission
from dashboards.exports import registry
from dashboards.exports.tables import Column, Kind, Row, Table
from dashboards.read_models.explore.movement import movement_block
from dashboards.views.outgoing.common import in_words, school_of
from dashboards.views.outgoing.trusts import trust_asked
from dashboards.views.slices import AskedSlice, Only, asked_slice
from schools.permissions import SignedInRequest

_LABEL = "New, cleared and long-standing"
_WORDS = (
    "Cleared: below the line again, and not by leaving or by a new year.",
    "Long-standing: over the line today, at the end of each half-term so far, and in the whole of "
    "last year.",
)


@registry.table("borough_movement", _LABEL, Permission.SEE_BOROUGH, page="borough")
def of_borough(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Of the borough."""
    return _table(asked_slice(request, is_protected=False))


@registry.table(
    "school_movement", f"{_LABEL}, a school", Permission.SEE_SCHOOLS, page="school", args=("urn",)
)
def of_school(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Of a school."""
    only = Only.school(school_of(request))
    return _table(asked_slice(request, only=only, is_protected=False))


@registry.table(
    "trust_movement", f"{_LABEL}, a trust", Permission.SEE_SCHOOLS, page="trust", args=("uid",)
)
def of_trust(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Of the schools of a trust."""
    _, asked = trust_asked(request, is_protected=False)
    return _table(asked)


@registry.table(
    "explore_movement", f"{_LABEL}, of a cohort", Permission.SEE_SCHOOLS, page="explore"
)
def of_cohort(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """Of a cohort of the explorer."""
    return _table(asked_slice(request, is_protected=False))


def _table(asked: AskedSlice) -> Table | None:
    if asked.now is None:
        return None
    block = movement_block(asked.now)
    if block is None or not block.lines:
        return None
    return Table(
        title=_LABEL,
        as_of=asked.now.as_of,
        columns=[Column("Line"), *(Column(name, Kind.NUMBER) for name in block.columns)],
        rows=[Row([line.label, *(cell.count for cell in line.cells)]) for line in block.lines],
        about=[asked.now.period, *in_words(asked.chips)],
        notes=[*([block.note] if block.note else []), *_WORDS],
    )
