"""The generated reference: each page is rendered from the one table it documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import permission_table
from attendance.codes import all_codes
from attendance.cohorts import COHORTS
from attendance.states import FLAGS
from attendance_portal.shared.rejects import WHAT_TO_DO
from cases.read_models.evidence import options_in_force
from cases.rules.graduated_response import GATES_OF_STAGES, Evidence, GateKey, StandingHold
from cases.rules.recorded_facts import RECORDED_FACTS
from cases.states import STAGES
from schools.permissions import GuardedView

MADE_BY = "<!-- Made by `manage.py generate_docs`. Do not edit. -->\n"


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else ""


def flags_page() -> str:
    """Every kind of flag: name, label, rule in words, statutory or not, sources."""
    rows = (
        (
            f"`{flag.kind}`",
            flag.label,
            flag.sentence,
            _yes(flag.is_statutory),
            _yes(flag.resets_each_year),
            ", ".join(flag.sources),
            f"[{flag.page}](../domain/{flag.page}.md)",
        )
        for flag in FLAGS.values()
    )
    head = ("kind", "label", "rule", "statutory", "starts afresh each 1 August", "sources", "page")
    return "# Flags\n\n" + _table(head, rows)


def cohorts_page() -> str:
    """Every named cohort: its name, its rule in words, its first question and its source."""
    rows = (
        (
            f"`{cohort.key}`",
            cohort.label,
            cohort.rule_in_words,
            cohort.first_question,
            cohort.source,
        )
        for cohort in COHORTS.values()
    )
    head = ("key", "label", "rule", "asks first", "source")
    examples = "Worked examples: [cohorts](../domain/cohorts.md).\n\n"
    return "# Named cohorts\n\n" + examples + _table(head, rows)


def codes_page() -> str:
    """Every code with its dates in force and how it counts."""
    rows = (
        (
            f"`{code.code}`",
            f"`{code.symbol}`",
            code.short_name,
            _yes(code.is_possible),
            _yes(code.is_attended),
            _yes(code.is_authorised),
            _yes(code.is_unauthorised),
            code.valid_from,
            code.valid_to or "",
        )
        for code in all_codes()
    )
    head = ("code", "stored as", "meaning", "possible", "attended", "authorised", "unauthorised")
    return "# Attendance codes\n\n" + _table((*head, "from", "until"), rows)


def reasons_page() -> str:
    """Every reason for which a row is refused, and what to do."""
    rows = ((f"`{reason}`", says) for reason, says in WHAT_TO_DO.items())
    return "# Why a row is refused\n\n" + _table(("reason_code", "what to do"), rows)


def permissions_page() -> str:
    """Roles and what each may do."""
    return "# Roles and permissions\n\n" + permission_table()


def stages_page() -> str:
    """The six stages, the gates on the way up, and the lines that are settings."""
    stages = (
        (
            facts.stage.value,
            facts.label,
            facts.leads,
            facts.asks,
            facts.usual_weeks or "",
            facts.source,
        )
        for facts in STAGES.values()
    )
    head = ("", "stage", "who leads", "asks", "usual weeks (our proposal)", "source")
    return (
        "# Stages and gates\n\n"
        "Worked examples: [the graduated response](../domain/graduated-response.md).\n\n"
        f"## The six stages\n\n{_table(head, stages)}\n"
        f"## Gates\n\nA stage asks for its own gates and for those of every stage before it.\n\n"
        f"{_table(_GATE_HEAD, _gate_rows())}\n"
        f"## What is written down for a gate\n\n{_table(_FACT_HEAD, _fact_rows())}\n"
        f"## Settings\n\n`GRADUATED_RESPONSE`:\n\n{_table(('name', 'value'), _options())}"
    )


_GATE_HEAD = (
    "gate", "asked from", "asks", "when it is missing", "lifted for a term-time holiday",
    "may be overridden", "source",
)  # fmt: skip
_FACT_HEAD = ("fact", "what it may be", "questions", "by", "source")


def _gate_rows() -> Iterator[tuple[object, ...]]:
    nothing, options = Evidence(hold=None, school_days_behind=None), options_in_force()
    on_hold = Evidence(hold=StandingHold("Bereavement", date(2025, 12, 1)))
    for key, gate in GATES_OF_STAGES.items():
        evidence = on_hold if key == GateKey.NO_HOLD else nothing
        result = gate.result(evidence, options, is_lifted=False)
        yield (
            f"`{key}`",
            STAGES[gate.stage].tag.label,
            result.text,
            result.missing_text,
            _yes(gate.is_support),
            _yes(gate.can_be_overridden),
            gate.source,
        )


def _fact_rows() -> Iterator[tuple[object, ...]]:
    for name, known in RECORDED_FACTS.items():
        yield (
            f"`{name}`",
            "; ".join(f"`{key}` {title}" for key, title in known.ways.items()),
            " ".join(one.label for one in known.questions),
            "a manager" if known.by_manager else "who leads the case",
            known.source,
        )


def _options() -> Iterator[tuple[str, object]]:
    return ((f"`{name}`", value) for name, value in asdict(options_in_force()).items())


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for each in resolver.url_patterns:
        address = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each, address)
        elif isinstance(each, URLPattern):
            view = getattr(each.callback, "view_class", None) or each.callback
            yield "/" + address, each.name or "", _needs(view)


def _needs(view: object) -> str:
    """The permission or the scopes; without either, whether one must have signed in."""
    for name in ("permission", "required_scopes", "any_scope"):
        needs = getattr(view, name, None)
        if needs:
            return ", ".join(needs) if isinstance(needs, tuple | list) else str(needs)
    is_guarded = isinstance(view, type) and issubclass(view, GuardedView)
    return "someone signed in" if is_guarded else ""


def routes_page() -> str:
    """Every route, its name and the permission or token scope it asks for."""
    rows = ((f"`{address}`", name, needs) for address, name, needs in _routes(get_resolver()))
    return "# Routes\n\n" + _table(("address", "name", "needs"), rows)


def api_schema() -> str:
    """The OpenAPI document as YAML."""
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiYamlRenderer

    schema = SchemaGenerator().get_schema(request=None, public=True)
    return OpenApiYamlRenderer().render(schema, renderer_context={}).decode()


PAGES: dict[str, Callable[[], str]] = {
    "flags.md": lambda: MADE_BY + flags_page(),
    "cohorts.md": lambda: MADE_BY + cohorts_page(),
    "codes.md": lambda: MADE_BY + codes_page(),
    "refused-rows.md": lambda: MADE_BY + reasons_page(),
    "stages.md": lambda: MADE_BY + stages_page(),
    "permissions.md": lambda: MADE_BY + permissions_page(),
    "routes.md": lambda: MADE_BY + routes_page(),
    "api.yaml": api_schema,
}


def write_pages(folder: Path) -> None:
    """Write every page of the reference."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in PAGES.items():
        (folder / name).write_text(render(), encoding="utf-8")


def stale_pages(folder: Path) -> list[str]:
    """The pages that are missing or say something else than their table."""
    return [
        name
        for name, render in PAGES.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != render()
    ]
