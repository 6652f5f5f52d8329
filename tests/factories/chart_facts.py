"""Any facts a chart may be given, for properties."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from cases.rules.waits import ReferralDays
from dashboards import charts
from dashboards.ward_shapes import ward_shapes

HEADING = charts.Heading("Year 9", "2025/26", date(2026, 3, 2))
FIRST_MONDAYS = (
    date(2025, 9, 1),
    date(2025, 11, 3),
    date(2026, 1, 5),
    date(2026, 2, 23),
    date(2026, 4, 13),
    date(2026, 6, 1),
)
SLOTS = [f"{day} {half}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri") for half in ("AM", "PM")]
PERCENTS = st.decimals(0, 100, places=1)


@st.composite
def shares(draw, largest=3000):
    whole = draw(st.one_of(st.just(0), st.integers(1, 60), st.integers(1, largest)))
    part = draw(st.one_of(st.integers(0, whole), st.integers(0, max(whole // 12, 0))))
    return charts.Share(part, whole)


def _slots(draw, least):
    lengths = draw(st.lists(st.integers(1, 8), min_size=least, max_size=6))
    return [(half, week) for half, length in enumerate(lengths, 1) for week in range(1, length + 1)]


def _week(draw, half, week):
    monday = FIRST_MONDAYS[half - 1] + timedelta(weeks=week - 1)
    return charts.WeekPoint(monday, half, week, draw(shares()), draw(st.booleans()))


@st.composite
def weekly(draw):
    series = [
        [_week(draw, half, week) for half, week in _slots(draw, least)] for least in (1, 0, 0)
    ]
    england = [charts.PublishedPoint(half, week, draw(PERCENTS)) for half, week in _slots(draw, 0)]
    return charts.WeeklyFacts(HEADING, *series, england, "England, a series")


@st.composite
def counts(draw):
    points = []
    for half in range(1, draw(st.integers(1, 6)) + 1):
        enrolments = draw(st.integers(0, 3000))
        persistent = draw(st.integers(0, enrolments))
        severe = draw(st.integers(0, persistent))
        last = draw(st.none() | st.integers(0, 3000))
        label = f"{('Autumn', 'Spring', 'Summer')[(half - 1) // 2]} {2 - half % 2}"
        points.append(
            charts.HalfTermPoint(
                half, label, severe, persistent, enrolments, last, last and last // 3
            )
        )
    return charts.CountFacts(HEADING, points)


@st.composite
def spreads(draw):
    has_england = draw(st.booleans())
    bands = []
    for low in range(0, 55, 5):
        label = f"{low}% to under {low + 5}%" if low < 50 else "50% or more"
        number = draw(st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 900)))
        bands.append(charts.Band(label, number, draw(PERCENTS) if has_england else None))
    return charts.SpreadFacts(HEADING, bands, "England, a series")


@st.composite
def pupil_weeks(draw):
    weeks = []
    for half, week in _slots(draw, 1):
        possible = draw(st.integers(0, 10))
        absent = draw(st.integers(0, possible))
        authorised = draw(st.integers(0, absent))
        monday = FIRST_MONDAYS[half - 1] + timedelta(weeks=week - 1)
        weeks.append(charts.PupilWeek(monday, half, possible, authorised, absent - authorised))
    days = st.integers(0, 300).map(lambda n: date(2025, 9, 1) + timedelta(days=n))
    labels = st.sampled_from(["Plan agreed", "Placement", "Notice to improve", "Plan reviewed"])
    events = draw(st.lists(st.builds(charts.Event, days, labels), max_size=4))
    return charts.PupilWeeksFacts(HEADING, weeks, events)


@st.composite
def running(draw):
    points, possible, absent = [], 0, 0
    for week in range(draw(st.integers(1, 38))):
        more = draw(st.integers(0, 10))
        possible, absent = possible + more, absent + draw(st.integers(0, more))
        on = date(2025, 9, 5) + timedelta(weeks=week)
        points.append(charts.RunningPoint(on, possible, absent))
    return charts.RunningFacts(HEADING, points)


@st.composite
def patterns(draw):
    slots = []
    for label in SLOTS:
        low, high = sorted(draw(st.tuples(PERCENTS, PERCENTS)))
        slots.append(charts.SlotShare(label, draw(shares(40)), low, high, draw(st.booleans())))
    parts = sum(slot.share.part for slot in slots)
    return charts.PatternFacts(
        HEADING, slots, charts.Share(parts, sum(slot.share.whole for slot in slots))
    )


@st.composite
def groups(draw):
    names = (("Sex", "Girls"), ("Sex", "Boys"), ("Need", "SEN support"), ("Need", "EHC plan"))
    rows = []
    for dimension, label in names[: draw(st.integers(1, 4))]:
        low, high = sorted(draw(st.tuples(PERCENTS, PERCENTS)))
        interval = draw(st.sampled_from([None, (Decimal(low), Decimal(high))]))
        rows.append(charts.GroupRow(dimension, label, draw(shares()), draw(shares()), interval))
    return charts.GroupFacts(HEADING, rows)


@st.composite
def feeds(draw):
    days = [date(2026, 2, 2) + timedelta(days=n) for n in range(draw(st.integers(1, 10)))]
    states = st.sampled_from(["full", "part", "none", "closed"])
    rows = [
        charts.FeedRow(f"School {n} of a very long name that goes on", "#", [
            charts.FeedDay(day, draw(states)) for day in days if draw(st.booleans())
        ])
        for n in range(draw(st.integers(1, 6)))
    ]  # fmt: skip
    return charts.FeedFacts(HEADING, days, rows)


@st.composite
def stages(draw):
    names = ("2 Monitor", "3 Listen and understand", "4 Facilitate support", "6 Enforce")
    number, rows = 10001, []
    for name in names[: draw(st.integers(1, 4))]:
        usual = draw(st.integers(1, 12))
        weeks = draw(st.lists(st.integers(0, 60), max_size=30))
        cases = []
        for one in weeks:
            cases.append(charts.StageCase(f"AT-{number}", draw(st.sampled_from(["", "A"])), one))
            number += 1
        past = sum(one > usual for one in weeks)
        rows.append(charts.StageRow(name, usual, len(weeks), past, cases))
    return charts.StageFacts("All schools", date(2026, 3, 2), rows)


@st.composite
def referrals(draw):
    on = date(2026, 3, 2)
    bars = []
    for place in range(draw(st.integers(1, 6))):
        sent = on - timedelta(days=draw(st.integers(0, 500)))

        def later(sent=sent):
            return draw(st.none() | st.integers(0, 200).map(lambda n: sent + timedelta(days=n)))

        days = (
            ReferralDays(sent, declined_on=later(), told_on=later())
            if draw(st.booleans())
            else ReferralDays(
                sent, accepted_on=later(), started_on=later(), ended_on=later(), told_on=later()
            )
        )
        service = draw(st.sampled_from(["Family support", "A service of a very long name" * 3]))
        bars.append(charts.ReferralBar(f"{service} {place}", "Early help", days))
    return charts.ReferralFacts("AT-10001", on, bars)


@st.composite
def concentrations(draw):
    sizes = st.one_of(st.integers(0, 12), st.integers(0, 400))
    enrolments = draw(st.dictionaries(st.integers(0, 190), sizes, max_size=8))
    measure = draw(st.sampled_from(["All absence", "Unauthorised absence"]))
    heading = charts.Heading("Year 9", "2025/26", date(2026, 3, 2), measure=measure)
    return charts.ConcentrationFacts(heading, enrolments)


@st.composite
def comparisons(draw):
    maybe = st.none() | PERCENTS
    rows = []
    for phase in ("Primary", "Secondary", "Special")[: draw(st.integers(1, 3))]:
        low, high = sorted(draw(st.tuples(PERCENTS, PERCENTS)))
        similar = draw(st.sampled_from([None, (low, high)]))
        beside = [draw(maybe) for _ in range(3)]
        rows.append(charts.ComparedRow(phase, draw(shares()), similar, *beside))
    region = draw(st.sampled_from(["Region", "North East"]))
    return charts.ComparedFacts(HEADING, rows, region=region, sources="a series")


@st.composite
def before_after(draw):
    def slopes(most):
        found = []
        for _ in range(draw(st.integers(0, most))):
            name = draw(st.sampled_from(["", "Robin Sample"]))
            found.append(charts.Slope(draw(shares(60)), draw(shares(60)), name))
        return found

    return charts.BeforeAfterFacts(HEADING, 60, slopes(12), slopes(6))


@st.composite
def wards(draw):
    shapes = list(ward_shapes().values())
    rows = []
    for shape in draw(st.lists(st.sampled_from(shapes), unique=True, max_size=24)):
        share = draw(shares())
        rows.append(charts.WardRow(shape.code, shape.name, draw(st.integers(0, 60)), share))
    if draw(st.booleans()):
        rows.append(charts.WardRow("E05000000", "Elsewhere", 20, draw(shares())))
    borough = charts.Share(sum(r.share.part for r in rows), sum(r.share.whole for r in rows))
    return charts.WardFacts(HEADING, rows, borough, draw(st.sampled_from([1, 10])))
