"""The files of the benchmark: a borough made once and kept, and the pieces of it that are sent."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from attendance.borough import build

MARKS = "marks.csv"
PEOPLE = ("schools.csv", "terms.csv", "pupils.csv", "parents.csv", "enrolments.csv")
DATE_COLUMN = 2  # upn, urn, date, ...: what the borough writes
BLOCK = 1 << 24  # bytes copied at a time


def borough(home: Path, options: build.Options) -> Path:
    """The bundle of this size, made unless the same code made one of the same arguments."""
    folder = home / f"borough-{options.pupils}-{options.years}"
    stamp = folder / "made.json"
    wanted = json.dumps({**asdict(options), "code": _digest_of_code()}, default=str)
    if not (stamp.exists() and stamp.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        build.make_borough(folder, options)
        stamp.write_text(wanted)
    return folder


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in Path(build.__file__).parent.rglob("*.*") if p.suffix != ".pyc"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def only_people(bundle: Path, out: Path) -> Path:
    """A bundle of everything but the marks."""
    out.mkdir(parents=True)
    for name in PEOPLE:
        (out / name).symlink_to(bundle / name)
    return out


def parts(bundle: Path, out: Path, count: int) -> list[Path]:
    """The marks cut into bundles of about the same size, at the ends of lines."""
    source = bundle / MARKS
    folders = []
    with source.open("rb") as lines:
        head = lines.readline()
        step = (source.stat().st_size - len(head)) // count + 1
        for number in range(count):
            target = _bundle(out / f"part-{number}")
            with target.open("wb") as part:
                part.write(head)
                _copy_lines(lines, part, step)
            folders.append(target.parent)
    return folders


def _bundle(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder / MARKS


def _copy_lines(source, target, size: int) -> None:  # type: ignore[no-untyped-def]
    left = size
    while left > 0 and (block := source.read(min(BLOCK, left))):
        target.write(block)
        left -= len(block)
    target.write(source.readline())


def first_marks(bundle: Path, out: Path, count: int) -> Path | None:
    """A bundle of the first `count` marks; None when there are not that many."""
    target = _bundle(out)
    with (bundle / MARKS).open("rb") as lines, target.open("wb") as part:
        part.write(lines.readline())
        kept = 0
        for line in islice(lines, count):
            part.write(line)
            kept += 1
    return out if kept == count else None


def last_weeks(bundle: Path, out: Path, *, until: date, weeks: int) -> Path:
    """A bundle of the marks of the last weeks: what schools send again every night."""
    after = (until - timedelta(weeks=weeks)).isoformat().encode()
    target = _bundle(out)
    with (bundle / MARKS).open("rb") as lines, target.open("wb") as part:
        part.write(lines.readline())
        part.writelines(line for line in lines if line.split(b",", 3)[DATE_COLUMN] > after)
    return out


def requests(bundle: Path, *, size: int, count: int) -> Iterator[tuple[int, bytes]]:
    """Bodies for the API: (urn, CSV of `size` marks of that school), at most `count` of them."""
    made = 0
    with (bundle / MARKS).open("rb") as lines:
        head = lines.readline()
        urn, body = b"", [head]
        for line in lines:
            school = line.split(b",", 2)[1]
            if school != urn:
                urn, body = school, [head]
            body.append(line)
            if len(body) > size:
                yield int(urn), b"".join(body)
                made, body = made + 1, [head]
                if made == count:
                    return


def count_lines(path: Path) -> int:
    """Rows of a file, its header not counted."""
    with path.open("rb") as lines:
        return sum(block.count(b"\n") for block in iter(lambda: lines.read(BLOCK), b"")) - 1
