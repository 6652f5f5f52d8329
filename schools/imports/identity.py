"""Which rows of a pupils file speak of the same child, by present and former UPNs. Pure.

Rows and stored children that share a UPN, present or former, are one child. The answer does not
depend on the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stored:
    """What is known of a UPN: whose it is, and whether that child bears it now."""

    pupil_id: int
    is_current: bool


@dataclass(frozen=True)
class Claim:
    """One row: its place, the UPN it gives, the former ones it names, and all else it says."""

    place: int
    upn: str
    former: frozenset[str]
    details: Mapping[str, Any]

    @property
    def upns(self) -> frozenset[str]:
        """Every UPN the row names."""
        return self.former | {self.upn}


@dataclass(frozen=True)
class Child:
    """One child: the stored pupil, if any, its UPN from now on, and the row that stands."""

    pupil_id: int | None
    upn: str
    row: Claim
    repeats: int = 0

    @property
    def former(self) -> frozenset[str]:
        """Every other UPN that the row names."""
        return self.row.upns - {self.upn}


@dataclass
class Sorted:
    """The children, and the places of rows that cannot be told apart or belong to two children."""

    children: list[Child] = field(default_factory=list)
    contested: list[int] = field(default_factory=list)
    contradicting: list[int] = field(default_factory=list)


def sort_out(claims: Sequence[Claim], stored: Mapping[str, Stored]) -> Sorted:
    """Sort rows into children."""
    result = Sorted()
    standing = []
    for claim in claims:
        if len(_pupils_of([claim], stored)) > 1:
            result.contested.append(claim.place)
        else:
            standing.append(claim)
    for group in _groups(standing, stored):
        if len(_pupils_of(group, stored)) > 1:
            result.contested += [claim.place for claim in group if claim.former]
    contested = set(result.contested)
    for group in _groups([c for c in standing if c.place not in contested], stored):
        child = _child(group, stored)
        if child is None:
            result.contradicting += [claim.place for claim in group]
        else:
            result.children.append(child)
    return result


def _pupils_of(claims: Iterable[Claim], stored: Mapping[str, Stored]) -> set[int]:
    return {stored[upn].pupil_id for claim in claims for upn in claim.upns if upn in stored}


def _groups(claims: Sequence[Claim], stored: Mapping[str, Stored]) -> list[list[Claim]]:
    """Rows joined by a UPN, or by a stored child that both name."""
    head: dict[str | int, str | int] = {}

    def head_of(node: str | int) -> str | int:
        head.setdefault(node, node)
        while head[node] != node:
            head[node] = head[head[node]]
            node = head[node]
        return node

    for claim in claims:
        for upn in claim.upns:
            head[head_of(upn)] = head_of(claim.upn)
            if upn in stored:
                head[head_of(stored[upn].pupil_id)] = head_of(claim.upn)
    groups: dict[str | int, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[head_of(claim.upn)].append(claim)
    return list(groups.values())


def _child(group: list[Claim], stored: Mapping[str, Stored]) -> Child | None:
    """The one child of which these rows speak; None if they contradict each other."""
    row = _row_that_stands(group, stored)
    if row is None:
        return None
    pupil_id = next(iter(_pupils_of(group, stored)), None)
    return Child(pupil_id, _upn_borne(row, stored), row, repeats=len(group) - 1)


def _row_that_stands(group: list[Claim], stored: Mapping[str, Stored]) -> Claim | None:
    if any(claim.details != group[0].details for claim in group):
        return None
    if all(claim.upns == group[0].upns and claim.upn == group[0].upn for claim in group):
        return group[0]
    # The same child under its old number and its new one: the row with the new number stands.
    past = {upn for claim in group for upn in claim.former}
    newest = [claim for claim in group if claim.upn not in past and not _is_past(claim.upn, stored)]
    if not newest or any(claim.upns != newest[0].upns for claim in newest):
        return None
    return newest[0] if all(c.upn == newest[0].upn for c in newest) else None


def _is_past(upn: str, stored: Mapping[str, Stored]) -> bool:
    return upn in stored and not stored[upn].is_current


def _upn_borne(row: Claim, stored: Mapping[str, Stored]) -> str:
    """The row's UPN; but a number known as former stays so, unless the row says it is not.

    A system that has not heard of the new number must not bring the old one back.
    """
    if not _is_past(row.upn, stored):
        return row.upn
    pupil_id = stored[row.upn].pupil_id
    borne = next(
        (upn for upn, of in stored.items() if of.is_current and of.pupil_id == pupil_id), row.upn
    )
    return row.upn if borne in row.former else borne
