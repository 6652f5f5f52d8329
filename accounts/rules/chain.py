"""The audit chain: each entry's hash covers its facts and the hash before it. Pure.

Whoever alters an entry must recompute every entry after it; whoever takes one out leaves a gap in
the sequence. See ADR 0006.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

GENESIS: Final = "0" * 64  # stands before entry 1
MISSING: Final = "it is missing"


@dataclass(frozen=True)
class Entry:
    """One sealed entry. `event_id` names its row; it is a name, not a fact that is hashed."""

    event_id: int
    sequence: int
    previous_hash: str
    hash: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Broken:
    """The first entry at which the chain does not hold, and what is wrong there."""

    sequence: int
    problem: str


@dataclass(frozen=True)
class ChainCheck:
    """What a check found: the last entry that holds, and the first that does not, if any."""

    sealed: int
    broken: Broken | None = None


def hash_of(sequence: int, facts: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 of the facts as canonical JSON (sorted keys, no spaces, UTF-8), place and
    predecessor included. Moments are written in UTC to the microsecond."""
    text = json.dumps(
        {**facts, "sequence": sequence, "previous_hash": previous_hash},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def check(entries: Iterable[Entry], *, until: int = 0) -> ChainCheck:
    """Walk the entries in order of sequence; stop at the first that does not hold. The chain is
    known to reach at least to entry `until`."""
    previous, last = GENESIS, 0
    for entry in entries:
        problem = _problem(entry, last + 1, previous)
        if problem:
            return ChainCheck(last, Broken(last + 1, problem))
        previous, last = entry.hash, entry.sequence
    if last < until:
        return ChainCheck(last, Broken(last + 1, MISSING))
    return ChainCheck(last)


def _problem(entry: Entry, expected: int, previous: str) -> str | None:
    if entry.sequence != expected:
        return MISSING
    if entry.previous_hash != previous:
        return f"it does not follow from the entry before (audit event {entry.event_id})"
    if entry.hash != hash_of(entry.sequence, entry.facts, previous):
        return f"its facts are not those that were sealed (audit event {entry.event_id})"
    return None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} cannot stand in the audit chain.")
