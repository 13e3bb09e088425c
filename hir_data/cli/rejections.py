"""What a command shows of the records that it rejected: a line for each kind of error, with a count."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from hir_data.cli.outcome import warn
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.schemas.rejected import Rejected

_KINDS_SHOWN = 10
_VARYING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+")
"""What differs between errors of one kind: numbers, and what is quoted."""


def were_rejected(rejected: int, read: int | None = None) -> str:
    """How many records were rejected, as a sentence: "1 of 5 records was rejected".

    Args:
        rejected: how many.
        read: of how many, if that is known.
    """
    records = number_of(rejected, "record") if read is None else f"{rejected} of {number_of(read, 'record')}"
    return f"{records} {'was' if rejected == 1 else 'were'} rejected"


class Rejections:
    """Counts rejected records by the kind of their error; where there is an output, it keeps each of them.

    What is to be said of a file whose first record does not fit is said at once, the rest at the end.

    Args:
        quiet: show nothing.
        is_joined: whether prompts and responses come from two files.
        named: what the options name the fields of.
    """

    def __init__(self, quiet: bool, *, is_joined: bool = False, named: Collection[str] = ()) -> None:
        self.quiet: bool = quiet
        self.is_joined: bool = is_joined
        self.named: Collection[str] = named
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

        record, error = rejected.record, rejected.error
        if said := description(record, error, is_joined=self.is_joined, named=self.named):
            warn(f"{rejected.error.source}: {said}")
