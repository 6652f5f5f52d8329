"""Small numbers: somebody reads every protected page and file, adds up, and learns of nobody."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import combinations

import pytest
from django.test import Client

from attendance.exports.protected import write_protected
from attendance.rules.protection import USUAL
from dashboards.charts import Chart
from schools.models import School
from tests.factories.attack import EVERYONE, Attacker, Set, band, of
from tests.factories.classes import LATEST
from tests.factories.guarded import CHILDREN, Choice, GuardedBorough
from tests.factories.schools import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SHARE = re.compile(r"([\d,]+) of ([\d,]+)")
COUNTED = re.compile(r"([\d,]+) of ([\d,]+) (?:enrolments|pupils)")
CHARTS_OF_SCHOOL = {
    "school-children-over-the-lines": "children-over-the-lines",
    "school-spread": "spread",
    "school-group-gaps": "group-gaps",
}
PHASES = {"Primary": ("phase", "PS"), "Secondary": ("phase", "SS")}
#: The filters that are asked for together, two at a time.
PAIRS = [{"school", "sex"}, {"sex", "fsm"}, {"fsm", "sen"}, {"phase", "sex"}]
LABELS = {
    "Female": ("sex", "F"), "Male": ("sex", "M"), "SEN support": ("sen", "K"),
    "No special educational need": ("sen", "N"), "Education, health and care plan": ("sen", "E"),
    "Free school meals: Yes": ("fsm", "true"), "Free school meals: No": ("fsm", "false"),
    **{f"Year {year}": ("year_group", str(year)) for year in range(4, 10)},
}  # fmt: skip


@pytest.fixture(scope="module")
def attacker(guarded, django_db_blocker) -> Attacker:
    """Somebody who has read everything that is for everyone, and has thought about it."""
    with django_db_blocker.unblock():
        client = Client()
        client.force_login(MembershipFactory(role="team_manager").user)
        return Reading(client, guarded).everything()


class Reading:
    """Reads one protected output after another."""

    def __init__(self, client: Client, borough: GuardedBorough) -> None:
        self.client, self.borough, self.attacker = client, borough, Attacker()

    def members(self, *choices: Choice) -> Set:
        tests = [self.borough.choices[choice] for choice in choices]
        return of(all(test(child) for test in tests) for child in CHILDREN)

    def everything(self) -> Attacker:
        singles = list(self.borough.choices)
        pairs = [
            pair
            for pair in combinations(singles, 2)
            if pair[0][0] != pair[1][0] and {name for name, _ in pair} in PAIRS
        ]
        for choices in [(), *((one,) for one in singles), *pairs]:
            self.pages(choices)
        for choice in singles:
            if choice[0] in ("phase", "school", "trust"):
                self.benchmark((choice,))
        self.benchmark(())
        self.file()
        self.report()
        for school in self.borough.schools:
            self.charts_of_school(school)
        self.sums([(), *((one,) for one in singles)])
        self.attacker.think()
        return self.attacker

    def sums(self, bases: Iterable[tuple[Choice, ...]]) -> None:
        for base in bases:
            for whole, parts in self.borough.partitions:
                names = {name for name, _ in (*parts, *filter(None, [whole]))}
                if names & {name for name, _ in base}:
                    continue
                wide = (*base, whole) if whole else base
                self.attacker.adds(
                    self.members(*wide), [self.members(*base, part) for part in parts]
                )

    def context(self, path: str, choices: Iterable[Choice], **more: str):
        query = "&".join(f"{n}={v}" for n, v in (*choices, *more.items(), ("protected", "1")))
        answer = self.client.get(f"{path}?{query}")
        assert answer.status_code == 200
        printed = COUNTED.findall(answer.content.decode())
        assert [each for each in printed if not all(map(is_rounded, each))] == [], f"{path} {query}"
        return answer.context

    def pages(self, choices: tuple[Choice, ...]) -> None:
        self.borough_page("/borough/", choices)
        if len(choices) < 2 and not any(name == "trust" for name, _ in choices):
            self.borough_page(f"/trusts/{self.borough.trust.uid}/", choices,
                              ("trust", self.borough.trust.uid))  # fmt: skip
        self.explore(choices)
        self.concentration(choices)
        if not choices or choices == (("phase", "PS"),):
            for name, value in self.borough.choices:
                if name == "place":
                    self.place(value, choices)

    def borough_page(self, path: str, choices: tuple[Choice, ...], *own: Choice) -> None:
        page = self.context(path, choices)["page"]
        if page is None:
            return
        where, everyone = f"{path} {choices}", self.members(*choices, *own)
        self.attacker.reads("enrolments", everyone, page.counted.split()[0], where)
        for figure in page.figures[1:3]:
            self.share(figure.name.split()[0].lower(), everyone, figure.count, where)
        for line in page.schools:
            at = everyone & self.members(*self.school_named(line.name))
            self.attacker.reads("enrolments", at, line.enrolments, f"{where} {line.name}")
            self.share("persistent", at, line.rates[1].count, f"{where} {line.name}")
        self.charts([page.charts.over_the_lines, page.charts.spread], everyone, where)

    def school_named(self, name: str) -> list[Choice]:
        """The choice of one school; none for the line of all schools."""
        return [("school", str(one.pk)) for one in self.borough.schools if one.name == name]

    def share(self, measure: str, members: Set, shown: str, where: str) -> None:
        found = SHARE.search(shown)
        if found:
            self.attacker.reads(measure, members, found[1], where)
            self.attacker.reads("enrolments", members, found[2], where)

    def charts(self, charts: Iterable[Chart | None], members: Set, where: str) -> None:
        for chart in filter(None, charts):
            self.rows(chart.key, chart.rows, members, where)

    def rows(self, key: str, rows: Sequence[Sequence[str]], members: Set, where: str) -> None:
        """The rows of the table of a chart that counts children."""
        if key == "children-over-the-lines":
            for shown, measure in zip(rows[-1][1:3], ("severe", "other"), strict=True):
                self.attacker.reads(measure, members, shown, f"{where} F2")
        elif key == "spread":
            self.attacker.has_bands(members)
            for number, row in enumerate(rows):
                self.attacker.reads(band(number), members, row[1], f"{where} F3")
        elif key == "group-gaps":
            for row in rows:
                self.group(row, members, where)

    def group(self, row: Sequence[str], members: Set, where: str) -> None:
        """A group beside everyone else."""
        named = {school.name: ("school", str(school.pk)) for school in self.borough.schools}
        choices = [choice for label, choice in {**LABELS, **named}.items()
                   if row[0].endswith(label)]  # fmt: skip
        if choices:
            group = members & self.members(choices[0])
            for part, place in ((group, 1), (members & ~group, 5)):
                self.attacker.reads("persistent", part, row[place], f"{where} F8")
                self.attacker.reads("enrolments", part, row[place + 1], f"{where} F8")
            self.attacker.adds(members, [group, members & ~group])

    def explore(self, choices: tuple[Choice, ...]) -> None:
        where, members = f"/explore/ {choices}", self.members(*choices)
        for by in ("sen",) if len(choices) > 1 else ("sex", "sen"):
            page = self.context("/explore/", choices, by=by)["page"]
            if page.is_hidden or page.is_empty:
                return
            self.attacker.reads("enrolments", members, page.count.split()[1], where)
            for figure in page.figures[3:]:
                self.share(figure.name.split()[0].lower(), members, figure.count, where)
            self.charts([*page.charts, page.groups], members, where)

    def concentration(self, choices: tuple[Choice, ...]) -> None:
        page = self.context("/explore/concentration/", choices)["page"]
        if page is None:
            return
        where, members = f"/explore/concentration/ {choices}", self.members(*choices)
        self.attacker.reads("enrolments", members, page.count.split()[0], where)
        named = {school.name: ("school", str(school.pk)) for school in self.borough.schools}
        named |= {ward.name: ("place", ward.code) for ward in self.borough.wards}
        for line in (*page.schools, *page.wards):
            if line.name in named:
                part = members & self.members(named[line.name])
                self.attacker.reads("enrolments", part, line.pupils, where)

    def benchmark(self, choices: tuple[Choice, ...]) -> None:
        """A published measure of the schools named, by phase."""
        for measure in ("persistent", "severe"):
            page = self.context("/explore/benchmark/", choices, measure=measure).get("page")
            for phase, count, whole, *_ in page.chart.rows if page and page.chart else ():
                members = self.members(*choices, PHASES[phase])
                where = f"/explore/benchmark/ {choices}"
                self.attacker.reads(measure, members, count, where)
                self.attacker.reads("enrolments", members, whole, where)

    def place(self, code: str, choices: tuple[Choice, ...]) -> None:
        page = self.context(f"/places/{code}/", choices)["page"]
        if not page:
            return
        where = f"/places/{code}/ {choices}"
        here, everyone = self.members(*choices, ("place", code)), self.members(*choices)
        self.attacker.reads("enrolments", here, page.count.split()[0], where)
        for figure, measure in zip(page.figures[1:3], ("persistent", "severe"), strict=True):
            self.share(measure, here, figure.here.count, where)
            self.share(measure, everyone, figure.everywhere.count, where)

    def file(self) -> None:
        target = BytesIO()
        write_protected(LATEST, target, first_lines=[], thresholds=USUAL)
        for row in csv.DictReader(target.getvalue().decode().splitlines()):
            members = self.of_file(row["dimension"], row["value"])
            if members is None:
                continue
            for measure in ("enrolments", "persistent", "severe"):
                self.attacker.reads(measure, members, row[measure], f"file {row['dimension']}")

    def report(self) -> None:
        report = self.client.get("/reports/board/").context["report"]
        for section in report.sections:
            self.charts(section.charts, EVERYONE, "board report")
            for table in section.tables if section.key == "phases" else ():
                for name, persistent, _, severe, _ in table.rows:
                    members = self.members(PHASES[name])
                    self.share("persistent", members, persistent, "board report")
                    self.share("severe", members, severe, "board report")

    def charts_of_school(self, school: School) -> None:
        """The numbers of its protected charts, as files."""
        members = self.members(("school", str(school.pk)))
        for name, key in CHARTS_OF_SCHOOL.items():
            answer = self.client.post(
                f"/exports/chart/{name}/?urn={school.pk}",
                {"form": "csv", "reader": "anyone", "reason": "Board"},
            )
            content = b"".join(answer.streaming_content).decode("utf-8-sig")
            lines = list(csv.reader(content.splitlines()))
            self.rows(key, lines[lines.index([]) + 2 :], members, f"{name} {school.pk}")

    def of_file(self, dimension: str, value: str) -> Set | None:
        if dimension == "LA":
            return EVERYONE
        choice = self.borough.choice_of_file(dimension, value)
        return self.members(choice) if choice in self.borough.choices else None


def is_rounded(count: str) -> bool:
    """Whether a printed count is to the nearest 5."""
    return int(count.replace(",", "")) % 5 == 0


def test_the_attack_believes_nothing_wrong(attacker):
    assert attacker.wrong() == []
    assert len(attacker.read) > 200


def test_the_attack_reads_every_kind_of_page(attacker):
    """What is read of a cell says where: a page that shows nothing any more is seen here."""
    told = {text.split()[1] for each in attacker.read.values() for text in each}
    assert {"/borough/", "/explore/", "/explore/concentration/", "/explore/benchmark/", "file",
            "board"} <= told  # fmt: skip
    assert any(one.startswith("/places/") for one in told)
    assert any(one.startswith("/trusts/") for one in told)


def test_no_hidden_count_follows(attacker):
    assert [
        (cell[0], bin(cell[1]).count("1"), found, count, attacker.read.get(cell))
        for cell, found, count in attacker.pinned()
    ] == []


HIDDEN = of(place < 3 for place in range(len(CHILDREN)))


def test_the_attack_learns_what_a_whole_less_its_part_tells():
    weak = Attacker()
    weak.adds(EVERYONE, [EVERYONE & ~HIDDEN, HIDDEN], ["enrolments"])
    weak.reads("enrolments", EVERYONE, "160", "a page")
    weak.reads("enrolments", EVERYONE & ~HIDDEN, "155", "another page")
    weak.think()
    assert weak.between["enrolments", HIDDEN] == (1, 7)  # 158 to 160, less 153 to 157
    assert weak.pinned() == []


def test_the_attack_wins_where_counts_are_not_rounded():
    told = Attacker()
    told.adds(EVERYONE, [EVERYONE & ~HIDDEN, HIDDEN], ["enrolments"])
    for members, count in ((EVERYONE, 160), (EVERYONE & ~HIDDEN, 157)):
        told.between["enrolments", members] = (count, count)
    told.think()
    assert told.pinned() == [(("enrolments", HIDDEN), (3, 3), 3)]


def test_a_count_that_is_not_rounded_is_seen():
    with pytest.raises(AssertionError, match="prints 3"):
        Attacker().reads("severe", EVERYONE, "3", "a page")
