"""Reads a CSV file or a JSON list into a table of text, keeping every good row.

Problems of a whole file raise Invalid with a sentence that says what to do; problems of a row
make a refused row (`Table.rejects`) and leave the others alone. pandas is imported inside the
functions: it takes seconds, and views import this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attendance_portal.shared.errors import Invalid
from attendance_portal.shared.rejects import Reason, Rejected, rejected
from schools.imports.encoding import UTF8_BOM, check_text
from schools.imports.records import LONGEST_VALUE, physical_lines, records

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_CHUNK: Final = 1024 * 1024
_HEAD: Final = 256 * 1024  # the header, and any blank lines before it, lie in these bytes
_EXCEL_HINT: Final = "sep="  # Excel's own first line, which names the separator


@dataclass(frozen=True)
class CsvShape:
    """How to read a file, for readers that stream it.

    `skip_bytes` come before the header, which stands on physical line `header_line`; `columns`
    are all its columns in their order, normalised (unknown ones too).
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    skip_bytes: int = 0
    header_line: int = 1
    has_quotes: bool = False


@dataclass
class Table:
    """Rows of text, trimmed; `frame` has the known columns that came, and a RangeIndex.

    `absent` names, column by column, the rows in which a JSON record left a column out: such a
    value is left as it was, whereas an empty one empties it. A CSV file leaves out whole columns.
    """

    file: str
    frame: pd.DataFrame
    lines: np.ndarray[Any, Any]
    rejects: list[Rejected] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    absent: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """How many rows came, the refused ones included."""
        return len(self.frame) + len(self.rejects)

    def line_of(self, row: int) -> int:
        """The physical line of a row of the frame (the header is 1), or its place in JSON."""
        return int(self.lines[row])

    def given(self, column: str) -> np.ndarray[Any, Any]:
        """For each row, whether it says anything, perhaps nothing, in this column."""
        import numpy as np

        if column not in self.frame.columns:
            return np.zeros(len(self.frame), dtype=bool)
        absent = self.absent.get(column)
        return np.ones(len(self.frame), dtype=bool) if absent is None else ~absent


def sniff(
    source: bytes | Path, *, file: str, required: Sequence[str], known: Sequence[str]
) -> CsvShape:
    """Check every byte and the header of a file, in constant memory. Raises Invalid."""
    check = check_text(_chunks(source), file=file)
    head = _head(source)
    skip = len(UTF8_BOM) if head.startswith(UTF8_BOM) else 0
    lines = physical_lines(head[skip:].decode("utf-8", errors="ignore"))
    place, hint = _header_place(lines)
    skip += sum(len(line.encode()) for line in lines[:place])
    header = lines[place]
    if len(header) > LONGEST_VALUE:
        raise Invalid(f"The first line of {file} is longer than 64 KB. Send it with a header.")
    delimiter = hint or _delimiter(header, known)
    columns, warnings = _columns(
        header, file=file, delimiter=delimiter, required=required, known=known
    )
    return CsvShape("utf-8", delimiter, columns, warnings, skip, place + 1, check.has_quotes)


def read_table(
    source: bytes | Path, *, file: str, required: Sequence[str], known: Sequence[str]
) -> Table:
    """Read a whole file. Raises Invalid for what is wrong with the file as such."""
    shape = sniff(source, file=file, required=required, known=known)
    content = source if isinstance(source, bytes) else source.read_bytes()
    lines = physical_lines(content.removeprefix(UTF8_BOM).decode(shape.encoding))
    width = len(shape.columns)
    good: list[list[str]] = []
    places: list[int] = []
    rejects: list[Rejected] = []
    for record in records(lines, start=shape.header_line, delimiter=shape.delimiter, width=width):
        if record.problem:
            rejects.append(_refused(file, record.line, record.cells, shape, record.problem))
        else:
            good.append(record.cells)
            places.append(record.line)
    columns = {
        name: [cells[at].strip() for cells in good]
        for at, name in enumerate(shape.columns)
        if name in known
    }
    return _table(file, columns, places, rejects, list(shape.warnings))


def table_from_records(
    rows: Iterable[Any], *, file: str, required: Sequence[str], known: Sequence[str]
) -> Table:
    """Take the rows of a JSON list. Lines count from 1; a missing column is a matter of the row."""
    import numpy as np

    known = (*required, *(name for name in known if name not in required))
    good: list[dict[str, str]] = []
    places: list[int] = []
    rejects: list[Rejected] = []
    strangers: set[str] = set()
    for line, row in enumerate(rows, start=1):
        values, problem = _values(row, known)
        if problem is not None:
            column, value, says = problem
            upn = values.get("upn", "")
            rejects.append(
                rejected(
                    Reason.BAD_VALUE,
                    file=file,
                    line=line,
                    column=column,
                    value=value,
                    upn=upn,
                    says=says,
                )
            )
            continue
        strangers.update(_printable(key) for key in row if key not in known)
        good.append(values)
        places.append(line)
    came = [name for name in known if name in required or any(name in row for row in good)]
    columns = {name: [row.get(name, "") for row in good] for name in came}
    warnings = [_ignored(file, sorted(strangers))] if strangers else []
    table = _table(file, columns, places, rejects, warnings)
    for name in came:
        absent = np.fromiter((name not in row for row in good), dtype=bool, count=len(good))
        if absent.any():
            table.absent[name] = absent
    return table


