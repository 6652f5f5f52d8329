"""P35, from a page: its table as CSV or XLSX, its chart as SVG or PNG, with a reason."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import IO, Any, ClassVar

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.models import ExportRecord
from accounts.roles import Permission
from attendance.selectors import figures_date, marks_due_until
from attendance_portal.shared import clock
from dashboards.charts import Chart
from dashboards.exports import registry, taking
from dashboards.exports.registry import Source
from dashboards.exports.stamps import Stamp
from dashboards.exports.tables import Table
from dashboards.exports.taking import Form, Taking, take_chart, take_table
from dashboards.views import outgoing
from dashboards.views.dates import asked_as_of
from schools.permissions import GuardedView, SignedInRequest, check_has
from schools.rules.calendar import last_weekday

__all__ = ["TakeChartView", "TakeTableView", "outgoing"]

Reader = ExportRecord.Reader
NOT_FOR_ANYONE = (
    "This may be read only by people who may open the records behind it: it names children, or "
    "holds small numbers that cannot be hidden one by one."
)
NOTHING = "There is nothing to take out for this choice. Change the filters on the page."


class TakeOutForm(forms.Form):
    """In which form, for whom and why. Protected unless chosen otherwise, where it can be."""

    form = forms.ChoiceField(
        label="What kind of file?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind of file."},
    )
    reader = forms.ChoiceField(
        label="Who will read it?",
        choices=[(one.value, str(one.label)) for one in Reader],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who will read it."},
    )
    reason = forms.CharField(
        label="What is it for?",
        max_length=300,
        help_text="It stands in the file and in the list of past exports. Name no child here.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what the file is for."},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kinds: dict[str, Form],
        source: Source[Any],
        chosen: str = "",
    ) -> None:
        """`kinds`: the forms of file on offer, `chosen`: the one a link asked for. What cannot be
        protected is for nobody else."""
        initial = {"form": chosen if chosen in kinds else next(iter(kinds))}
        if source.protects:
            initial["reader"] = Reader.ANYONE.value
        super().__init__(data, initial=initial)
        self.source = source
        if not source.protects:
            self.fields["reader"].widget.choices = [  # type: ignore[attr-defined]
                (Reader.ENTITLED.value, str(Reader.ENTITLED.label))
            ]
        self.fields["form"].choices = [  # type: ignore[attr-defined]
            (name, kind.label) for name, kind in kinds.items()
        ]

    def clean_reader(self) -> str:
        reader: str = self.cleaned_data["reader"]
        if reader == Reader.ANYONE and not self.source.protects:
            raise forms.ValidationError(NOT_FOR_ANYONE)
        return reader


class TakeOutView(GuardedView):
    """The form on GET, the file on POST. The address after the name is that of the page."""

    permission = Permission.EXPORT
    kinds: ClassVar[dict[str, Form]]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page's own query stands alone, so that its functions read it as the page does."""
        self.chosen = request.GET.get(registry.FORM, "")
        request.GET = registry.without(request.GET, registry.FORM)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: SignedInRequest, **named: str) -> HttpResponse:
        source = self._source(request, *named.values())
        form = TakeOutForm(kinds=self.kinds, source=source, chosen=self.chosen)
        return self._page(request, source, form)

    def post(self, request: SignedInRequest, **named: str) -> HttpResponseBase:
        source = self._source(request, *named.values())
        form = TakeOutForm(request.POST, kinds=self.kinds, source=source)
        if not form.is_valid():
            return self._page(request, source, form)
        made = source.build(request, form.cleaned_data["reader"] == Reader.ANYONE)
        if made is None:
            form.add_error(None, NOTHING)
            return self._page(request, source, form)
        one = self._taking(request, source, form, self.day(request, source, made))
        response = FileResponse(
            self.take(made, one, _children(source, request)),
            as_attachment=True,
            filename=one.file_name,
            content_type=self.kinds[one.form].content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @abstractmethod
    def sources(self) -> dict[str, Source[Any]]:
        """What may be taken out, by name."""

    @abstractmethod
    def take(self, made: Any, one: Taking, children: list[str]) -> IO[bytes]:
        """The file, written down as taken."""

    def day(self, request: SignedInRequest, source: Source[Any], made: Any) -> date:
        """The day that the figures stand at."""
        of_its_own = source.day(request) if source.day else None
        return of_its_own or asked_as_of(request) or figures_date() or clock.today()

    def _source(self, request: SignedInRequest, name: str) -> Source[Any]:
        """The one of this name, for whoever may open its page. Raises Refused."""
        source = self.sources().get(name)
        if source is None:
            raise Http404
        check_has(request.user, source.permission)
        return source

    def _taking(
        self, request: SignedInRequest, source: Source[Any], form: TakeOutForm, on: date
    ) -> Taking:
        stamp = Stamp(
            who=str(request.user),
            at=clock.now(),
            reason=form.cleaned_data["reason"],
            as_of=on,
            marks_to=None if source.is_of_today else last_weekday(marks_due_until(on)),
            names_children=source.names_children,
            is_protected=form.cleaned_data["reader"] == Reader.ANYONE,
        )
        filters = {key: values[0] for key, values in request.GET.lists() if any(values)}
        return Taking(source.name, form.cleaned_data["form"], request.user, filters, stamp)

    def _page(
        self, request: SignedInRequest, source: Source[Any], form: TakeOutForm
    ) -> HttpResponse:
        context = {
            "form": form,
            "source": source,
            "back": source.address(request.GET),
            "refusal": "" if source.protects else NOT_FOR_ANYONE,
        }
        return render(request, "dashboards/take_out.html", context)


def _children(source: Source[Any], request: SignedInRequest) -> list[str]:
    """Whose record the page is of, where it is of one child's, or whom its chart names. The rows of
    a table say by themselves whom they name."""
    if source.children is not None:
        return source.children(request)
    return [request.GET.get("public_id", "")] if "public_id" in source.args else []


class TakeTableView(TakeOutView):
    """A page's table: every row of it, by the page's own filters, order and date."""

    kinds = taking.TABLE_FORMS

    def sources(self) -> dict[str, Source[Table]]:
        return registry.TABLES

    def day(self, request: SignedInRequest, source: Source[Any], made: Table) -> date:
        return made.as_of

    def take(self, made: Table, one: Taking, children: list[str]) -> IO[bytes]:
        return take_table(made, one)


class TakeChartView(TakeOutView):
    """A page's chart as a picture, or its numbers."""

    kinds = taking.CHART_FORMS

    def sources(self) -> dict[str, Source[Chart]]:
        return registry.CHARTS

    def take(self, made: Chart, one: Taking, children: list[str]) -> IO[bytes]:
        return take_chart(made, one, children=children)
