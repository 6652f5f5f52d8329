"""Reading a site as a person does: pages as trees, their links, and every link followed."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

#: Parameters whose every value is a list of its own kind.
TELLING = {"cohort", "kind", "measure", "flag", "state", "absence", "protected"}
MOST_PAGES = 400
DEEPEST = 8
ALIKE = 2  # counts of one kind that a page's kind has opened, so that no page is opened for each
MOST_LISTS = 100  # opened to be counted; every parameter, and every value that tells, is beside it
_LISTS = "lists"
_TOKEN = re.compile(r"<!--.*?-->|<![^>]*>|<(/?)([\w-]+)([^>]*?)(/?)>|([^<]+)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:=(?:"([^"]*)"|'([^']*)'))?""")
_PASSAGES = {"p", "td", "li", "dd", "figcaption", "summary"}
_VOID = {"img", "input", "br", "hr", "meta", "link", "source", "wbr"}
_ENDS_WITH = re.compile(r"[,:] ([\d,]+)(?: pupils?)?$|[,:] ([\d,]+) of [\d,]+$")
_BEGINS_WITH = re.compile(r"^([\d,]+) (?:pupils?|on roll|with no marks)\b")
_NUMBER = re.compile(r"[\d,]+")
_SHARE = re.compile(r"([\d,]+) of [\d,]+")


@dataclass
class Element:
    """One element of a page; our pages escape `<` and `>` everywhere else."""

    name: str
    attributes: str = ""
    children: list[Element | str] = field(default_factory=list)

    @cached_property
    def told(self) -> dict[str, str]:
        """Its attributes; one without a value says nothing."""
        found = _ATTRIBUTE.findall(self.attributes)
        return {name: unescape(double or single) for name, double, single in found}


def parsed(html: str) -> Element:
    """The tree of a page; raises AssertionError where a tag closes what is not open."""
    opened = [Element("")]
    for closes, name, attributes, is_closed, text in _TOKEN.findall(html):
        if text:
            opened[-1].children.append(unescape(text))
        elif closes:
            assert opened[-1].name == name, f"</{name}> closes <{opened[-1].name}>."
            opened.pop()
        elif name:
            element = Element(name, attributes)
            opened[-1].children.append(element)
            if not is_closed and name not in _VOID:
                opened.append(element)
    return opened[0]


def attribute(element: Element, name: str) -> str:
    """What an attribute says; empty without it."""
    return element.told.get(name, "")


def walk(element: Element) -> Iterator[Element]:
    """The element and all below it, in order."""
    yield element
    for child in element.children:
        if isinstance(child, Element):
            yield from walk(child)


def text_of(element: Element | str, between: str = " ") -> str:
    """What is read there, with one space between words and `between` between elements."""
    said = (" ".join(words.split()) for words in _strings(element))
    return between.join(filter(None, said))


def _strings(element: Element | str) -> Iterator[str]:
    if isinstance(element, str):
        yield element
    elif element.name not in ("script", "style"):
        for child in element.children:
            yield from _strings(child)


@dataclass(frozen=True)
class Link:
    """A link of a page: where it leads, its words, and the elements it stands in, nearest first."""

    href: str
    text: str
    around: tuple[Element, ...]

    def within(self, name: str, of_class: str = "") -> Element | None:
        """The nearest element of this name, and this class, that it stands in."""
        for element in self.around:
            if element.name == name and of_class in attribute(element, "class"):
                return element
        return None


@dataclass(frozen=True)
class Page:
    """One answer to one address."""

    address: str
    status: int
    html: str = field(repr=False)

    @cached_property
    def tree(self) -> Element:
        """The page as a tree."""
        return parsed(self.html)

    @cached_property
    def elements(self) -> list[Element]:
        """All of it, in order."""
        return list(walk(self.tree))

    def named(self, name: str, of_class: str = "") -> list[Element]:
        """Its elements of this name and class."""
        return [
            element
            for element in self.elements
            if element.name == name and of_class in [*attribute(element, "class").split(), ""]
        ]

    @cached_property
    def passages(self) -> list[str]:
        """What is read in each paragraph, cell, point and figure by itself."""
        return [text_of(element) for element in self.elements if element.name in _PASSAGES]

    @property
    def title(self) -> str:
        """Its title."""
        return " ".join(text_of(element) for element in self.named("title")[:1])

    @property
    def length(self) -> int | None:
        """How many the list of this page says that it holds; None where it is not a list."""
        for element in self.elements:
            if attribute(element, "id") == "results-count":
                said = text_of(element).split()[0]
                return number(said) if _NUMBER.fullmatch(said) else None  # 'About 20': protected
        return None

    @cached_property
    def links(self) -> list[Link]:
        """Its links to pages of the same host, in order."""
        return list(_links(self.tree, (), self.address)) if self.html else []


