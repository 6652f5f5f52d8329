"""The parts of a list page: columns to sort by, filters to take off, pages to turn. Pure.

All of it lives in the address, so a list can be sent to a colleague and works without scripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page
from django.http import QueryDict

PER_PAGE = 25
SORT = "sort"
PAGE = "page"


@dataclass(frozen=True)
class Header:
    """A column's heading; with an address it is a link that sorts."""

    label: str
    href: str = ""
    aria_sort: str = ""
    is_numeric: bool = False


@dataclass(frozen=True)
class Column:
    """A column that a list may show: `key` is its name in the address, empty if not sortable."""

    label: str
    key: str = ""
    is_numeric: bool = False


@dataclass(frozen=True)
class Chip:
    """One filter that is on, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True)
class PageItem:
    """One number of the pagination; number 0 stands for a gap."""

    number: int
    href: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class PageLinks:
    """What the pagination shows; nothing at all for a single page."""

    previous: str = ""
    next: str = ""
    items: list[PageItem] = field(default_factory=list)


def address(query: QueryDict, **changes: str | None) -> str:
    """The same list with some parameters changed; None takes one away, and the page starts over."""
    changed = query.copy()
    for name in (PAGE, *changes):
        changed.pop(name, None)
    for name, value in changes.items():
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def headers(columns: Sequence[Column], query: QueryDict, sort: str) -> list[Header]:
    """The headings; the one sorted by turns round when pressed."""
    return [_header(column, query, sort) for column in columns]


def _header(column: Column, query: QueryDict, sort: str) -> Header:
    if not column.key:
        return Header(column.label, is_numeric=column.is_numeric)
    is_current = sort.removeprefix("-") == column.key
    descends = sort.startswith("-")
    first = f"-{column.key}" if column.is_numeric else column.key  # most first, A first
    turned = column.key if descends else f"-{column.key}"
    aria = ("descending" if descends else "ascending") if is_current else ""
    href = address(query, **{SORT: turned if is_current else first})
    return Header(column.label, href, aria, column.is_numeric)


def chosen_sort(query: QueryDict, columns: Iterable[Column], default: str) -> str:
    """The order asked for, if it is one of ours."""
    asked = query.get(SORT, "")
    known = {column.key for column in columns if column.key}
    return asked if asked.removeprefix("-") in known else default


def page_links(page: Page, query: QueryDict) -> PageLinks:
    """First, last and the neighbours of this page."""
    if page.paginator.num_pages == 1:
        return PageLinks()
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [_page_item(number, page.number, query) for number in numbers]
    return PageLinks(
        previous=_page_address(query, page.number - 1) if page.has_previous() else "",
        next=_page_address(query, page.number + 1) if page.has_next() else "",
        items=items,
    )


def _page_address(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed[PAGE] = str(number)
    return f"?{changed.urlencode()}"


def _page_item(number: int | str, current: int, query: QueryDict) -> PageItem:
    if not isinstance(number, int):
        return PageItem(0)
    return PageItem(number, _page_address(query, number), number == current)
