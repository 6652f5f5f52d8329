"""The audit chain: what breaks it, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.rules.chain import GENESIS, Entry, check, hash_of

AT = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    entries, previous = [], GENESIS
    for sequence in range(1, length + 1):
        facts = {"at": AT, "verb": f"did {sequence}", "after": {"b": 1, "a": None}}
        digest = hash_of(sequence, facts, previous)
        entries.append(Entry(100 + sequence, sequence, previous, digest, facts))
        previous = digest
    return entries


def test_chain_untouched_holds_to_its_last_entry():
    found = check(chain(5), until=5)
    assert (found.sealed, found.broken) == (5, None)


def test_chain_empty_holds():
    assert check([]).sealed == 0


@pytest.mark.parametrize("fact", ["at", "verb", "after"])
def test_entry_with_another_fact_is_named(fact):
    entries = chain(5)
    entries[2] = replace(entries[2], facts={**entries[2].facts, fact: "x"})
    found = check(entries)
    assert (found.sealed, found.broken.sequence) == (2, 3)
    assert "103" in found.broken.problem


def test_entry_altered_and_sealed_again_breaks_the_next():
    entries = chain(5)
    facts = {**entries[2].facts, "verb": "did nothing"}
    entries[2] = replace(entries[2], facts=facts, hash=hash_of(3, facts, entries[1].hash))
    assert check(entries).broken.sequence == 4


@pytest.mark.parametrize("place", [0, 2])
def test_entry_taken_out_is_missed_where_it_stood(place):
    entries = chain(5)
    del entries[place]
    found = check(entries)
    assert (found.broken.sequence, found.broken.problem) == (place + 1, "it is missing")


def test_entries_taken_off_the_end_are_missed_by_the_head():
    assert check(chain(5)[:3], until=5).broken.sequence == 4
    assert check(chain(5)[:3], until=3).broken is None


def test_two_entries_exchanged_are_named():
    entries = chain(3)
    entries[0], entries[1] = (
        replace(entries[1], sequence=1),
        replace(entries[0], sequence=2),
    )
    assert check(entries).broken.sequence == 1


def test_hash_hangs_on_the_moment_not_on_its_offset():
    london = AT.astimezone(ZoneInfo("Asia/Tokyo"))
    assert hash_of(1, {"at": AT}, GENESIS) == hash_of(1, {"at": london}, GENESIS)


def test_hash_does_not_hang_on_the_order_of_facts():
    assert hash_of(1, {"a": 1, "b": 2}, GENESIS) == hash_of(1, {"b": 2, "a": 1}, GENESIS)


def test_hash_of_something_that_is_no_fact_is_an_error():
    with pytest.raises(TypeError):
        hash_of(1, {"a": object()}, GENESIS)
