"""How old a reader must be for a text: a hint to whoever writes for a family, never a change. Pure.

The Flesch-Kincaid grade level, plus five years. Source: Kincaid, Fishburne, Rogers and Chissom,
"Derivation of new readability formulas for Navy enlisted personnel", Naval Technical Training
Command, Research Branch Report 8-75, 1975: 0.39 x words a sentence + 11.8 x syllables a word
- 15.59 is a US school grade, and a child in grade 1 is six. Families' text reads at age 11, in
sentences under 25 words (pages, section 4).

Syllables are counted by our own short rule: groups of vowels, less a silent e. It is right for
about nine words in ten, which is enough for a hint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: The age at which families' text reads (pages, section 4).
FAMILIES_AGE: Final = 11
#: A sentence has fewer words than this (pages, section 4).
LONGEST_SENTENCE: Final = 25
#: Our proposal: of fewer words the formula says nothing ("Physical education." would be hard).
FEWEST_WORDS: Final = 6

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_VOWELS: Final = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+")
_SILENT_END: Final = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouyscxzg]es)$")


@dataclass(frozen=True)
class HardSentence:
    """A sentence that a child of eleven may not follow, and why."""

    sentence: str
    why: str


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; a new line ends one, as in a list."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in parts if _WORD.search(part)]


def words_of(text: str) -> list[str]:
    """The words and numbers of a text."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """How many a word has, at least one: groups of vowels, less an ending that is silent."""
    lower = word.lower()
    groups = len(_VOWELS.findall(lower))
    if groups > 1 and _SILENT_END.search(lower):
        groups -= 1
    return max(groups, 1)


def reading_age(text: str) -> float | None:
    """In years, one decimal; None where there are too few words to say."""
    words = words_of(text)
    if len(words) < FEWEST_WORDS:
        return None
    a_sentence = len(words) / len(sentences_of(text))
    a_word = sum(map(syllables, words)) / len(words)
    return round(0.39 * a_sentence + 11.8 * a_word - 15.59 + 5, 1)


def hard_sentences(text: str) -> list[HardSentence]:
    """Which sentences to write more plainly, in order, each with the reason."""
    found = []
    for sentence in sentences_of(text):
        length = len(words_of(sentence))
        age = reading_age(sentence)
        if length >= LONGEST_SENTENCE:
            found.append(HardSentence(sentence, f"{length} words; a sentence has under 25"))
        elif age is not None and age > FAMILIES_AGE:
            found.append(HardSentence(sentence, f"reads at age {age:.0f}; ours at age 11"))
    return found
