"""Words that never stand on a screen, in a letter or in the name of a file. Pure.

The child is a person with a barrier, not a case type: support first, never blame. Each family is
listed once, here, with what is said instead. A test holds templates, the strings of our code, demo
data and docs to it. What staff write in their notes is never policed by a machine.
"""

from __future__ import annotations

import re
from typing import Final

#: What blames a child or a family, or turns our work into a contest: said to nobody. Each entry
#: begins a word; what is said instead stands behind it.
NEVER: Final[dict[str, str]] = {
    r"truan(t|cy)": "a child missing school",
    r"refusers?\b": "finding school hard",
    r"non-?attenders?\b": "a child missing school",
    r"persistent(ly)? absentees?\b": "a child missing school",
    r"offend(er|ers|ing)\b": "a child missing school",
    r"hard[ -]to[ -]reach": "not yet in touch with us",
    r"problem famil(y|ies)": "not yet in touch with us",
    r"chaotic": "finding school hard",
    r"poor(ly)?\b": "the figure, and the trend",
    r"bad attend": "the figure, and the trend",
    r"unacceptabl[ey]": "the figure, and the trend",
    r"concerning (attend|absen)": "the figure, and the trend",
    r"good attender": "the figure, and the trend",
    r"fail(s|ed|ing)? to engage": "did not take up the offer on 3 Oct",
    r"no excuse": "did not take up the offer on 3 Oct",
    r"non-?complian(t|ce)": "has not replied to 2 messages",
    r"refus(ed|es|ing) support": "did not take up the offer on 3 Oct",
    r"chas(e|es|ed|ing)\b": "ask again",
    r"target(s|ed|ing)? famil": "offer; work with",
    r"crack(s|ed|ing)? down": "work with",
    r"done to\b": "work with",
    r"red list": "3 school days behind",
    r"worst": "most pupils affected",
    r"league": "most pupils affected",
    r"hot ?spots?\b": "most pupils affected",
}
#: Written so, the word is a colour code for people; "rag" in other letters is a word.
NEVER_AS_WRITTEN: Final[dict[str, str]] = {r"RAG\b": "3 school days behind"}

#: What a family never reads besides: our own words for our own work.
TO_FAMILIES: Final[dict[str, str]] = {
    r"(?<=\d)\s?%": "days missed, with dates",
    r"per ?cent(age)?": "days missed, with dates",
    r"persistent(ly)?\b": "days missed, with dates",
    r"severe(ly)?\b": "days missed, with dates",
    r"flag(s|ged)?\b": "why we are writing",
    r"cases?\b": "Our plan",
    r"stages?\b": "Our plan",
    r"thresholds?\b": "days missed, with dates",
    r"unauthorised": "days missed, with dates",
}

_STATUTE: Final = re.compile(r"<blockquote[^>]*app-statute.*?</blockquote>", re.DOTALL)


def blaming_words(text: str) -> list[str]:
    """What of a text is never said to anyone, as it stands there."""
    return _found(NEVER, text, re.IGNORECASE) + _found(NEVER_AS_WRITTEN, text, 0)


def words_not_for_families(text: str) -> list[str]:
    """What of a text to a family is never said to one."""
    return blaming_words(text) + _found(TO_FAMILIES, text, re.IGNORECASE)


def without_statute(text: str) -> str:
    """The text of a legal paper less the law that it quotes, marked `app-statute`."""
    return _STATUTE.sub(" ", text)


def _found(patterns: dict[str, str], text: str, flags: int) -> list[str]:
    begun = [p if p.startswith("(?<=") else rf"\b{p}" for p in patterns]
    return [match[0] for p in begun for match in re.finditer(p, text, flags)]
