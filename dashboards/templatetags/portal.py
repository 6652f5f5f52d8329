"""Template words: dates, rates, tags of flags, and form fields after GOV.UK Frontend."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from attendance import states
from attendance.rules.percent import shown_percent
from attendance_portal.shared import clock, wording
from dashboards.exports.registry import take_out_href

register = template.Library()

register.filter("day", wording.day)
register.filter("day_of_week", wording.day_of_week)
register.filter("short_day", wording.short_day)
register.filter("long_day", wording.long_day)
register.filter("moment", wording.moment)
register.filter("clock_time", wording.clock_time)


@register.filter
def counted(number: int, words: str) -> str:
    """`{{ n|counted:"pupil" }}`, or both words with a bar: `"enrolment|enrolments"`."""
    one, _, many = words.partition("|")
    return wording.counted(number, one, many)


@register.filter
def session_word(session: int) -> str:
    """AM or PM."""
    return "PM" if session else "AM"


@register.simple_tag
def this_moment() -> str:
    """When a page was made, for the foot of its print: '4 Nov 2025, 4:12am'."""
    return wording.moment(clock.now())


@register.simple_tag
def rate(part: int, whole: int) -> str:
    """A percentage, as every page prints it."""
    return shown_percent(part, whole)


@register.inclusion_tag("components/tag.html")
def flag_tag(kind: str) -> dict[str, str]:
    """The tag of a kind of flag, from the one table of states."""
    tag = states.FLAGS[states.FlagKind(kind)].tag
    return {"label": tag.label, "colour": tag.colour}


@register.inclusion_tag("components/form_token.html")
def form_token() -> dict[str, str]:
    """Stands in every form that makes a record: a form pressed twice is one (accounts.forms)."""
    return {"token": str(uuid4())}


@register.filter
def breakable(text: str) -> SafeString:
    """An address or a long name that may break after its dots and signs, and nowhere else."""
    parts = re.split(r"(?<=[@._/-])", text)
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.inclusion_tag("components/whom_to_ring.html")
def whom_to_ring() -> dict[str, str]:
    """Whose telephone rings when something is wrong; needs no context, so any page may say it."""
    return {"phone": settings.SUPPORT_PHONE}


@register.inclusion_tag("components/take_out.html", takes_context=True)
def take_out(context: dict[str, Any], name: str, **args: object) -> dict[str, str]:
    """The link that takes a registered table of this page out: `{% take_out "pupil_list" %}`.

    `args`: the page's parameters (`urn=school.pk`). Nothing for a person who may not.
    """
    request = context["request"]
    href = take_out_href(name, request.user, request.GET, args)
    return {"href": href, "text": "Take this table out as a file"}


@register.simple_tag(takes_context=True)
def chart_out(context: dict[str, Any], name: str, **args: object) -> dict[str, str]:
    """Where a registered chart of this page is taken out, for the `out` of `components/chart.html`:
    `{% chart_out "borough_by_week" as out %}`. Empty for a person who may not."""
    request = context["request"]
    found = {
        "picture": take_out_href(name, request.user, request.GET, args),
        "numbers": take_out_href(name, request.user, request.GET, args, form="csv"),
    }
    return found if found["picture"] else {}
