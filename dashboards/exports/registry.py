"""Which tables and charts may be taken out, by name: a page registers its own beside its view.

A name that is not registered leads nowhere. Who may take one out is who may open its page and holds
`Permission.EXPORT`; what of it, the page's own function says, from the same address and scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse

from accounts.models import User
from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports.tables import Table
from dashboards.listing import PAGE
from schools.permissions import SignedInRequest, permissions_of

Made = TypeVar("Made")
Build = Callable[[SignedInRequest, bool], Made | None]
#: Says in which form a link would have the file; no page has a filter of this name.
FORM: Final = "file"
TABLES: Final[dict[str, Source[Table]]] = {}
CHARTS: Final[dict[str, Source[Chart]]] = {}


@dataclass(frozen=True)
class Source(Generic[Made]):
    """One table or chart of a page.

    `build` is given the page's request (its user, its address) and whether the reader may not open
    the children behind the figures. It returns None where there is nothing to take. `page`: the
    route of the page, `args`: its parameters, which stand in the query beside the page's own.
    `protects`: whether there is a form for readers who may not open those children; `is_of_today`:
    whether it stands as things are today, whatever marks have come. `day`: at which day a chart
    stands, where neither its address nor the latest figures say so; `children`: the public ids of
    those whom a chart names, where its address names none.
    """

    name: str
    label: str
    permission: Permission
    build: Build[Made]
    page: str
    args: tuple[str, ...] = ()
    names_children: bool = False
    protects: bool = False
    is_of_today: bool = False
    day: Callable[[SignedInRequest], date | None] | None = None
    children: Callable[[SignedInRequest], list[str]] | None = None

    def is_open_to(self, user: User) -> bool:
        """Whether this person may take it out at all."""
        held = permissions_of(user)
        return self.permission in held and Permission.EXPORT in held

    def address(self, query: QueryDict) -> str:
        """The page as it was: where the form leads back to."""
        kept = without(query, PAGE, FORM, *self.args)
        found = reverse(self.page, args=[query.get(name, "") for name in self.args])
        return f"{found}?{kept.urlencode()}" if kept else found


def table(
    name: str,
    label: str,
    permission: Permission,
    *,
    page: str = "",
    args: tuple[str, ...] = (),
    names_children: bool = False,
    protects: bool = False,
    is_of_today: bool = False,
) -> Callable[[Build[Table]], Build[Table]]:
    """Register the function below as the table of a page; see `Source`."""

    def register(build: Build[Table]) -> Build[Table]:
        facts = (page or name, args, names_children, protects, is_of_today)
        TABLES[_free(name)] = Source(name, label, permission, build, *facts)
        return build

    return register


def chart(
    name: str,
    label: str,
    permission: Permission,
    *,
    page: str,
    args: tuple[str, ...] = (),
    names_children: bool = False,
    protects: bool = False,
    is_of_today: bool = False,
    day: Callable[[SignedInRequest], date | None] | None = None,
    children: Callable[[SignedInRequest], list[str]] | None = None,
) -> Callable[[Build[Chart]], Build[Chart]]:
    """Register the function below as a chart of a page; see `Source`."""

    def register(build: Build[Chart]) -> Build[Chart]:
        facts = (page, args, names_children, protects, is_of_today, day, children)
        CHARTS[_free(name)] = Source(name, label, permission, build, *facts)
        return build

    return register


def _free(name: str) -> str:
    """One name, one thing: what was taken out is told by it for years."""
    if name in TABLES or name in CHARTS:
        raise ValueError(f"{name} is registered already.")
    return name


def labels() -> dict[str, str]:
    """What the kinds of our records are called, by kind."""
    return {
        **{f"table_{name}": source.label for name, source in TABLES.items()},
        **{f"chart_{name}": f"Chart: {source.label}" for name, source in CHARTS.items()},
    }


def table_at(path: str) -> tuple[Source[Table], dict[str, str]] | None:
    """The table of the page at an address, and the page's parameters; None where it has none."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    for source in TABLES.values():
        if source.page == found.url_name and set(source.args) <= set(found.kwargs):
            return source, {name: str(found.kwargs[name]) for name in source.args}
    return None


def without(query: QueryDict, *names: str) -> QueryDict:
    """The query without some of its parameters."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def take_out_href(
    name: str, user: User, query: QueryDict, args: Mapping[str, object], *, form: str = ""
) -> str:
    """Where a table or chart of the page that is open is taken out; empty if not for this person.

    `args`: the page's parameters. Raises KeyError for a name that nobody registered.
    """
    route = "take_chart" if name in CHARTS else "take_table"
    source = CHARTS[name] if name in CHARTS else TABLES[name]
    if not source.is_open_to(user):
        return ""
    kept = without(query, PAGE, FORM)
    for key, value in {**args, FORM: form}.items():
        if value:
            kept[key] = str(value)
    address = reverse(route, args=[name])
    return f"{address}?{urlencode(list(_pairs(kept)))}" if kept else address


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in query.lists() for value in values]
