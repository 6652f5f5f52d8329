"""Is this UTF-8 text at all? Everything that is not gets a sentence that says what to do."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Final

from attendance_portal.shared.errors import Invalid

UTF8_BOM: Final = codecs.BOM_UTF8
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NEW_SPREADSHEET: Final = b"PK\x03\x04"  # .xlsx and .ods are zip files
_OLD_SPREADSHEET: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF: Final = b"%PDF"
_WEB_PAGE: Final = (b"<!doctype", b"<html", b"<?xml", b"<table")
_SAVE_AS: Final = (
    "In Excel choose File, Save as, 'CSV UTF-8 (comma delimited)', and send that file."
)


def check_start(start: bytes, *, file: str) -> None:
    """Refuse what the first bytes show is no text file of rows. Raises Invalid."""
    if start.startswith((_NEW_SPREADSHEET, _OLD_SPREADSHEET)):
        raise Invalid(f"{file} is a spreadsheet or a zip file, not CSV. {_SAVE_AS}")
    if start.startswith(_UTF16_MARKS):
        raise Invalid(f"{file} is Unicode text (UTF-16), not UTF-8. {_SAVE_AS}")
    if start.startswith(_PDF):
        raise Invalid(f"{file} is a PDF, not CSV. Export the data as CSV and send that file.")
    if start.removeprefix(UTF8_BOM).lstrip()[:10].lower().startswith(_WEB_PAGE):
        raise Invalid(
            f"{file} is a web page, not CSV. You may have been signed out of the system you "
            "exported it from. Export it again."
        )


class TextCheck:
    """Watches the chunks of a file go by. Raises Invalid at the first NUL or non-UTF-8 byte."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines_before = 1
        self._has_text = False
        self.has_quotes = False

    def see(self, chunk: bytes, *, final: bool = False) -> None:
        """Take the next chunk."""
        if b"\0" in chunk:
            line = self._lines_before + chunk[: chunk.index(b"\0")].count(b"\n")
            raise Invalid(
                f"{self._file} has NUL bytes (the first on line {line}), so it is damaged or not "
                "UTF-8 text. Export it again as CSV UTF-8."
            )
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            before = error.object[: error.start] if isinstance(error.object, bytes) else b""
            line = self._lines_before + before.count(b"\n")
            raise Invalid(
                f"{self._file} is not UTF-8 (the first wrong character is on line {line}). "
                f"{_SAVE_AS}"
            ) from error
        self._lines_before += chunk.count(b"\n")
        self._has_text = self._has_text or bool(chunk.strip(b" \t\r\n\xef\xbb\xbf"))
        self.has_quotes = self.has_quotes or b'"' in chunk

    def finish(self) -> None:
        """The file is over. Raises Invalid if it ended inside a character, or held nothing."""
        self.see(b"", final=True)
        if not self._has_text:
            raise Invalid(
                f"{self._file} is empty. Send it with a header and at least one row, or leave it "
                "out."
            )


def check_text(chunks: Iterable[bytes], *, file: str) -> TextCheck:
    """Check a whole file, chunk by chunk, in constant memory. Raises Invalid."""
    check = TextCheck(file)
    first = True
    for chunk in chunks:
        if first:
            check_start(chunk, file=file)
            first = False
        check.see(chunk)
    check.finish()
    return check
