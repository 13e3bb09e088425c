"""Held-out accuracy by rollouts spent: as rows, as a table in a file, and as a plot."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hir_data.errors import MissingExtraError
from hir_data.formats.atomic import replacing
from hir_data.training.loop.ledger import Ledger

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURES = ("ila_strict", "ila_loose", "cla_strict", "cla_loose")

TABLE = "evaluation.csv"
PLOT = "curve.png"


class Point(NamedTuple):
    """The held-out accuracy of a model.

    Attributes:
        iteration: after which it was evaluated; 0 before the first.
        rollouts: how many had been drawn to train it.
        responses: how many held-out ones were verified.
        shares: each measure with its 95% interval (``value``, ``low``, ``high``); None without responses.
    """

    iteration: int
    rollouts: int
    responses: int
    shares: dict[str, dict[str, float] | None]


def points(ledger: Ledger) -> list[Point]:
    """Those of all iterations that have been evaluated."""
    found = []
    spent = 0
    for one in ledger.iterations:
        spent += one.stages.get("rollout", {}).get("responses", 0)
        if evaluated := one.stages.get("evaluate"):
            shares = {name: evaluated[name] for name in MEASURES}
            found.append(Point(one.iteration, spent, evaluated["verified"], shares))
    return found


def report(ledger: Ledger, folder: Path) -> None:
    """Write the table and the plot, unless they are there."""
    found = points(ledger)
    text = table(found)
    path = folder / TABLE
    if path.exists() and path.read_text(encoding="utf-8") == text and (folder / PLOT).exists():
        return
    plot(found, folder / PLOT)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def table(found: list[Point]) -> str:
    """The points as CSV."""
    lines = io.StringIO()
    names = [f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")]
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["iteration", "rollouts", "responses", *names])
    for point in found:
        cells: list[Any] = []
        for name in MEASURES:
            share = point.shares[name] or {}
            cells += [share.get(end, "") for end in ("value", "low", "high")]
        writer.writerow([point.iteration, point.rollouts, point.responses, *cells])
    return lines.getvalue()


def curves(found: list[Point]) -> "Figure":
    """The points as two curves of ILA and two of CLA, with the intervals of the strict ones."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtraError("matplotlib", "train") from None

    figure = Figure(figsize=(8, 3.4), dpi=120, layout="constrained")
    for axes, measure in zip(figure.subplots(1, 2), ("ila", "cla"), strict=True):
        for reading, line in (("strict", "o-"), ("loose", "s--")):
            known = [(p.rollouts, share) for p in found if (share := p.shares[f"{measure}_{reading}"])]
            spent = [rollouts for rollouts, _ in known]
            axes.plot(spent, [100 * share["value"] for _, share in known], line, label=reading)
            if reading == "strict":
                low, high = ([100 * share[end] for _, share in known] for end in ("low", "high"))
                axes.fill_between(spent, low, high, alpha=0.15, linewidth=0, label="95% interval")
        axes.set(xlabel="rollouts", ylabel=f"held-out {measure.upper()} (%)", ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
    return figure


def plot(found: list[Point], path: Path) -> None:
    """The same as a file."""
    with replacing(path) as temporary:
        curves(found).savefig(temporary, format="png", metadata={"Software": None})
