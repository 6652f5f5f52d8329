"""The generated reference: each page is rendered from the one table it documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import permission_table
from attendance.codes import all_codes
from attendance.cohorts import COHORTS
from attendance.states import FLAGS
from attendance_portal.shared.rejects import WHAT_TO_DO
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
