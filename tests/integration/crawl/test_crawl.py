"""Every page that each login of the demo can reach, walked link by link from its first screen;
and the figures on them beside those of the exports and the API."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from attendance.borough.fixtures import upn_of
from attendance.exports.dashboard import export_dashboard
from attendance.exports.periods import export_periods
from attendance.rules.percent import shown_percent
from attendance_portal.shared import clock
from attendance_portal.shared.banned_words import blaming_words, without_statute
from dashboards.management.demo_people import Login
from meetings.choices import TASKS, Side
from schools.models import Enrolment, Pupil, School
from schools.rules.calendar import academic_year
from tests.factories.crawling import (
    Element,
    Page,
    attribute,
    crawl,
    number,
    parsed,
    promised,
    read,
    route_of,
    text_of,
    walk,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: A rate with its count right behind it, as figures, cells and sentences print them.
SHARE = re.compile(r"((?:just under |under )?[\d.]+%)[,:;]? \(?([\d,]+) of ([\d,]+)\b")
#: Pages whose shares are rounded, to protect children.
PROTECTED = "protected=1"
#: Links that open everyone of a kind, beside a group that holds the new ones only.
OF_EVERYONE = "Open the list of everyone"
#: Links that lead back to a list, or to where a task is done: they tell nothing of it.
WAYS = {"Back", *TASKS[Side.LA].values(), *TASKS[Side.SCHOOL].values()}
#: Pages of one child or of nobody, and the list itself, whose filters are its own.
UNCOUNTED = {"pupil_list", "pupil", "saved_views", "help_role", "help_rule"}
#: Explains figures by made-up ones, and words that are never said by what is said instead.
EXPLAINING = {"help_figures"}
DAYS = [date(2026, 3, 2), date(2026, 1, 21), date(2025, 11, 14)]  # the figures' date, and two past
COUNTS = re.compile(r"([\d,]+) of ([\d,]+)")
Row = dict[str, str]


@pytest.fixture(scope="module")
def walked(logins, django_db_blocker) -> dict[str, list[Page]]:
    """By address of the login: the pages that it reaches."""
    found = {}
    with django_db_blocker.unblock():  # the demo, and what it stands on, last for the module
        for login in {login.role: login for login in reversed(logins)}.values():
            client = Client()
            client.force_login(User.objects.get(email=login.email))
            found[login.email] = crawl(client, "/")
    return found


@pytest.fixture
def pages(walked) -> list[tuple[str, Page]]:
    """Every page read, with whose login read it."""
    return [(email, page) for email, pages in walked.items() for page in pages if page.html]


def said(whose: str, page: Page) -> str:
    return f"{whose.split('@')[0]} at {page.address}"


def test_each_login_reaches_more_than_its_first_screen(walked, logins: list[Login]):
    assert {login.role for login in logins} == {role.value for role in Role}
    assert all(len(pages) > 5 for pages in walked.values())


def test_every_link_that_a_page_shows_opens(walked):
    closed = [
        (said(whose, page), page.status)
        for whose, pages in walked.items()
        for page in pages
        if page.status != 200
    ]
    assert closed == []


def test_every_count_is_the_length_of_the_list_it_opens(walked):
    checked, wrong = 0, []
    for whose, pages in walked.items():
        lengths = {page.address: page.length for page in pages}
        for page in pages:
            for link in page.links:
                told = promised(link)
                if told is None or lengths.get(link.href) is None:
                    continue
                checked += 1
                if told != lengths[link.href]:
                    wrong.append((said(whose, page), link.text, link.href, lengths[link.href]))
    assert wrong == []
    assert checked > 100


def test_every_list_of_some_children_stands_beside_its_count(pages):
    silent = [
        (said(whose, page), link.text, link.href)
        for whose, page in pages
        if route_of(page.address) not in UNCOUNTED
        for link in page.links
        if re.search(r"[?&](persistent|severe|cohort|flag)=", link.href)
        and route_of(link.href) == "pupil_list"
        and promised(link) is None
        and not link.text.startswith(OF_EVERYONE)
        and link.text not in WAYS
    ]
    assert silent == []


def test_every_rate_beside_its_count_is_that_share(pages):
    checked, wrong = 0, []
    for whose, page in pages:
        if PROTECTED in page.address or route_of(page.address) in EXPLAINING:
            continue
        for rate, part, whole in SHARE.findall(" | ".join(page.passages)):
            checked += 1
            if rate != shown_percent(number(part), number(whole)):
                wrong.append((said(whose, page), rate, part, whole))
    assert wrong == []
    assert checked > 500


def test_no_page_says_a_banned_word(pages):
    found = {
        (page.address, word)
        for _, page in pages
        if route_of(page.address) not in EXPLAINING
        for word in blaming_words(text_of(parsed(without_statute(page.html)), between=" | "))
    }
    assert found == set()


def test_no_address_names_a_child_by_upn(walked):
    upns = set(Pupil.objects.values_list("upn", flat=True))
    assert upn_of("exactly_20_of_200") in upns
    links = {link.href for pages in walked.values() for page in pages for link in page.links}
    assert [href for href in links if any(upn in href for upn in upns)] == []


def test_every_page_has_one_heading_of_the_first_rank(pages):
    assert [said(whose, page) for whose, page in pages if len(page.named("h1")) != 1] == []


def test_no_two_pages_of_a_reader_have_the_same_title(walked):
    for pages in walked.values():
        paths: dict[str, set[str]] = {}
        for page in pages:
            if page.html:
                paths.setdefault(page.title, set()).add(urlsplit(page.address).path)
        assert {title: where for title, where in paths.items() if len(where) > 1} == {}
        assert "" not in paths


# Figures of pages, exports and API are one, for the same filter and date.


@pytest.fixture
def officer(logins) -> Client:
    """Someone who sees every school."""
    client = Client()
    client.force_login(User.objects.get(email="team.manager@portal.example"))
    return client


def exported(make, as_of: date, folder: Path) -> list[Row]:
    """The rows of an export in the academic year of a date."""
    path = folder / f"{make.__name__}.csv"
    make(as_of=as_of, path=path, by=None, at=clock.now())
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row for row in rows if row["academic_year"] == str(academic_year(as_of))]


def absent(row: Row) -> int:
    return int(row["authorised"]) + int(row["unauthorised"])


def four(row: Row) -> list[tuple[int, int]]:
    """Absence, persistent, severe and unauthorised of a row of the export, each of its whole."""
    possible, enrolments = int(row["possible"]), int(row["enrolments"])
    return [
        (absent(row), possible),
        (int(row["persistent"]), enrolments),
        (int(row["severe"]), enrolments),
        (int(row["unauthorised"]), possible),
    ]


def shares(text: str) -> list[tuple[int, int]]:
    return [(number(part), number(whole)) for part, whole in COUNTS.findall(text)]


def figures_of(page: Page) -> list[tuple[int, int]]:
    """The count of each figure at the top of a page, without those beside it."""
    return [
        shares(
            text_of(next(e for e in walk(each) if "app-figure__count" in attribute(e, "class")))
        )[0]
        for each in page.named("li", "app-figure")
    ]


def rows_of(page: Page) -> list[tuple[str, str, dict[str, str]]]:
    """Each row of the page's tables: its heading, where that leads, and its cells by label."""
    found = []
    for row in page.named("tr"):
        inside = list(walk(row))
        heads = [each for each in inside if each.name == "th" and attribute(each, "scope") == "row"]
        if heads:
            links = [attribute(e, "href") for e in walk(heads[0]) if e.name == "a"]
            cells = {attribute(e, "data-label"): text_of(e) for e in inside if e.name == "td"}
            found.append((_first_words(heads[0]), (links or [""])[0], cells))
    return found


