"""What a run has to reach: ``ila=0.7``, ``cla=0.8``, a kind with a share."""

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.schemas import registry

OPTION = "--fail-under"

_MEASURES = {
    "ila": "ila_strict",
    "cla": "cla_strict",
    "ila_strict": "ila_strict",
    "cla_strict": "cla_strict",
    "ila_loose": "ila_loose",
    "cla_loose": "cla_loose",
    "weighted": "weighted",
}
_PASS = "pass@"


class Threshold(NamedTuple):
    """What a measure has to be at least.

    Attributes:
        measure: as the option names it: ``ila``, ``cla_loose``, ``pass@4`` or a kind.
        least: the share.
    """

    measure: str
    least: float

    def result(self, summary: Mapping[str, Any]) -> dict[str, Any]:
        """Whether the summary of a verification reaches it; it does not where it lacks the measure."""
        value = _value(self.measure, summary)
        passed = value is not None and value >= self.least
        return {"measure": self.measure, "least": self.least, "value": value, "passed": passed}


def read_thresholds(options: Iterable[str]) -> list[Threshold]:
    """The thresholds of options like ``ila=0.7``.

    Raises:
        RecordError: one is not written so, or names no measure and no kind.
    """
    return [_read(option) for option in options]


def _read(option: str) -> Threshold:
    name, equals, number = option.rpartition("=")
    if not equals or not name:
        raise RecordError(f"has to be MEASURE=SHARE, as in ila=0.7, not {option!r}", OPTION)
    try:
        least = float(number)
    except ValueError:
        least = math.nan
    if not 0 <= least <= 1:
        raise RecordError(f"{name}: a share is a number from 0 to 1, not {number!r}", OPTION)
    known = [*_MEASURES, *registry.kinds()]
    if name not in known and not (name.startswith(_PASS) and name.removeprefix(_PASS).isdecimal()):
        near = difflib.get_close_matches(name, known, n=1)
        hint = (
            f"; did you mean {near[0]}?" if near else "; there are ila, cla, weighted, pass@4 and the kinds"
        )
        raise RecordError(f"{name!r} is no measure and no kind{hint}", OPTION)
    return Threshold(name, least)


def _value(measure: str, summary: Mapping[str, Any]) -> float | None:
    if share := summary.get(_MEASURES.get(measure, measure)):
        return None if share["value"] is None else float(share["value"])
    if measure.startswith(_PASS):
        passed = summary.get("pass_at_k", {}).get(measure.removeprefix(_PASS))
        return None if passed is None else float(passed["value"])
    counts = summary["kinds"].get(measure)
    return None if counts is None else round(counts["strict"] / counts["constraints"], 6)
