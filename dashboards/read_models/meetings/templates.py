"""The agenda of each theme, as the council wants it."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.choices import BLOCKS, THEME_OF_TERM, THEMES, Block
from meetings.models import AgendaTemplateItem


@dataclass(frozen=True)
class TemplateLine:
    """One item of a theme; `block` is empty where it opens no part of the pack."""

    pk: int
    title: str
    block: str
    is_used: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class ThemeAgenda:
    """A theme, the term it belongs to, and its items in order."""

    key: str
    label: str
    term: int
    lines: list[TemplateLine]


def theme_agendas() -> list[ThemeAgenda]:
    """The themes in the order of the year. One query."""
    rows = list(AgendaTemplateItem.objects.all())
    terms = {theme: term for term, theme in THEME_OF_TERM.items()}
    found = []
    for theme, label in THEMES.items():
        items = [row for row in rows if row.theme == theme]
        lines = [_line(row, place, len(items)) for place, row in enumerate(items, start=1)]
        found.append(ThemeAgenda(theme.value, label, terms[theme], lines))
    return found


def _line(row: AgendaTemplateItem, place: int, number: int) -> TemplateLine:
    block = Block(row.block)
    return TemplateLine(
        pk=row.pk,
        title=row.title,
        block=BLOCKS[block] if block is not Block.NOTHING else "",
        is_used=row.is_used,
        is_first=place == 1,
        is_last=place == number,
    )
