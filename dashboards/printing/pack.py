"""The pack of a meeting as a file: at most eight sheets, and half a page a child as an annex.

Where the sheets would be more, the long lists of names are cut and say how many stand on the
screen. The file is kept for a short while under what is in it, so that two who ask for the same
paper get the same one, and a correction of marks makes another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.core.cache import cache
from django.template.loader import render_to_string

from attendance_portal.shared import wording
from dashboards.charts import Chart
from dashboards.printing import Paper, paper
from dashboards.read_models.meetings.pack_lists import HalfPage, PackLists
from dashboards.read_models.meetings.pack_opened import frozen_words, opened
from dashboards.read_models.meetings.pack_page import PackPage
from dashboards.read_models.meetings.pack_reading import Naming
from meetings.models import PackSnapshot

if TYPE_CHECKING:
    from accounts.models import User

T = TypeVar("T")

#: Sheets of A4 without the annex (P21).
SHEETS: Final = 8
#: How many names a list shows, from the most to the fewest: the first that fits is taken.
LIMITS: Final = (200, 80, 40, 24, 12, 6, 0)
#: How long a file is kept, in seconds.
KEPT: Final = 3600
_OUR_FONT: Final = "Noto Sans"
_SCREEN_FONTS: Final = "Helvetica Neue, Arial, sans-serif"


@dataclass(frozen=True)
class PackPaper:
    """What is set on paper: the pack in words, and which version it is."""

    page: PackPage
    cover: tuple[str, ...]
    is_initials: bool

    @property
    def key(self) -> str:
        """The same for the same words, whoever asks."""
        words = json.dumps([asdict(self.page), self.cover, self.is_initials], default=str)
        return f"pack-paper:{hashlib.sha256(words.encode()).hexdigest()}"


def pack_paper(snapshot: PackSnapshot, user: User, *, is_initials: bool) -> PackPaper:
    """The words of a frozen pack as this person may read it. Raises ValueError where it was frozen
    in an older form."""
    found = opened(snapshot, user, Naming(is_initials))
    page = found.page()
    as_of = wording.day_of_week(found.pack.as_of)
    behind = snapshot.stale_reason
    cover = (
        f"{frozen_words(snapshot)}. Figures as of {as_of}.",
        page.stale.text if page.stale else "",
        f"Frozen on marks that are behind: {behind}" if behind else "",
        page.since_frozen,
        page.left_out,
        f"Checksum {snapshot.checksum[:12]}.",
    )
    return PackPaper(page, cover, is_initials)


def kept_paper(asked: PackPaper) -> Paper | None:
    """The file, if it was made in the last hour."""
    found: Paper | None = cache.get(asked.key)
    return found


def keep_paper(asked: PackPaper, *, at: datetime) -> Paper:
    """The file: kept, or made now and kept."""
    made = kept_paper(asked)
    if made is None:
        made = printed_pack(asked, at=at)
        cache.set(asked.key, made, KEPT)
    return made


def printed_pack(asked: PackPaper, *, at: datetime) -> Paper:
    """The file, with as many names as eight sheets hold; the annex has its own pages."""
    drawings = dict(_drawings(asked.page))
    for most in LIMITS:
        data = _data(asked, most, at)
        body = {**data, "severe": []}
        if paper("pack", body, at=at, pictures=drawings).pages <= SHEETS:
            break
    return paper("pack", data, at=at, pictures=drawings)


def _data(asked: PackPaper, most: int, at: datetime) -> dict[str, Any]:
    page = asked.page
    return {
        "title": f"Pack for the targeting support meeting, {page.school}",
        "cover": [words for words in asked.cover if words],
        "foot": f"Printed {wording.moment(at)}. Contains children's personal data.",
        "figures": [asdict(row) for row in page.figures],
        "charts": [_chart(chart) for chart in _charts(page)],
        "lists": _lists(_cut(page.lists, most)),
        "cut": _cut_words(page.lists, most),
        "support": page.support,
        "own_view": asdict(page.own_view) if page.own_view else None,
        "definitions": page.definitions,
        "severe": [_half_page(place, one) for place, one in enumerate(page.lists.severe)],
        "without_plan": page.lists.without_plan,
        "stale": page.stale.text if page.stale else "",
    }


def _lists(lists: PackLists) -> dict[str, Any]:
    last = lists.last_time
    found = asdict(lists)
    if last is not None:
        found["last_time"]["held_on"] = wording.day_of_week(last.held_on)
        for line, action in zip(found["last_time"]["actions"], last.actions, strict=True):
            due = action.due
            state = [action.tag.label if action.tag else "", due.text if due else ""]
            if due and due.tag:
                state.insert(0, due.tag.label)
            line["state_words"] = " ".join(word for word in state if word)
    return found


def _charts(page: PackPage) -> list[Chart]:
    return [*page.charts, *([page.groups] if page.groups else [])]


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "key": chart.key,
        "title": chart.title,
        "subtitle": chart.subtitle,
        "summary": chart.summary,
        "source": chart.source,
        "notes": list(chart.notes),
        "alt": f"{chart.title}. {chart.wide.description}",
        "columns": [column.name for column in chart.columns],
        "rows": [list(row) for row in chart.rows],
    }


def _half_page(place: int, one: HalfPage) -> dict[str, Any]:
    strip = one.strip
    return {
        **asdict(replace(one, strip=None)),
        "says_on": wording.day(one.says_on) if one.says_on else "",
        "strip_words": f"{strip.title}. {strip.summary}" if strip else "",
        "blocks": [
            {
                "key": f"strip-{place}-{block.key}",
                "title": block.title,
                "alt": block.description,
                "width": block.width,
            }
            for block in (strip.blocks if strip else [])
        ],
    }


def _drawings(page: PackPage) -> Iterator[tuple[str, str]]:
    """The same drawings as on the screen, in the letters of our paper."""
    for chart in _charts(page):
        facts = {"svg": chart.wide, "title": chart.title, "id": chart.key}
        yield chart.key, _svg("components/chart_svg.html", facts)
    for place, one in enumerate(page.lists.severe):
        for block in one.strip.blocks if one.strip else []:
            key = f"strip-{place}-{block.key}"
            yield key, _svg("components/strip_block.html", {"block": block, "id": key})


def _svg(template: str, facts: dict[str, Any]) -> str:
    return render_to_string(template, facts).strip().replace(_SCREEN_FONTS, _OUR_FONT)


def _cut(lists: PackLists, most: int) -> PackLists:
    """No list of names longer than `most`; the severely absent are never cut."""
    return replace(
        lists,
        cohorts=[replace(one, pupils=_first(one.pupils, most)) for one in lists.cohorts],
        agencies=_first(lists.agencies, most),
        at_risk=_first(lists.at_risk, most),
        owed=_first(lists.owed, most),
        severe=[],
    )


def _first(rows: Sequence[T], most: int) -> list[T]:
    return list(rows[:most])


def _cut_words(lists: PackLists, most: int) -> dict[str, str]:
    """'12 more stand on the screen.' by the list that was cut."""
    lengths = {
        "agencies": len(lists.agencies),
        "at_risk": len(lists.at_risk),
        "owed": len(lists.owed),
        **{one.key: len(one.pupils) for one in lists.cohorts},
    }
    return {
        key: f"{length - most:,} more stand on the screen."
        for key, length in lengths.items()
        if length > most
    }
