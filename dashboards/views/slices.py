"""The filter bar of an address, as rows and as a slice: the one way in which figures are asked for.

Lists and pages of figures read the same address by the same filters, so that a figure's link opens
the list that makes it up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.roles import Permission
from attendance.read_models.figures import Figures, figures_on
from attendance.read_models.past import PastFigures
from attendance_portal.shared import clock
from dashboards import listing
from dashboards.filters import (
    FILTER_BAR,
    OF_CHILDREN,
    OF_LISTS,
    OF_SCHOOLS,
    RecordFilter,
    names_in_words,
)
from dashboards.read_models.rolls import enrolments_of_year
from dashboards.read_models.series import Ground, ground_of, half_terms_known
from dashboards.read_models.slices import Slice, Sums, sums
from dashboards.read_models.slices.protection import is_too_small
from dashboards.read_models.slices.sums import sums_of_peers
from dashboards.read_models.standing import Standing, standing
from dashboards.views.chips import chosen_names, filter_chips
from dashboards.views.dates import asked_as_of
from dashboards.waiting import wait_for
from schools.models import Enrolment, School, Trust
from schools.permissions import SignedInRequest, permissions_of
from schools.rules.alignment import same_time_before
from schools.scoping import access_of

PROTECTED: Final = "protected"
AS_OF: Final = "as_of"
#: Filters that say what is counted and when, and leave nobody out.
_NAMES_NOBODY: Final = frozenset({"period", "as_of", "absence", "place_by"})


@dataclass(frozen=True)
class Only:
    """What a page is about, whatever its address asks: one school, or the schools of one trust.

    The bar of such a page does not offer the filters in `dropped`; its links carry `address`.
    """

    schools: Q
    dropped: frozenset[str]
    address: tuple[str, str]

    @classmethod
    def school(cls, school: School) -> Only:
        """One school."""
        return cls(Q(pk=school.pk), OF_SCHOOLS, ("school", str(school.pk)))

    @classmethod
    def trust(cls, trust: Trust) -> Only:
        """The schools of one trust."""
        return cls(Q(trust=trust), frozenset({"trust"}), ("trust", trust.uid))


@dataclass(frozen=True)
class Rows:
    """The enrolments of a year that somebody may work with, as of a day, before any filter.

    `past` is what is known of a day that is not the figures' date.
    """

    request: SignedInRequest
    today: date
    as_of: date | None
    rows: QuerySet[Enrolment]
    past: PastFigures | None
    only: Only | None = None

    def filtered(self, query: QueryDict, *, without: frozenset[str] = frozenset()) -> RecordFilter:
        """The rows that an address asks for, by the filters that this person may use."""
        may = permissions_of(self.request.user)
        is_now = self.past is None  # plans stand as they are today, and not as of another day
        left_out = without
        if Permission.SEE_SENSITIVE not in may:
            left_out |= RecordFilter.SENSITIVE
        if Permission.SEE_CASES not in may or not is_now:
            left_out |= RecordFilter.CASEWORK
        if self.only is not None:
            left_out |= self.only.dropped
        return RecordFilter(
            query,
            self.rows,
            request=self.request,
            on=self.today if self.past is None else self.past.as_of,
            without=left_out,
            past=self.past,
            figures=self.figures,
        )

    @cached_property
    def figures(self) -> Figures | None:
        """The year so far; None before the first run."""
        if self.past is not None:
            return self.past.figures
        return None if self.as_of is None else figures_on(self.as_of)


def rows_of(
    request: SignedInRequest, as_of: date | None, *, is_latest: bool, only: Only | None = None
) -> Rows:
    """Whom the person may work with in the academic year of a day (today before the first run)."""
    today = clock.today()
    rows = enrolments_of_year(request.user, as_of=as_of or today, on=today)
    if only is not None:
        rows = rows.filter(school__in=School.objects.filter(only.schools).values("pk"))
    past = None
    if not is_latest and as_of is not None:
        rows = rows.filter(starts_on__lte=as_of)
        past = PastFigures(as_of, urns=_urns(request, rows))
    return Rows(request, today, as_of, rows, past, only)


def _urns(request: SignedInRequest, rows: QuerySet[Enrolment]) -> list[int] | None:
    """The schools whose figures are needed; None for all."""
    if access_of(request.user).everything:
        return None
    return list(rows.order_by().values_list("school_id", flat=True).distinct())


@dataclass(frozen=True)
class AskedSlice:
    """What an address asks of a page of figures. `now` is None before the first run."""

    request: SignedInRequest
    standing: Standing
    rows: Rows
    form: Any
    chips: list[listing.Chip]
    is_protected: bool
    now: Slice | None

    @cached_property
    def then(self) -> Slice | None:
        """The same filters at the same time last year; None where its terms are not known."""
        day = None if self.now is None else same_time_before(self.now.as_of, half_terms_known())
        if day is None:
            return None
        before = rows_of(self.request, day, is_latest=False, only=self.rows.only)
        found = before.filtered(self.request.GET, without=frozenset(OF_LISTS))
        return _slice(before, found, self.request.GET, is_protected=self.is_protected)

    def without_each(self) -> list[tuple[listing.Chip, int]]:
        """Each filter that names somebody, as its chip, and how many count without it."""
        if self.now is None:
            return []
        by_name = dict(zip(chosen_names(self.form), self.chips, strict=True))
        return [
            (chip, self._counted_without(name))
            for name, chip in by_name.items()
            if name not in _NAMES_NOBODY
        ]

    def _counted_without(self, name: str) -> int:
        found = self._filtered_without(name)
        rows = found.qs
        return 0 if found.figures is None else rows.filter(found.figures.held_by()).count()

    def _filtered_without(self, name: str) -> RecordFilter:
        query = self.request.GET.copy()
        query.pop(name, None)
        return self.rows.filtered(query, without=frozenset(OF_LISTS))

    @cached_property
    def left_out(self) -> list[Sums]:
        """Whom each filter leaves out, and everyone else at the schools: what a protected view must
        not tell of either. Empty where no filter names anybody."""
        if self.now is None:
            return []
        names = [name for name in chosen_names(self.form) if name not in _NAMES_NOBODY]
        if not names:
            return []
        named = sums(self.now)
        wider = [sums(replace(self.now, rows=self._filtered_without(name).qs)) for name in names]
        return [each.without(named) for each in (*wider, sums_of_peers(self.now))]

    @cached_property
    def is_hidden(self) -> bool:
        """Whether nothing of the slice may be told to people outside: it is protected, and too
        small."""
        if self.now is None or not self.is_protected:
            return False
        if not self.left_out:  # everyone: the tables of a page protect their own cells
            return False
        named = sums(self.now).enrolments
        return is_too_small(named, [named + each.enrolments for each in self.left_out])

    @cached_property
    def ground(self) -> Ground:
        """What series stand on: the schools of the slice."""
        return ground_of(self.request.user, self.now.schools if self.now else None)

    @property
    def context(self) -> dict[str, Any]:
        """What the filter panel, the chips and the date line of a template need."""
        return {
            "standing": self.standing,
            "filter_form": self.form,
            "chips": self.chips,
            "clear": self.request.path,
            "kept": [(PROTECTED, "1")] if self.is_protected else [],
            "is_protected": self.is_protected,
            "is_too_small": self.is_hidden,
            "other_view": listing.address(
                self.request.GET, **{PROTECTED: None if self.is_protected else "1"}
            ),
        }


def asked_slice(
    request: SignedInRequest, *, only: Only | None = None, is_protected: bool | None = None
) -> AskedSlice:
    """The slice of an address, of a page that is about one school or trust `only`.

    `protected=1` is the view for people who may not open the children behind the figures, unless
    `is_protected` says which of the two it is.
    """
    where = standing(
        asked_as_of(request),
        user=request.user,
        latest_href=listing.address(request.GET, **{AS_OF: None}),
    )
    wait_for(request, where.as_of)
    rows = rows_of(request, where.as_of, is_latest=where.is_latest, only=only)
    if is_protected is None:
        is_protected = request.GET.get(PROTECTED) == "1"
    found = rows.filtered(request.GET, without=frozenset(OF_LISTS))
    return AskedSlice(
        request=request,
        standing=where,
        rows=rows,
        form=found.form,
        chips=filter_chips(found.form, request.GET),
        is_protected=is_protected,
        now=_slice(rows, found, request.GET, is_protected=is_protected),
    )


def _slice(
    rows: Rows, found: RecordFilter, query: QueryDict, *, is_protected: bool
) -> Slice | None:
    """`found`: the rows that the address asks for. Filters are made as seldom as may be: each time
    costs as much as a dozen of the statements that they lead to."""
    if rows.as_of is None:
        return None
    chosen = found.qs
    if found.figures is None or not found.form.is_valid():
        return None
    on = {name: value for name, value in found.form.cleaned_data.items() if value not in ("", None)}
    of_children = OF_CHILDREN & set(on)
    if "place" in on and on.get("place_by") != "school":
        of_children |= {"place"}
    return Slice(
        user=rows.request.user,
        as_of=rows.as_of,
        today=rows.today,
        figures=found.figures,
        missed=found.absence_kind,
        rows=chosen,
        peers=_peers(rows, query) if OF_CHILDREN & set(on) else chosen,
        schools=_schools(rows, on),
        is_of_whole_schools=not of_children and "period" not in on,
        who=names_in_words(found.form),
        phase=on.get("phase", ""),
        address=_address(rows, query, on),
        is_protected=is_protected,
        names_children=bool(of_children),
    )


def _peers(rows: Rows, query: QueryDict) -> QuerySet[Enrolment]:
    """The same schools, phase and place, whoever the child is."""
    return rows.filtered(_only(query, FILTER_BAR, OF_CHILDREN), without=frozenset(OF_LISTS)).qs


def _schools(rows: Rows, named: dict[str, Any]) -> tuple[int, ...]:
    """The schools that the bar names, among those in scope."""
    schools = School.objects.visible_to(rows.request.user)
    if rows.only is not None:
        schools = schools.filter(rows.only.schools)
    if named.get("school"):
        schools = schools.filter(pk=named["school"].pk)
    if named.get("trust"):
        schools = schools.filter(trust=named["trust"])
    if named.get("phase"):
        schools = schools.filter(phase=named["phase"])
    if named.get("place") and named.get("place_by") == "school":
        place = named["place"]
        schools = schools.filter(ward__in=[place.pk, *place.wards.values_list("pk", flat=True)])
    return tuple(schools.order_by("urn").values_list("urn", flat=True))


def _address(rows: Rows, query: QueryDict, on: dict[str, Any]) -> dict[str, str]:
    """The parameters of the bar that are on, as they came."""
    kept = {name: query.get(name, "") for name in FILTER_BAR if name in on}
    if rows.only is not None:
        name, value = rows.only.address
        kept[name] = value
    return kept


def _only(query: QueryDict, names: tuple[str, ...], without: frozenset[str]) -> QueryDict:
    """The same address with some of its parameters left."""
    kept = QueryDict(mutable=True)
    for name in names:
        if name in query and name not in without:
            kept[name] = query.get(name, "")
    return kept
