"""Charts drawn on the server. Each is plain data for one SVG template; the template only prints it.

F4, the year strip: a column a week, a row each day's AM and PM, in half-term blocks that wrap.
Presentation attributes only, so that the same SVG may go into a PDF and needs no inline style.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from attendance.codes import NO_MARK, NO_MARK_RECORDED, by_symbol
from attendance_portal.shared import wording
from schools.rules.calendar import HalfTerm, half_term_label

CELL = 24  # holds a letter of 14px
GAP = 2
DAY_GAP = 4
LABEL_WIDTH = 62
HEAD_HEIGHT = 22
SLOTS_A_DAY = 2
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SCHOOL_DAYS_A_WEEK = 5

_PALE, _LIGHT, _DARK, _WHITE, _INK = "#E9EEF3", "#5694CA", "#12436D", "#FFFFFF", "#0B0C0C"


@dataclass(frozen=True)
class Look:
    """How a cell is filled, outlined and lettered."""

    fill: str
    letter_colour: str = _INK
    outline: str = ""
    is_dashed: bool = False


ATTENDED = Look(_PALE)
AUTHORISED = Look(_LIGHT)
UNAUTHORISED = Look(_DARK, letter_colour=_WHITE)
NOT_POSSIBLE = Look(_WHITE, outline="#767676")
NO_MARK_SENT = Look(_WHITE, outline="#484949", is_dashed=True)

KEY = (
    ("Attended", ATTENDED, ""),
    ("Authorised absence", AUTHORISED, "I"),
    ("Unauthorised absence", UNAUTHORISED, "O"),
    ("Not possible, does not count", NOT_POSSIBLE, "X"),
    ("No mark sent", NO_MARK_SENT, "?"),
)


@dataclass(frozen=True)
class Cell:
    """One session: where it stands and what it says."""

    x: int
    y: int
    look: Look
    letter: str
    size: int = CELL

    @property
    def letter_x(self) -> int:
        return self.x + CELL // 2

    @property
    def letter_y(self) -> int:
        return self.y + CELL - 7


@dataclass(frozen=True)
class Label:
    """A word beside or above the cells."""

    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Week:
    """One week as the strip and its table show it."""

    monday: date
    symbols: str


@dataclass(frozen=True)
class Block:
    """One half-term's SVG: its size, its words for those who cannot see it, and its cells."""

    key: str
    title: str
    description: str
    width: int
    height: int
    cells: list[Cell] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True)
class StripFacts:
    """What the strip is drawn from. `met` are the sessions of the school (day, 0 or 1); `first` to
    `last` the days of the enrolment that are known."""

    weeks: Sequence[Week]
    half_terms: Sequence[HalfTerm]
    met: Collection[tuple[date, int]]
    first: date
    last: date


def look_of(symbol: str) -> tuple[Look, str]:
    """The look and letter of a mark; letters of the attended are left out, but L says itself."""
    code = by_symbol(symbol)
    if code.is_attended:
        return ATTENDED, code.code if code.code == "L" else ""
    if code.is_authorised:
        return AUTHORISED, code.code
    if code.is_unauthorised:
        return UNAUTHORISED, code.code
    return NOT_POSSIBLE, code.code


def year_strip(facts: StripFacts) -> list[Block]:
    """A block for each half-term that has begun, and one for what lies between half-terms."""
    blocks = [_block(half, facts) for half in facts.half_terms if half.start <= facts.last]
    return [block for block in blocks if block.cells]


def _top(slot: int) -> int:
    """Where a row begins; a little air between the days."""
    return HEAD_HEIGHT + slot * (CELL + GAP) + slot // SLOTS_A_DAY * DAY_GAP


def _mondays(half: HalfTerm, last: date) -> list[date]:
    """The weeks of a half-term that have begun."""
    first = half.start - timedelta(days=half.start.weekday())
    weeks = (min(half.end, last) - first).days // 7 + 1
    return [first + timedelta(days=7 * number) for number in range(weeks)]


def _block(half: HalfTerm, facts: StripFacts) -> Block:
    mondays = _mondays(half, facts.last)
    symbols = {week.monday: week.symbols for week in facts.weeks}
    days_shown = _days_shown([symbols.get(monday, "") for monday in mondays])
    cells = [
        cell
        for column, monday in enumerate(mondays)
        for cell in _column(column, monday, symbols.get(monday, NO_MARK * 14), facts, half)
    ]
    name = half_term_label(half.half_term)
    return Block(
        key=f"half-term-{half.half_term}",
        title=name,
        description=_describe(name, cells),
        width=LABEL_WIDTH + len(mondays) * (CELL + GAP) + CELL,
        height=_top(days_shown * SLOTS_A_DAY),
        cells=cells,
        labels=_labels(mondays, days_shown),
    )


def _days_shown(weeks: Sequence[str]) -> int:
    """Monday to Friday, or further where a school met at the weekend."""
    last_slots = [len(symbols.rstrip(NO_MARK)) for symbols in weeks]
    return max(_SCHOOL_DAYS_A_WEEK, *((slots + 1) // SLOTS_A_DAY for slots in last_slots))


def _column(
    column: int, monday: date, symbols: str, facts: StripFacts, half: HalfTerm
) -> list[Cell]:
    cells = []
    for slot, symbol in enumerate(symbols):
        day = monday + timedelta(days=slot // SLOTS_A_DAY)
        if not half.contains(day) or not facts.first <= day <= facts.last:
            continue
        shown = _shown(symbol, is_met=(day, slot % SLOTS_A_DAY) in facts.met)
        if shown is not None:
            look, letter = shown
            x = LABEL_WIDTH + column * (CELL + GAP)
            y = _top(slot)
            cells.append(Cell(x, y, look, letter))
    return cells


def _shown(symbol: str, *, is_met: bool) -> tuple[Look, str] | None:
    """The cell of a session; None where the school was closed."""
    if symbol in (NO_MARK, NO_MARK_RECORDED):
        return (NO_MARK_SENT, "?") if is_met else None
    if not is_met and not by_symbol(symbol).makes_a_session:
        return None
    return look_of(symbol)


def _labels(mondays: Sequence[date], days_shown: int) -> list[Label]:
    above = [
        Label(LABEL_WIDTH + column * (CELL + GAP), HEAD_HEIGHT - 7, f"{monday.day} {monday:%b}")
        for column, monday in enumerate(mondays)
        if column % 2 == 0
    ]
    beside = [
        Label(
            0,
            _top(slot) + CELL - 7,
            f"{_DAYS[slot // SLOTS_A_DAY]} {'PM' if slot % SLOTS_A_DAY else 'AM'}",
        )
        for slot in range(days_shown * SLOTS_A_DAY)
    ]
    return [*above, *beside]


def _describe(name: str, cells: Sequence[Cell]) -> str:
    counts = [(sum(cell.look is look for cell in cells), words) for words, look, _ in KEY]
    parts = [
        wording.counted(number, "session") + f" {words.lower()}"
        for number, words in counts
        if number
    ]
    return f"{name}: {'; '.join(parts)}." if parts else f"{name}: no sessions."
