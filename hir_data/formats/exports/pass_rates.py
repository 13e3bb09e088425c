"""Pass rates of prompts in exports: which samples are wanted, the columns that say them, and their order."""

import tempfile
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from hir_data.formats.exports.config import ExportOptions, Order
from hir_data.formats.exports.rows import ExportRow
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

PASS_RATES: dict[str, ColumnType] = {"pass_rate": "float", "constraint_pass_rates": ["float"]}
"""The columns of pass rates."""


def objection(sample: ReplaySample, form: ExportOptions) -> str:
    """Why a sample is not wanted for the pass rate of its prompt; empty if it is."""
    if form.min_pass is None and form.max_pass is None:
        return ""
    if sample.pass_rate is None:
        return "the pass rate of its prompt is not known"
    if form.min_pass is not None and sample.pass_rate < form.min_pass:
        return "the pass rate of its prompt is below --min-pass"
    if form.max_pass is not None and sample.pass_rate > form.max_pass:
        return "the pass rate of its prompt is above --max-pass"
    return ""


class RowRates:
    """The pass rates of the samples that rows may still be made of.

    A row is made of the samples of one group that stand together, before the samples of the next group but
    one are read.
    """

    def __init__(self) -> None:
        self._groups: deque[tuple[str, dict[str, ExportRow]]] = deque(maxlen=2)

    def see(self, sample: ReplaySample) -> None:
        """Remember those of a sample."""
        if not self._groups or self._groups[-1][0] != sample.group:
            self._groups.append((sample.group, {}))
        told: dict[str, Any] = {}
        if sample.pass_rate is not None:
            told["pass_rate"] = sample.pass_rate
        if sample.constraint_pass_rates and None not in sample.constraint_pass_rates:
            told["constraint_pass_rates"] = list(sample.constraint_pass_rates)
        self._groups[-1][1][sample.id] = told

    def of(self, row: ExportRow) -> ExportRow:
        """The columns of a row; none where nothing is known, as a row has no null."""
        key = row.get("id") or row.get("chosen_id") or row["extra_info"]["id"]
        return next(rates[key] for _, rates in reversed(self._groups) if key in rates)


def in_order(lines: Iterable[tuple[float | None, bytes]], order: Order) -> Iterator[bytes]:
    """Lines by the pass rates of their prompts; those of which it is not known come last.

    Lines with equal rates stay in their order. All lines are kept in a temporary file meanwhile, and a few
    numbers of each in memory.

    Args:
        lines: pass rates, and lines that end in a line break.
        order: the easiest first, or the hardest.
    """
    sign = -1 if order == "easy-first" else 1
    keys, places = array("d"), array("q", [0])
    with tempfile.TemporaryFile() as kept:
        for rate, line in lines:
            keys.append(2.0 if rate is None else sign * rate)
            places.append(places[-1] + kept.write(line))
        for number in sorted(range(len(keys)), key=keys.__getitem__):
            kept.seek(places[number])
            yield kept.read(places[number + 1] - places[number])
