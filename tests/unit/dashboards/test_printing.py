"""Any text whatever becomes a tagged file, and says what it can."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as some

from dashboards import printing
from dashboards.printing import FONTS, FontsMissing, paper
from dashboards.printing.letters import BOX, letters_of, printable, unprintable
from tests.factories.papers import read_paper

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KNOWN = frozenset(map(ord, "abc ◻✔->"))


def case_of(text, **facts):
    section = {
        "heading": f"Part {text}", "facts": [["a", text]], "paragraphs": [text], "columns": ["b"],
        "rows": [[text]], "widths": [8], "is_empty": True, "empty": text,
    }  # fmt: skip
    return {
        "title": f"Paper {text}", "intro": text, "left_out": [text], "foot": text,
        "sections": [section], **facts,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("abc", "abc"),
        ("a\r\nb\nc", "a\nb\nc"),
        ("a我b", f"a{BOX}b"),
        ("a→✓", "a->✔"),
        ("a\x00\x07\u202e\udc80b", "ab"),
        ("a\u200db\ufe0f", "a\u200db"),
        ("a\u2028b\u1680", "a b "),
    ],
)
def test_text_as_it_can_be_printed(text, printed):
    assert printable(text, KNOWN) == printed


def test_long_word_may_be_broken_and_a_shorter_one_may_not():
    assert printable("a" * 40, KNOWN) == "a" * 40
    assert printable("a" * 41, KNOWN) == "a" * 40 + "\u200b" + "a"


def test_data_keep_their_form():
    data = {"title": "我", "rows": [("a", "我"), []], "size": 12, "is": True, "no": None}

    assert printable(data, KNOWN) == {
        "title": BOX, "rows": [["a", BOX], []], "size": 12, "is": True, "no": None,
    }  # fmt: skip


def test_unprintable_signs_are_named_once_in_order_and_a_box_is_none():
    assert unprintable("我a们我→◻", KNOWN) == ["我", "们"]
    assert unprintable("abc", KNOWN) == []


@pytest.mark.parametrize("sign", ["a", "Ł", "é", "ع", "ব", "😀", BOX])
def test_our_fonts_have(sign):
    assert ord(sign) in letters_of(FONTS)


@pytest.mark.parametrize("sign", ["\ue000", "\U000fe82c", "\U0010fffd"])
def test_sign_for_private_use_becomes_a_box_though_a_font_has_it(sign):
    assert printable(f"a{sign}b", KNOWN | {ord(sign)}) == f"a{BOX}b"
    assert unprintable(sign, KNOWN | {ord(sign)}) == [sign]


@pytest.mark.parametrize("sign", ["我", "\ue000"])
def test_our_fonts_have_not(sign):
    assert ord(sign) not in letters_of(FONTS)


@tries(max_examples=60)
@example("\U000fe82c")  # for private use, and one of our fonts draws it
@example("\ue000")
@given(some.text(max_size=200))
def test_any_text_becomes_a_file(text):
    assert paper("case", case_of(text), at=AT).pages >= 1


def test_text_that_looks_like_a_program_stays_text():
    said = '#panic("no") *b* _i_ $x$ @a \\n [c] {d} // e /* f */ <g>'
    read = read_paper(paper("case", case_of(said), at=AT).pdf)

    assert '#panic("no") *b* _i_ $x$' in read.text
    assert read.title == f"Paper {said}"


def test_same_data_at_the_same_moment_are_the_same_bytes():
    assert paper("case", case_of("a"), at=AT).pdf == paper("case", case_of("a"), at=AT).pdf


def test_pages_are_counted_as_a_reader_counts_them():
    made = paper("case", case_of("A long day. " * 700), at=AT)

    assert made.pages == len(read_paper(made.pdf).pages) > 1


def test_file_is_archivable_and_accessible():
    pdf = paper("case", case_of("a"), at=AT).pdf

    assert b"pdfaid:part>2<" in pdf.replace(b"&gt;", b">")
    assert b"pdfuaid:part>1<" in pdf


def test_fonts_that_were_never_fetched_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(printing, "FONTS", tmp_path)
    printing._fonts.cache_clear()
    try:
        with pytest.raises(FontsMissing, match="run make setup"):
            paper("case", case_of("a"), at=AT)
    finally:
        printing._fonts.cache_clear()


def test_template_of_a_family_has_no_words_of_its_own():
    """All a family reads comes with the data: Typst prints a bare line, and there is none."""
    source = (printing.TEMPLATES / "family.typ").read_text()
    body = source[source.index("= #d.title") :]

    assert [line for line in body.splitlines() if line and line[0].isalpha()] == []
