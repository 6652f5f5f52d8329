"""One folded form of a name, for searching and sorting alike. Pure.

Small letters, no accents, no apostrophes: 'Ó Briain' and "O'Briain" are found by 'o briain' and
'obriain', 'Łukasz' by 'lukasz', 'Weiß' by 'weiss'. Sorting by it hangs on no server's collation.
"""

import unicodedata
from typing import Final

LONGEST: Final = 202  # two names of 100 characters, a comma and a space

# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN: Final = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ŧ": "t",
    }
)
_APOSTROPHES: Final = str.maketrans("", "", "'`´‘’ʻʼʽ′＇")


def fold_text(text: str) -> str:
    """One name, or what someone typed in a search box, folded."""
    taken_apart = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    bare = "".join(c for c in taken_apart if not unicodedata.combining(c))
    return " ".join(bare.translate(_APOSTROPHES).casefold().translate(_PLAIN).split())


def fold(surname: str, forename: str = "") -> str:
    """'surname, forename', folded; the surname alone when there is no forename."""
    parts = [part for part in (fold_text(surname), fold_text(forename)) if part]
    return ", ".join(parts)[:LONGEST]
