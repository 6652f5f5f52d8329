"""Words that never stand on a screen: the child is a person with a barrier, not a case type."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from attendance import states
from attendance_portal.shared.banned_words import (
    NEVER,
    NEVER_AS_WRITTEN,
    TO_FAMILIES,
    blaming_words,
    without_statute,
    words_not_for_families,
)
from cases import states as case_states

ROOT = Path(__file__).parents[2]
APPS = (
    "accounts", "schools", "attendance", "cases", "interventions", "meetings", "dashboards",
    "attendance_portal",
)  # fmt: skip
THE_LIST = ROOT / "attendance_portal" / "shared" / "banned_words.py"
LABELS = tuple(ROOT / app / "states.py" for app in ("attendance", "cases", "meetings"))
#: Papers of law, which may quote it, and what families read.
OF_LAW = ("templates/interventions/legal/",)
TO_FAMILIES_FOLDERS = ("templates/letters/", "templates/families/")

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and path != THE_LIST
)
DATA = sorted((ROOT / "attendance" / "borough" / "data").iterdir())
DOCS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def shown(path: Path) -> str:
    """A template less its comments and, in a paper of law, the statute it quotes."""
    text = re.sub(
        r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", " ", path.read_text(), flags=re.S
    )
    return without_statute(text) if name_of(path).startswith(OF_LAW) else text


def strings(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring: what may reach a screen or a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_uses_none_of_the_words_that_blame(path):
    assert blaming_words(shown(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_strings_of_our_code_use_none_of_them(path):
    assert [found for text in strings(path) for found in blaming_words(text)] == []


@pytest.mark.parametrize("path", DATA, ids=name_of)
def test_demo_data_uses_none_of_them(path):
    assert blaming_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_docs_use_none_of_them(path):
    assert blaming_words(path.read_text(encoding="utf-8")) == []


def test_no_file_is_named_by_one_of_them():
    names = [path.name for path in (*TEMPLATES, *MODULES, *DATA, *DOCS)]

    assert [found for name in names for found in blaming_words(re.sub(r"[_-]", " ", name))] == []


def test_what_families_read_has_none_of_our_own_words_either():
    found = {
        name_of(path): words_not_for_families(shown(path))
        for path in TEMPLATES
        if name_of(path).startswith(TO_FAMILIES_FOLDERS)
    }

    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "text",
    [
        "A truant", "school refuser", "a non-attender", "Persistent absentees", "young offender",
        "hard to reach", "problem families", "chaotic", "poor attendance", "bad attendance",
        "unacceptable", "concerning attendance", "good attenders", "failed to engage", "no excuse",
        "non-compliant", "refused support", "chased", "target families", "crack down on",
        "done to them", "RAG rating", "red list", "the worst", "league table", "a hotspot",
    ],
)  # fmt: skip
def test_word_that_blames_is_found(text):
    assert blaming_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "targeting support meeting", "storage", "Refused: 3 rows",
        "severely absent", "most pupils affected", "purchase", "persistent absence",
    ],
)  # fmt: skip
def test_word_that_only_looks_like_one_is_not(text):
    assert blaming_words(text) == []


@pytest.mark.parametrize(
    "text",
    ["10%", "10.3 %", "persistent", "severe", "a flag", "your case", "stage 3", "the threshold",
     "unauthorised", "5 per cent"],
)  # fmt: skip
def test_word_of_our_own_is_not_for_families(text):
    assert words_not_for_families(text)
    assert blaming_words(text) == []


def test_plain_words_are_for_families():
    assert words_not_for_families("Robin missed 3 days: 4, 5 and 6 November. Ring us.") == []


def test_statute_may_be_quoted_and_only_where_it_is_marked():
    law = '<blockquote class="govuk-inset-text app-statute">guilty as an offender</blockquote>'

    assert blaming_words(without_statute(law)) == []
    assert blaming_words(without_statute(law.replace("app-statute", ""))) == ["offender"]


def test_every_banned_word_has_something_to_say_instead():
    assert all({**NEVER, **NEVER_AS_WRITTEN, **TO_FAMILIES}.values())


# Labels: one home.


def labels() -> set[str]:
    """Every label of a tag that the table of states holds."""
    named = [*vars(states).values(), *vars(case_states).values()]
    held = [value for value in named if isinstance(value, states.Tag)]
    for table in named:
        if hasattr(table, "values") and not isinstance(table, type):
            held += [getattr(one, "tag", one) for one in table.values()]
    return {tag.label for tag in held if isinstance(tag, states.Tag)}


def test_table_of_states_holds_the_labels():
    assert {"At risk, 5% to under 10%", "Severe absence", "Overdue", "No data"} <= labels()


@pytest.mark.parametrize("path", [path for path in MODULES if path not in LABELS], ids=name_of)
def test_tag_is_made_nowhere_but_in_the_table_of_states(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    made = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Tag", "states.Tag")
    ]

    assert made == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_takes_labels_and_colours_from_the_table(path):
    text = shown(path)

    assert not re.search(r'tag\.html" with [^%]*(label|colour)="', text)
    assert [
        label for label in labels() if re.search(rf"govuk-tag[^<]*>\s*{re.escape(label)}", text)
    ] == []
    assert "govuk-tag--" not in text or path.name == "tag.html"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text(encoding="utf-8").lower()

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


# Forms.

#: Forms without `{% form_token %}`, and why pressing one twice makes no second record.
EXPLAINED_FORMS = {
    "account/": "signing in and out, and a new password",
    "base.html": "signing out",
    "attendance/": "a batch is kept by its file, and applied or undone once by its state",
    "dashboards/access_log.html": "a look-up; it is written down each time it is asked",
    "dashboards/audit.html": "a check of the chain, each time it is asked for",
    "dashboards/drafts.html": "deleting a draft",
    "dashboards/meetings/confirm.html": "nobody is signed in; the time is chosen once by its state",
    "dashboards/people_give.html": "the first of two steps; the second makes the record",
    "dashboards/board_report.html": "a file each time it is asked for, each time written down",
    "dashboards/take_out.html": "a file each time it is asked for, each time written down",
}
SENDING = [path for path in TEMPLATES if 'method="post"' in path.read_text()]


@pytest.mark.parametrize("path", SENDING, ids=name_of)
def test_form_that_sends_carries_both_tokens(path):
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL)
    name = str(path.relative_to(ROOT / "templates"))
    is_explained = name.startswith(tuple(EXPLAINED_FORMS))

    assert forms
    assert all("{% csrf_token %}" in form for form in forms)
    assert is_explained or all("{% form_token %}" in form for form in forms), (
        "Put {% form_token %} into the form and use accounts.forms.once, or explain it above."
    )
