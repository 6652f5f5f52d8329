"""The named statements and the rules in Python agree on every row of random registers."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.models import (
    EnrolmentCheck,
    EnrolmentPeriod,
    Flag,
    PeriodKind,
    SchoolDay,
    SchoolReason,
    SchoolWeek,
    SchoolYear,
)
from attendance.rules import flags as flag_rules
from attendance.rules import periods as period_rules
from attendance.rules.absence import is_persistent, is_severe
from attendance.rules.penalty_window import rolling_ten
from attendance.rules.recent import last_mark_on
from attendance.rules.returns import illness, unresolved_n
from attendance.rules.runs import unauthorised_run
from attendance.services.nightly import recompute_schools, run_for_everyone
from attendance.states import FlagKind
from tests.factories.boroughs import (
    URNS,
    Child,
    boroughs,
    facts_on,
    flags_on,
    store,
    store_marks,
)

pytestmark = pytest.mark.django_db
MINIMUMS = st.sampled_from((20, 4, 0))


def examples(number):
    """So many random boroughs. A failing one is not shrunk: each try costs a run or two."""
    return settings(
        max_examples=number,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@contextmanager
def a_world(minimum):
    """One example's database, gone afterwards."""
    with override_settings(MINIMUM_POSSIBLE_SESSIONS=minimum), transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_of_dates(borough):
    spread = (borough.last - borough.first).days + 12
    return st.integers(0, spread).map(lambda days: borough.first + timedelta(days=days))


def stored_periods():
    return {
        (row.enrolment_id, row.academic_year, PeriodKind(row.kind).label, str(row.key)): (
            row.possible, row.attended, row.authorised, row.unauthorised,
            row.persistent, row.severe,
        )
        for row in EnrolmentPeriod.objects.all()
    }  # fmt: skip


def expected_periods(facts, terms):
    return {
        (pk, row.academic_year, row.kind.value, row.key): (
            row.counts.possible, row.counts.attended, row.counts.authorised,
            row.counts.unauthorised,
            is_persistent(row.counts.absent, row.counts.possible),
            is_severe(row.counts.absent, row.counts.possible),
        )
        for pk, one in facts.items()
        for row in period_rules.periods(one.marks, terms)
        if row.kind is not period_rules.PeriodKind.WEEK
    }  # fmt: skip


def stored_checks():
    names = [field.attname for field in EnrolmentCheck._meta.concrete_fields]
    return {
        row["enrolment_id"]: {name: row[name] for name in names if name != "school_id"}
        for row in EnrolmentCheck.objects.values(*names)
    }


def expected_check(pk, facts):
    rolling = rolling_ten(facts.marks, facts.calendar, facts.on)
    run = unauthorised_run(facts.marks)
    ill = illness(facts.marks, facts.on)
    owed = unresolved_n(facts.marks, facts.calendar, facts.on)
    return {
        "enrolment_id": pk,
        "rolling_now": rolling.now,
        "rolling_max": rolling.maximum,
        "rolling_first": rolling.first,
        "run_now": run.now,
        "run_max": run.maximum,
        "run_first": run.first,
        "illness_sessions": ill.sessions,
        "illness_days": ill.days,
        "illness_first": ill.first,
        "n_overdue": owed.overdue,
        "n_oldest": owed.oldest,
        "last_mark_on": last_mark_on(facts.marks, facts.on),
    }


def expected_checks(facts):
    checks = (expected_check(pk, one) for pk, one in facts.items())
    return {check["enrolment_id"]: check for check in checks if check["last_mark_on"] is not None}


def stored_calendars():
    weeks = {(row.school_id, row.week_no): row.week_start for row in SchoolWeek.objects.all()}
    days = {(row.school_id, row.day_no): row.date for row in SchoolDay.objects.all()}
    return weeks, days


def expected_calendars(facts, stored):
    weeks, days = {}, {}
    for pk, one in facts.items():
        urn = stored[pk].urn
        weeks.update({(urn, no): day for no, day in enumerate(one.calendar.weeks, 1)})
        days.update({(urn, no): day for no, day in enumerate(one.calendar.days, 1)})
    return weeks, days


def open_flags():
    return {(flag.enrolment_id, flag.kind): flag for flag in Flag.objects.filter(closed_on=None)}


NO_FACTS = {"changed_at"}  # when a row was written says nothing of what it holds


def facts_in(model, *, without=frozenset()):
    """Every row of a derived table as text, in no order."""
    left_out = NO_FACTS | without
    return sorted(
        str({name: value for name, value in row.items() if name not in left_out})
        for row in model.objects.values()
    )


def summaries():
    """Every derived row, for comparing two ways of getting there."""
    models = (
        SchoolWeek, SchoolDay, SchoolYear, SchoolReason, EnrolmentPeriod, EnrolmentCheck,
    )  # fmt: skip
    return [facts_in(model) for model in models]


