"""PDF where paper is the product: a Typst template and data in, one tagged file out.

Data go in as JSON only, so that whatever a child or a worker wrote is text and nothing else. The
file is PDF/UA-1 and PDF/A-2a: an untitled one, or a picture without words, is an error. The same
data at the same moment give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from dashboards.printing.letters import letters_of, printable

TEMPLATES: Final = Path(__file__).parent
FONTS: Final = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_SHARP: Final = 144  # dots an inch: two for each of a drawing's pixels


class FontsMissing(RuntimeError):
    """The fonts come at install time: `make setup` fetches them."""


@dataclass(frozen=True)
class Paper:
    """A file, and on how many pages it prints."""

    pdf: bytes
    pages: int


def paper(
    template: str, data: dict[str, Any], *, at: datetime, pictures: Mapping[str, str] = _NONE
) -> Paper:
    """Set `data` in `<template>.typ`; `at` is the moment written into the file.

    `pictures`: drawings of ours (SVG) by the name that the template asks for.
    `data` needs a `title`. Raises FontsMissing where the fonts were never fetched.
    """
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={
            "data": json.dumps(printable(data, letters_of(FONTS)), cls=DjangoJSONEncoder),
            **pictures,
        },
    )
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=int(at.timestamp()))
    found = json.loads(compiler.query("<pages>", field="value", one=True))
    return Paper(bytes(pdf), int(found))  # type: ignore[arg-type]  # one file, as no output is named


@cache
def _fonts() -> typst.Fonts:
    """Ours and no others: a file looks the same wherever it is made."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    if "Noto Sans" not in fonts.families():
        raise FontsMissing("The fonts of our PDFs are missing: run make setup.")
    return fonts


def picture(svg: bytes) -> bytes:
    """A drawing of ours as PNG, two dots a pixel. Raises FontsMissing as `paper` does."""
    compiler = typst.Compiler(
        TEMPLATES / "picture.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"svg": svg.decode()},
    )
    return bytes(compiler.compile(format="png", ppi=_SHARP))  # type: ignore[arg-type]  # one page
