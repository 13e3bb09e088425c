"""What a command shows of the records that it rejected: a line for each kind of error, with a count."""

import re
from typing import TYPE_CHECKING

from hir_data.cli.outcome import warn

if TYPE_CHECKING:
    from hir_data.schemas.rejected import Rejected

_KINDS_SHOWN = 10
_VARYING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+")
"""What differs between errors of one kind: numbers, and what is quoted."""


class Rejections:
    """Counts rejected records by the kind of their error; where there is an output, it keeps each of them.

    What is to be said of a file whose first record does not fit is said at once, the rest at the end.

    Args:
        quiet: show nothing.
        is_joined: whether prompts and responses come from two files.
    """

    def __init__(self, quiet: bool, *, is_joined: bool = False) -> None:
        self.quiet: bool = quiet
        self.is_joined: bool = is_joined
        self._first: dict[tuple[str | None, str], Rejected] = {}
        self._count: dict[tuple[str | None, str], int] = {}
        self._others = 0

    def show(self, rejected: "Rejected") -> None:
        """Count one, and say which options would read a file whose first record it is."""
        self.count(rejected)
        if rejected.error.line == 1 and not self.quiet:
            self._describe(rejected)

    def count(self, rejected: "Rejected") -> None:
        """Count one, of a command that has no options to read other records."""
        if self.quiet:
            return
        error = rejected.error
        kind = (error.source, _VARYING.sub("#", f"{error.field}: {error.problem}"))
        if kind in self._count:
            self._count[kind] += 1
        elif len(self._count) < _KINDS_SHOWN:
            self._first[kind], self._count[kind] = rejected, 1
        else:
            self._others += 1

    def flush(self) -> None:
        """Show what was counted, and forget it."""
        for kind, count in self._count.items():
            more = f" (and {count - 1} more like it)" if count > 1 else ""
            warn(f"rejected: {self._first[kind].error}{more}")
        if self._others:
            warn(f"rejected: {self._others} more, for other reasons")
        self.forget()

    def forget(self) -> None:
        """Show nothing of what was counted, as an error says all of it."""
        self._first, self._count, self._others = {}, {}, 0

    def _describe(self, rejected: "Rejected") -> None:
        from hir_data.formats.description import description

        if said := description(rejected.record, rejected.error, is_joined=self.is_joined):
            warn(f"{rejected.error.source}: {said}")