def _links(element: Element, around: tuple[Element, ...], base: str) -> Iterator[Link]:
    href = attribute(element, "href") if element.name == "a" else ""
    if href and not href.startswith("#") and not urlsplit(href).scheme + urlsplit(href).netloc:
        yield Link(urljoin(base, href).split("#")[0], text_of(element), around)
    for child in element.children:
        if isinstance(child, Element):
            yield from _links(child, (element, *around), base)


def number(text: str) -> int:
    """A count as printed."""
    return int(text.replace(",", ""))


def route_of(address: str) -> str:
    """The name of the page's route."""
    return _route_at(urlsplit(address).path)


@cache
def _route_at(path: str) -> str:
    """A crawl asks this of the same few thousand paths again and again."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def pieces_of(address: str) -> set[tuple[str, str, str]]:
    """What kind of page this is: its route, and each of its parameters with what that tells."""
    route = route_of(address)
    asked = parse_qsl(urlsplit(address).query)
    told = {
        (route, name, value if name in TELLING else "")
        for name, value in asked
        if name != "next"  # where one came from makes no other page
    }
    return told or {(route, "", "")}


def promised(link: Link) -> int | None:
    """How many the list behind a link holds by what the page says; None where it says nothing.

    In the link's own words ('N of M' too), or beside it: that of a figure or cell of pupils, the
    number of its row, the number of its heading.
    """
    asked = dict(parse_qsl(urlsplit(link.href).query))
    if route_of(link.href) != "pupil_list" or _is_of_sessions(asked):
        return None
    for words in (_ENDS_WITH, _BEGINS_WITH):
        if found := words.search(link.text):
            return number(next(filter(None, found.groups())))
    if {"persistent", "severe"} & set(asked):
        beside = link.within("li", "app-figure") or link.within("td")
        own = _SHARE.match(link.text)
        found = own or (_SHARE.search(text_of(beside)) if beside else None)
        return number(found[1]) if found else None
    return _of_its_row(link) if "cohort" in asked else None


def _is_of_sessions(asked: dict[str, str]) -> bool:
    """Whether it lists everyone whose sessions make up a share: the count is of sessions then."""
    return "sessions" in asked and not {"persistent", "severe", "cohort", "flag", "band"} & set(
        asked
    )


def _of_its_row(link: Link) -> int | None:
    row = link.within("tr")
    cells = [c for c in walk(row) if attribute(c, "data-label") == "Pupils"] if row else []
    said = text_of(cells[0]) if cells else ""
    return number(said) if _NUMBER.fullmatch(said) else None


def read(client: Client, address: str) -> Page:
    """The page at an address, after any redirection; no text where it is a file."""
    answer = client.get(address, follow=True, secure=True)
    if answer.redirect_chain:
        address = answer.redirect_chain[-1][0]
    is_page = answer.get("Content-Type", "").startswith("text/html")
    return Page(address, answer.status_code, answer.content.decode() if is_page else "")


def crawl(client: Client, start: str) -> list[Page]:
    """Every kind of page that can be reached, and of every kind of count the lists of a few."""
    pages: list[Page] = []
    known: set[object] = {start}
    opened: Counter[object] = Counter()
    waiting = deque([(start, 0)])
    while waiting:
        assert len(pages) < MOST_PAGES, "There are more kinds of pages than this crawl is made for."
        address, depth = waiting.popleft()
        page = read(client, address)
        pages.append(page)
        for link in page.links if page.html and depth < DEEPEST else ():
            pieces = pieces_of(link.href)
            if link.href in known or (pieces <= known and not _counts(page, link, opened)):
                continue
            known |= {link.href, *pieces}
            waiting.append((link.href, depth + 1))
    return pages


def _counts(page: Page, link: Link, opened: Counter[object]) -> bool:
    """Whether this is one of the first links of its kind that say how many they open: by the kind
    of page it stands on and the names of what it asks."""
    if promised(link) is None:
        return False
    kind = (route_of(page.address), frozenset(name for _, name, _ in pieces_of(link.href)))
    if opened[kind] == ALIKE or opened[_LISTS] == MOST_LISTS:
        return False
    opened[kind] += 1
    opened[_LISTS] += 1
    return True
