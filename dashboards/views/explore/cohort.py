"""P15: the cohort explorer; a school's Compare."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from dashboards import listing
from dashboards.filters import FILTER_BAR
from dashboards.read_models.explore.dimensions import (
    MEASURES,
    Dimension,
    Measure,
    dimensions_of,
    narrowed,
)
from dashboards.read_models.explore.page import ExplorePage, Question, explore_page
from dashboards.read_models.slices import Slice
from dashboards.views.slices import AskedSlice, asked_slice
from schools.permissions import GuardedView, SignedInRequest, permissions_of

DOWN: Final = "by"
ACROSS: Final = "across"
MEASURE: Final = "measure"
_NOTHING: Final = "none"
#: Divided by the first of these that the filters leave open, and by the next.
_DEFAULTS: Final = ("year_group", "sex", "phase", "status")


class DivideForm(forms.Form):
    """How the slice is divided, and what is measured."""

    measure = forms.ChoiceField(label="Compare", choices=list(MEASURES.items()), required=False)
    by = forms.ChoiceField(label="By", required=False)
    across = forms.ChoiceField(label="And by", required=False)

    def __init__(self, *args: Any, dimensions: tuple[Dimension, ...], **options: Any) -> None:
        """`dimensions`: those that the reader may divide by."""
        super().__init__(*args, **options)
        self.fields["by"].choices = [(each.key, each.label) for each in dimensions]  # type: ignore[attr-defined]
        self.fields["across"].choices = [  # type: ignore[attr-defined]
            (_NOTHING, "Nothing else"),
            *((each.key, each.label) for each in dimensions if each.is_narrow),
        ]


class ExploreView(GuardedView):
    """Who, exactly: the figures of a slice, its groups, and the lists behind them."""

    permission = Permission.SEE_SCHOOLS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = asked_slice(request)
        context = {**asked.context, "title": title_of(request), "page": None}
        if asked.now is not None:
            context.update(self._page(request, asked, asked.now))
        return render(request, "dashboards/explore/cohort.html", context)

    def _page(self, request: SignedInRequest, asked: AskedSlice, now: Slice) -> dict[str, Any]:
        dimensions = dimensions_of(now, asked.form.fields)
        chosen = chosen_division(request, dimensions, now)
        page = explore_page(_question(asked, now, dimensions, chosen))
        return {
            "page": page,
            "period": now.period,
            "add_href": now.link("meeting_add_group")
            if Permission.PREPARE_MEETINGS in permissions_of(request.user)
            else "",
            "divide_form": DivideForm(initial=chosen, dimensions=dimensions),
            "divide_kept": [(name, value) for name, value in _bar(request) if value],
            "kept": [*asked.context["kept"], *chosen.items()],
            "most": _what_to_remove(asked) if page.is_empty else None,
        }


def page_of(asked: AskedSlice) -> ExplorePage | None:
    """The page as its address asks for it; None where there is nothing to show."""
    if asked.now is None:
        return None
    dimensions = dimensions_of(asked.now, asked.form.fields)
    chosen = chosen_division(asked.request, dimensions, asked.now)
    page = explore_page(_question(asked, asked.now, dimensions, chosen))
    return None if page.is_empty or page.is_hidden else page


def title_of(request: SignedInRequest) -> str:
    """What the page is called: a school compares its own pupils, the council explores."""
    sees_all = Permission.SEE_BOROUGH in permissions_of(request.user)
    return "Explore" if sees_all else "Compare"


def chosen_division(
    request: SignedInRequest, dimensions: tuple[Dimension, ...], now: Slice
) -> dict[str, str]:
    """What the address asks for, as far as it is known; else by what the filters leave open."""
    known = {each.key: each for each in dimensions}
    is_open = [key for key in _DEFAULTS if narrowed(now, known[key], "any group")]
    down = known.get(request.GET.get(DOWN, ""), known[(*is_open, _DEFAULTS[0])[0]])
    narrow = [
        key
        for key, each in known.items()
        if each.is_narrow and each.filter_name != down.filter_name
    ]
    asked = request.GET.get(ACROSS, "")
    default = next((key for key in is_open if key in narrow), narrow[0])
    measure = request.GET.get(MEASURE, "")
    return {
        MEASURE: measure if measure in MEASURES else "persistent",
        DOWN: down.key,
        ACROSS: asked if asked in (*narrow, _NOTHING) else default,
    }


def _question(
    asked: AskedSlice, now: Slice, dimensions: tuple[Dimension, ...], chosen: dict[str, str]
) -> Question:
    known = {each.key: each for each in dimensions}
    measure: Measure = chosen[MEASURE]  # type: ignore[assignment]
    return Question(
        now=now,
        then=asked.then,
        ground=asked.ground,
        down=known[chosen[DOWN]],
        across=known.get(chosen[ACROSS]),
        measure=measure,
        left_out=asked.left_out if asked.is_protected else (),
    )


def _bar(request: SignedInRequest) -> list[tuple[str, str]]:
    """The bar's own parameters, which dividing anew must not lose."""
    names = (*FILTER_BAR, "protected")
    return [(name, request.GET.get(name, "")) for name in names]


def _what_to_remove(asked: AskedSlice) -> listing.Chip | None:
    """The filter without which most are found; None where none of them helps."""
    found = [(count, chip) for chip, count in asked.without_each() if count]
    return max(found, key=lambda one: one[0])[1] if found else None