def _first_words(element: Element) -> str:
    return text_of(element, between="|").split("|")[0]


@pytest.mark.parametrize("as_of", DAYS)
def test_borough_and_each_school_equal_export_dashboard(officer, tmp_path, as_of):
    rows = exported(export_dashboard, as_of, tmp_path)
    (la,) = [row for row in rows if row["dimension"] == "LA"]
    by_urn = {row["value"]: row for row in rows if row["dimension"].lower() == "school"}
    page = read(officer, f"/borough/?as_of={as_of}")

    assert figures_of(page) == four(la)
    lines = {  # each line leads to the school as of the same day
        href.partition("?")[0]: [
            shares(cells[name])[0] for name in ("Absence", "Persistent", "Severe", "Unauthorised")
        ]
        for _, href, cells in rows_of(page)
        if href.startswith("/schools/")
    }
    assert lines == {f"/schools/{urn}/": four(row) for urn, row in by_urn.items()}
    for urn, row in by_urn.items():
        assert figures_of(read(officer, f"/schools/{urn}/?as_of={as_of}")) == four(row)


@pytest.mark.parametrize("as_of", DAYS)
def test_list_equals_export_periods_row_by_row(officer, tmp_path, as_of):
    rows = [row for row in exported(export_periods, as_of, tmp_path) if row["kind"] == "year"]
    address = f"/pupils/?as_of={as_of}"
    first = read(officer, address)
    pages = [first, *(read(officer, f"{address}&page={n}") for n in range(2, _pages(first) + 1))]

    shown = Counter(
        (cells["School"].split(" Marks")[0], *shares(cells["Absence this year"])[0])
        for page in pages
        for _, _, cells in rows_of(page)
        if COUNTS.search(cells.get("Absence this year", ""))
    )
    names = {str(school.pk): school.name for school in School.objects.all()}
    assert shown == Counter(
        (names[row["urn"]], absent(row), int(row["possible"]))
        for row in rows
        if int(row["possible"])
    )
    for name in ("persistent", "severe"):
        held = sum(int(row[name]) for row in rows)
        assert read(officer, f"{address}&{name}=true").length == held


