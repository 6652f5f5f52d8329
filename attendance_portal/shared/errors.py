"""The errors of the domain. Pages and the API print them; nothing else words an error."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorDetail:
    """One thing that is wrong: where (`pointer` or `line`), a stable code, and what to do."""

    code: str
    message: str
    pointer: str | None = None
    line: int | None = None


class DomainError(Exception):
    """Something was asked that cannot be done. `code` is stable; the message says what to do."""

    code = "cannot_be_done"
    status = 400

    def __init__(
        self, message: str, *, code: str | None = None, errors: tuple[ErrorDetail, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors
        if code is not None:
            self.code = code


class Invalid(DomainError):
    """What was sent cannot be used as it stands."""

    code = "invalid"
    status = 400


class Refused(DomainError):
    """This person may not do this, or not now. The message is the reason."""

    code = "refused"
    status = 403


class Conflict(DomainError):
    """Someone or something else got there first."""

    code = "conflict"
    status = 409
