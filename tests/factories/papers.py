"""What is in a PDF of ours: text, sizes of type, and what makes it readable by a machine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class ReadPaper:
    """A PDF as tests look at it. `sizes`: points of type, by the text set in it."""

    pages: list[str]
    sizes: list[tuple[float, str]]
    is_tagged: bool
    language: str
    title: str

    @property
    def text(self) -> str:
        """All of it, on one line."""
        return " ".join(" ".join(self.pages).split())


def read_paper(pdf: bytes) -> ReadPaper:
    """Open a file as a reader's software would."""
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    sizes: list[tuple[float, str]] = []

    def note(text: str, page: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip():
            scale = math.hypot(matrix[2], matrix[3]) * math.hypot(page[2], page[3])
            sizes.append((round(size * scale, 1), text.strip()))

    pages = [page.extract_text(visitor_text=note) for page in reader.pages]
    return ReadPaper(
        pages=pages,
        sizes=sizes,
        is_tagged=bool(root.get("/MarkInfo", {}).get("/Marked")) and "/StructTreeRoot" in root,
        language=str(root.get("/Lang", "")),
        title=str(reader.metadata.title if reader.metadata else ""),
    )
