"""The exception that every error of the library is raised as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SmsError(ValueError):
    """The call cannot produce its result.

    `code` is a stable word such as ``csv.missing-column``: programs and translations key on it. No error ever holds the
    value of a cell.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self._data = dict(data)

    @property
    def code(self) -> str:
        """The stable code."""
        return str(self._data.get("code", ""))

    @property
    def message(self) -> str:
        """One sentence, with the place."""
        return str(self._data.get("message", ""))

    @property
    def hint(self) -> str:
        """What to do."""
        return str(self._data.get("hint", ""))

    @property
    def expected(self) -> str | None:
        """What was expected instead, when one phrase can say it."""
        return self._data.get("expected")

    @property
    def location(self) -> dict[str, Any]:
        """Where in the input: `file`, `row`, `column`, `path`, as far as known."""
        return dict(self._data.get("location", {}))

    @property
    def path(self) -> str | None:
        """The path inside a document, such as ``goalposts[3].best``."""
        return self.location.get("path")

    @property
    def params(self) -> dict[str, int | str]:
        """The typed parameters of the message."""
        return dict(self._data.get("params", {}))

    @property
    def fix(self) -> dict[str, Any] | None:
        """What would satisfy the guard that refused, such as ``{"sign_off": {"step": …, "side": …}}``."""
        return self._data.get("fix")

    def to_dict(self) -> dict[str, Any]:
        """The error as plain data, the same in every language."""
        return dict(self._data)

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}" if self.hint else self.message