def _pages(page: Page) -> int:
    return -(-(page.length or 0) // 25)


@pytest.mark.parametrize("as_of", DAYS)
def test_records_equal_export_periods(officer, tmp_path, as_of):
    rows = exported(export_periods, as_of, tmp_path)
    enrolments = Enrolment.objects.select_related("pupil").order_by("pk")
    for enrolment in enrolments.filter(starts_on__lte=as_of)[::60]:
        mine = [row for row in rows if row["upn"] == enrolment.pupil.upn]
        expected = Counter(
            (absent(row), int(row["possible"])) for row in mine if row["kind"] != "week"
        )
        page = read(officer, f"/pupils/{enrolment.pupil.public_id}/attendance/?as_of={as_of}")
        assert _periods(page) == expected


def _periods(page: Page) -> Counter[tuple[int, int]]:
    """The shares in the tables of periods of a record, this year's."""
    regions = [e for e in page.elements if attribute(e, "aria-label").endswith("by period")]
    return Counter(
        shares(text_of(row))[0]
        for region in regions
        for row in walk(region)
        if row.name == "tr" and COUNTS.search(text_of(row))
    )


@pytest.mark.parametrize("as_of", DAYS)
def test_api_equals_export_periods(logins, system_of, tmp_path, as_of):
    school = School.objects.order_by("urn")[0]
    rows = exported(export_periods, as_of, tmp_path)
    mine = [row for row in rows if row["urn"] == str(school.pk)]
    system = system_of("attendance:read", schools=[school])
    address: str | None = f"/api/v1/schools/{school.pk}/absence/?as_of={as_of}"
    answered: list[dict] = []
    while address:
        answer = system.get(address).json()
        answered += answer["results"]
        address = answer["next"]
    columns = ("upn", "kind", "key", "possible", "attended", "authorised", "unauthorised")
    year = str(academic_year(as_of))
    told = Counter(
        tuple(str(row[name]) for name in columns)
        for row in answered
        if str(row["academic_year"]) == year
    )
    assert told == Counter(tuple(row[name] for name in columns) for row in mine)
