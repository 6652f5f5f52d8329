"""How old a reader must be, and what a family reads besides what people wrote."""

import pytest

from attendance_portal.shared.banned_words import words_not_for_families
from cases.choices import BARRIERS, SMALL_STEPS
from cases.rules import family_words as words
from cases.rules.family_words import Length, Part, hard_things, part_to_shorten
from cases.rules.reading_age import (
    FAMILIES_AGE,
    hard_sentences,
    reading_age,
    sentences_of,
    syllables,
)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("the", 1), ("cat", 1), ("home", 1), ("table", 2), ("jumped", 1), ("wanted", 2),
        ("houses", 2), ("makes", 1), ("family", 3), ("attendance", 3), ("9", 1), ("mornings", 2),
    ],
)  # fmt: skip
def test_syllables_are_groups_of_vowels_less_a_silent_end(word, number):
    assert syllables(word) == number


def test_formula_is_kincaids():
    # Six words, one sentence, six syllables: 0.39 x 6 + 11.8 x 1 - 15.59 + 5 = -6.45 + 10 - 5.
    assert reading_age("The cat sat on the mat.") == pytest.approx(3.6, abs=0.05)


def test_five_words_are_too_few_to_say_and_six_are_not():
    assert reading_age("The cat sat on it.") is None
    assert reading_age("The cat sat on the mat.") is not None


def test_a_line_and_a_full_stop_end_a_sentence():
    assert sentences_of("Come in by the door. Sit down!\nHave lunch\n\n“Ring us.” Then rest") == [
        "Come in by the door.", "Sit down!", "Have lunch", "“Ring us.", "Then rest",
    ]  # fmt: skip


def test_sentence_of_25_words_is_hard_and_of_24_is_not():
    short = " ".join(["go"] * 24) + "."
    long = " ".join(["go"] * 25) + "."

    assert hard_sentences(short) == []
    assert [one.why for one in hard_sentences(long)] == ["25 words; a sentence has under 25"]


def test_sentence_of_long_words_is_hard_and_says_at_what_age_it_reads():
    text = "Professionals will facilitate individualised reintegration provision. We will help."

    (hard,) = hard_sentences(text)

    assert hard.sentence.startswith("Professionals")
    assert hard.why.endswith("ours at age 11")


def test_few_long_words_are_a_name_and_not_hard():
    assert hard_sentences("Educational psychology.") == []


# What a family reads of ours.


@pytest.mark.parametrize("line", words.fixed_words())
def test_fixed_line_is_for_families_and_reads_at_eleven(line):
    assert words_not_for_families(line) == []
    assert hard_sentences(line) == []


def test_all_fixed_lines_together_read_at_eleven():
    assert reading_age("\n".join(words.fixed_words())) <= FAMILIES_AGE


@pytest.mark.parametrize("label", SMALL_STEPS.values())
def test_small_step_reads_at_eleven(label):
    assert words_not_for_families(label) == []
    assert hard_sentences(label) == []


def test_title_says_help_and_names_the_child():
    assert words.TITLE.format(forename="Robin") == "Our plan to help Robin with school"


def test_every_part_has_a_heading_and_something_to_say_while_empty():
    assert set(words.HEADINGS) == set(words.EMPTY) == set(Part)
    assert next(iter(Part)) == Part.CHILD


# What makes it hard.


def test_hard_things_are_in_a_familys_words_each_once():
    assert hard_things(["transport", "unsafe", "ebsa"]) == [
        "Getting to school", "Not feeling safe", "Big worries about school",
    ]  # fmt: skip
    assert hard_things(["transport", "transport"]) == ["Getting to school"]


@pytest.mark.parametrize("kind", sorted(words.NOT_ON_PAPER))
def test_harm_at_home_is_never_on_paper(kind):
    assert kind in BARRIERS
    assert hard_things([kind, "sleep"]) == ["Sleep and getting up"]


# Which part to shorten.


def test_part_to_shorten_is_the_longest():
    lengths = [Length(Part.CHILD, 40), Length(Part.FAMILY, 41), Length(Part.TRIES, 3)]

    assert part_to_shorten(lengths) == Part.FAMILY


def test_part_to_shorten_of_two_alike_is_the_first_and_of_nothing_none():
    assert part_to_shorten([Length(Part.CHILD, 5), Length(Part.FAMILY, 5)]) == Part.CHILD
    assert part_to_shorten([Length(Part.CHILD, 0)]) is None
    assert part_to_shorten([]) is None
