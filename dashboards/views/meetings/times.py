"""Up to three times in a form: a day and an hour each."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms

from attendance_portal.shared.clock import LONDON
from dashboards.filters import DayField
from meetings.models import MOST_SLOTS


class HourField(forms.TimeField):
    """A time of day, written as 9:30 or 14:00."""

    def __init__(self, **options: Any) -> None:
        said = {"invalid": "Write the time as 9:30 or 14:00."}
        super().__init__(
            input_formats=["%H:%M", "%H.%M"],
            error_messages=said,
            widget=forms.TextInput(
                attrs={"classes": "govuk-input--width-5", "autocomplete": "off"}
            ),
            **options,
        )


class TimesForm(forms.Form):
    """The first time is needed; the others may be left empty."""

    #: In words, by place.
    PLACES: ClassVar[tuple[str, ...]] = ("First", "Second", "Third")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place, words in enumerate(self.PLACES[:MOST_SLOTS], start=1):
            hint = "For example 2026-03-17." if place == 1 else ""
            self.fields[f"day_{place}"] = DayField(
                label=f"{words} time: day", required=False, help_text=hint
            )
            self.fields[f"hour_{place}"] = HourField(
                label=f"{words} time: hour",
                required=False,
                help_text="For example 9:30 or 14:00." if place == 1 else "",
            )
        self.times: list[datetime] = []

    def clean(self) -> dict[str, Any]:
        """A day needs its hour, and an hour its day; the first time cannot be left out."""
        facts: dict[str, Any] = super().clean() or {}
        for place in range(1, MOST_SLOTS + 1):
            day, hour = facts.get(f"day_{place}"), facts.get(f"hour_{place}")
            self._pair(place, day, hour)
        return facts

    def _pair(self, place: int, day: Any, hour: time | None) -> None:
        names = (f"day_{place}", f"hour_{place}")
        if any(name in self.errors for name in names):
            return
        if day and hour is not None:
            self.times.append(datetime.combine(day, hour, tzinfo=LONDON))
        elif day:
            self.add_error(names[1], "Enter the hour too.")
        elif hour is not None or place == 1:
            self.add_error(names[0], "Enter the day.")
            if place == 1 and hour is None:
                self.add_error(names[1], "Enter the hour.")
