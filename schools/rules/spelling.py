"""Whether a typed word is a near spelling of a name. Pure.

One slip is a letter added, left out, changed, or two neighbours swapped (Damerau and Levenshtein,
optimal string alignment). Our rule: words under four letters have none, up to six letters one,
longer words two; the first letter may be wrong too (Kathryn, Cathryn).
"""

from typing import Final

SHORTEST: Final = 4
ONE_SLIP_UP_TO: Final = 6


def slips_allowed(word: str) -> int:
    """How many slips a word of this length may hold."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) <= ONE_SLIP_UP_TO else 2


def is_near(word: str, name: str) -> bool:
    """Whether a typed word is another spelling of a name; the same spelling is near too."""
    allowed = slips_allowed(word)
    if allowed == 0 or abs(len(word) - len(name)) > allowed:
        return word == name
    return slips(word, name) <= allowed


def slips(one: str, other: str) -> int:
    """The fewest slips that turn one word into the other."""
    two_back: list[int] = []
    back = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, against in enumerate(other, start=1):
            fewest = min(back[j] + 1, row[j - 1] + 1, back[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                fewest = min(fewest, two_back[j - 2] + 1)  # two neighbours swapped
            row.append(fewest)
        two_back, back = back, row
    return back[-1]