def _printable(key: object) -> str:
    """A JSON key as a warning shows it: nothing that the database could not keep."""
    return str(key)[:40].encode("utf-8", "replace").decode().replace("\0", "?")


def _table(
    file: str,
    columns: dict[str, list[str]],
    places: list[int],
    rejects: list[Rejected],
    warnings: list[str],
) -> Table:
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(places)), dtype=object)
    return Table(file, frame, np.array(places, dtype=np.int64), rejects, warnings)


def _chunks(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        for at in range(0, len(source), _CHUNK):
            yield source[at : at + _CHUNK]
        return
    with source.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD]
    with source.open("rb") as stream:
        return stream.read(_HEAD)


def _header_place(lines: Sequence[str]) -> tuple[int, str]:
    """Which line is the header, past blank lines and Excel's `sep=;`, and the separator named."""
    hint = ""
    for place, line in enumerate(lines):
        text = line.strip("\r\n ")
        if text.lower().startswith(_EXCEL_HINT) and text[len(_EXCEL_HINT) :] in DELIMITERS:
            hint = text[len(_EXCEL_HINT) :]
        elif text:
            return place, hint
    return 0, hint


def _delimiter(header: str, known: Sequence[str]) -> str:
    """The separator by which most known columns appear; a comma when there is nothing in it."""
    found = {
        delimiter: sum(name in known for name in _names(header, delimiter))
        for delimiter in DELIMITERS
    }
    return max(found, key=lambda delimiter: (found[delimiter], delimiter == ","))


def _names(header: str, delimiter: str) -> list[str]:
    """Column names as we write them: no quotes, small letters, underscores for spaces."""
    record = next(records([header], start=0, delimiter=delimiter, width=0), None)
    text = header.rstrip("\r\n")
    cells = record.cells if record and record.cells else text.split(delimiter)
    return ["_".join(cell.strip().lower().replace("-", " ").split()) for cell in cells]


def _columns(
    header: str, *, file: str, delimiter: str, required: Sequence[str], known: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = _names(header, delimiter)
    missing = [name for name in required if name not in names]
    if missing:
        raise Invalid(
            f"{file} has no column {_listed(missing)}. The first line must name the columns, "
            f"and these are needed: {', '.join(required)}."
        )
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    if twice:
        raise Invalid(f"{file} has the column {_listed(twice)} more than once. Keep one of them.")
    warnings = []
    if delimiter != ",":
        warnings.append(
            f"{file} is separated by {DELIMITERS[delimiter]} and was read so. "
            "Please send commas in future."
        )
    strangers = sorted({name for name in names if name and name not in known})
    if strangers:
        warnings.append(_ignored(file, strangers))
    return tuple(names), tuple(warnings)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _ignored(file: str, names: Sequence[str]) -> str:
    return f"{file}: these columns are not known here and were ignored: {', '.join(names)[:200]}."


def _refused(file: str, line: int, cells: Sequence[str], shape: CsvShape, problem: str) -> Rejected:
    """A row that could not be taken apart; its UPN where it can still be told."""
    place = shape.columns.index("upn") if "upn" in shape.columns else len(cells)
    upn = cells[place].strip() if place < len(cells) else ""
    return rejected(
        Reason.BAD_VALUE, file=file, line=line, column="", value="", upn=upn, says=problem
    )


def _values(row: Any, known: Sequence[str]) -> tuple[dict[str, str], tuple[str, str, str] | None]:
    """The texts of one JSON record; and the column, value and sentence of what is wrong."""
    if not isinstance(row, dict):
        return {}, ("", str(row), "Each row must be an object with named values.")
    values: dict[str, str] = {}
    for name in known:
        if name in row:
            text = _text(row[name])
            if text is None:
                says = "This must be text of ordinary length, a whole number, true, false or null."
                return values, (name, ascii(row[name])[:200], says)
            values[name] = text
    return values, None


def _text(value: Any) -> str | None:
    """A JSON value as a file would write it; None if no file could."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else None
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        return None
    return value.strip() if _is_encodable(value) else None


def _is_encodable(value: str) -> bool:
    """No NUL, which the database cannot hold, and no half of a surrogate pair."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