@examples(40)
@given(data=st.data(), borough=boroughs(), minimum=MINIMUMS)
def test_run_on_any_date_equals_the_rules(data, borough, minimum):
    as_of = data.draw(as_of_dates(borough))
    with a_world(minimum):
        stored = store(borough)
        run_for_everyone(as_of=as_of)
        facts = facts_on(stored, as_of, minimum)
        assert stored_periods() == expected_periods(facts, borough.terms)
        assert stored_checks() == expected_checks(facts)
        assert stored_calendars() == expected_calendars(facts, stored)
        found = open_flags()
        assert {key: flag.evidence for key, flag in found.items()} == flags_on(
            stored, as_of, minimum
        )
        assert {key: flag.met_on for key, flag in found.items()} == {
            (pk, kind): flag_rules.met_on(FlagKind(kind), facts[pk]) for pk, kind in found
        }


@examples(25)
@given(data=st.data(), borough=boroughs(), minimum=MINIMUMS)
def test_flags_after_two_runs_close_and_open_as_the_rules_say(data, borough, minimum):
    first, second = sorted((data.draw(as_of_dates(borough)), data.draw(as_of_dates(borough))))
    with a_world(minimum):
        stored = store(borough)
        run_for_everyone(as_of=first)
        before = open_flags()
        run_for_everyone(as_of=second)
        holding = flags_on(stored, second, minimum)
        stays = {
            key
            for key, flag in before.items()
            if key in holding
            and not flag_rules.outlived_its_year(
                FlagKind(flag.kind), opened_on=flag.opened_on, on=second
            )
        }
        assert {key: flag.evidence for key, flag in open_flags().items()} == holding
        for key, flag in before.items():
            flag.refresh_from_db()
            assert flag.close_reason == (
                ""
                if key in stays
                else flag_rules.close_reason(
                    FlagKind(flag.kind),
                    opened_on=flag.opened_on,
                    enrolment_end=stored[flag.enrolment_id].end,
                    on=second,
                )
            )
            assert flag.closed_on == (None if key in stays else second)
        for key, flag in open_flags().items():
            assert flag.opened_on == (first if key in stays else second)


def changed(child: Child, data) -> Child:
    """The same child with some marks corrected, some taken back, some new."""
    kept = list(child.marks)
    for _ in range(data.draw(st.integers(0, 8))):
        if kept:
            place = data.draw(st.integers(0, len(kept) - 1))
            mark = kept[place]
            kept[place] = type(mark)(mark.date, mark.session, data.draw(st.sampled_from("OIMN#-")))
    if kept and data.draw(st.booleans()):
        kept = kept[: data.draw(st.integers(1, len(kept)))]
    return Child(child.upn, child.urn, child.start, child.end, tuple(kept))


@examples(12)
@given(data=st.data(), borough=boroughs())
def test_schools_recomputed_one_by_one_equal_a_full_rebuild(data, borough):
    as_of = data.draw(as_of_dates(borough))
    with a_world(20):
        stored = store(borough)
        run_for_everyone(as_of=as_of)
        for pk, child in stored.items():
            later = changed(child, data)
            store_marks(pk, later.urn, later.marks)
        for urn in data.draw(st.permutations(URNS)):
            recompute_schools([urn])
        one_by_one = summaries()
        nothing = run_for_everyone(as_of=as_of).counts
        assert (nothing["rows_written"], nothing["left_different"]) == (0, 0)
        flags = {key: flag.evidence for key, flag in open_flags().items()}
        run_for_everyone(as_of=as_of, full=True)
        assert summaries() == one_by_one
        assert {key: flag.evidence for key, flag in open_flags().items()} == flags


@examples(8)
@given(data=st.data(), borough=boroughs())
def test_order_in_which_registers_arrive_does_not_matter(data, borough):
    as_of = borough.last

    def figures_after(order):
        with transaction.atomic():
            stored = store(borough)
            keys = list(stored)
            for pk in keys:
                store_marks(pk, stored[pk].urn, ())
            run_for_everyone(as_of=as_of)
            for place in order:
                store_marks(keys[place], stored[keys[place]].urn, stored[keys[place]].marks)
                recompute_schools([stored[keys[place]].urn])
            seen = (
                # Two worlds: the same children have other numbers.
                [facts_in(EnrolmentPeriod, without={"enrolment_id"}), facts_in(SchoolWeek)],
                sorted(
                    (flag.kind, str(flag.evidence)) for flag in Flag.objects.filter(closed_on=None)
                ),
            )
            transaction.set_rollback(True)
        return seen

    places = range(len(borough.children))
    assert figures_after(places) == figures_after(data.draw(st.permutations(places)))
