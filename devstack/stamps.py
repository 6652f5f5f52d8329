"""Stamps: a digest of what goes into a step, kept beside its result, so that it can be skipped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(files: Iterable[Path], root: Path, *extra: str) -> str:
    """SHA-256 over the names and contents of `files`, and any words that matter beside them."""
    total = hashlib.sha256()
    for path in files:
        name = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
        content = path.read_bytes()
        total.update(f"{name.as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    total.update("\0".join(extra).encode())
    return total.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """True when the step's result was made from exactly this."""
    try:
        return stamp.read_text(encoding="utf-8") == wanted
    except OSError:
        return False


def write_stamp(stamp: Path, value: str) -> None:
    """Say what the result was made from; written last, so that a broken run is done again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value, encoding="utf-8")
