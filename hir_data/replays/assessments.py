"""What each rollout is to replay, kept in a file batch by batch as it is found.

To find it takes longer than all else that replay does. So a run that was interrupted goes on behind the last
batch that is kept, and what explains a candidate is not looked for again when it is rewritten. The file has a
line of JSON for each batch: the unit of input that it begins with, the digest of the input up to its end, and
what its units are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hir_data.formats.atomic import sync
from hir_data.replays.assess import Assessment
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.select import Candidate
from hir_data.schemas.rejected import Rejected

Assessed = Assessment | Rejected
"""What a unit of input is to replay, or why it is no rollout."""


class KeptAssessments:
    """The assessments of the units of an input, in their order.

    Args:
        path: the file; an interrupted run may have left it, cut off anywhere.

    Attributes:
        units: how many are kept, as far as the file was read or written.
        digest: of the input as far as that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.units: int = 0
        self.digest: str = ""
        self._end = 0
        self._file: IO[bytes] | None = None

    def kept(self) -> Iterator[list[Assessed]]:
        """The batches that are there, as far as they are whole; what is added comes behind them.

        Raises:
            OSError: the file cannot be read.
        """
        self.units, self.digest, self._end = 0, "", 0
        if not self.path.exists():
            return
        with self.path.open("rb") as lines:
            for line in lines:
                if (read := _read(line, self.units)) is None:
                    return
                self.digest, batch = read
                self.units += len(batch)
                self._end += len(line)
                yield batch

    def add(self, batch: list[Assessed], digest: str) -> None:
        """Keep the next batch; the digest is that of the input up to its end.

        Raises:
            OSError: the file cannot be written.
        """
        if self._file is None:
            self._file = self.path.open("ab")
            self._file.truncate(self._end)
        self._file.write(_written(self.units, batch, digest))
        self._file.flush()
        self.units += len(batch)
        self.digest = digest

    def close(self) -> None:
        """See to it that what was added outlasts a power cut."""
        if self._file is not None:
            self._file.close()
            self._file = None
            sync(self.path)

    def explanations(self) -> Iterator[str]:
        """That of each unit, packed; nothing for one that is no candidate.

        Raises:
            OSError: the file cannot be read.
        """
        for batch in KeptAssessments(self.path).kept():
            for one in batch:
                yield "" if isinstance(one, Rejected) else one.explanation


def _written(unit: int, batch: list[Assessed], digest: str) -> bytes:
    # Not by pydantic, which has no words for half a character in the id of a prompt.
    seen = [one.as_line().decode() if isinstance(one, Rejected) else one for one in batch]
    return json.dumps([unit, digest, seen], default=bytes.hex, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes, unit: int) -> tuple[str, list[Assessed]] | None:
    """The digest and the assessments of a line; None where it is not the whole line that is due."""
    try:
        begins, digest, seen = json.loads(line)
        if begins != unit or not line.endswith(b"\n"):
            return None
        return digest, [Rejected.of_line(one) if isinstance(one, str) else _assessment(*one) for one in seen]
    except (ValueError, TypeError, KeyError):
        return None


def _assessment(
    prompt: str,
    key: int | str | None,
    state: Any,
    verdicts: list[tuple[str, bool | None]],
    words: int,
    candidate: list[Any] | None,
    objection: list[str] | None,
    explanation: str,
) -> Assessment:
    return Assessment(
        bytes.fromhex(prompt),
        key,
        state,
        tuple((kind, satisfied) for kind, satisfied in verdicts),
        words,
        None if candidate is None else _candidate(Candidate(*candidate)),
        None if objection is None else RewriteRefusal(*objection),
        explanation,
    )


def _candidate(read: Candidate) -> Candidate:
    return read._replace(response=bytes.fromhex(str(read.response)), kinds=tuple(read.kinds))
