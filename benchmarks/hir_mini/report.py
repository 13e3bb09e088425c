"""Figures as a table and a plot: means over seeds, with their standard errors."""

import csv
import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.hir_mini.arms import ARMS, MORE

TITLES = {arm.name: arm.title for arm in (*ARMS, *MORE)}
MEASURES = {"ila": "ILA", "cla": "CLA", "ila_greedy": "ILA, greedy", "cla_greedy": "CLA, greedy"}


class Mean(NamedTuple):
    """A mean over seeds.

    Attributes:
        value: the mean.
        error: its standard error; 0 for one seed.
    """

    value: float
    error: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Mean":
        """The mean of the values."""
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        return cls(statistics.fmean(values), spread / math.sqrt(len(values)))

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.error:.3f}"


Curves = dict[int, dict[int, dict[str, float]]]
"""Figures by seed and rollouts."""

Figures = dict[str, dict[str, Curves]]
"""By regime and arm."""


def write(output: Path) -> None:
    """Make ``table.md`` and ``curve.png`` of the figures in a folder."""
    figures = read(output / "figures.csv")
    (output / "table.md").write_text("\n".join(table(figures)) + "\n")
    print((output / "table.md").read_text(), end="")
    plot(figures, output / "curve.png")


def read(file: Path) -> Figures:
    """The figures of a file."""
    figures: Figures = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            of_seed = figures[row["regime"]][row["arm"]][int(row["seed"])]
            of_seed[int(row["rollouts"])] = {name: float(row[name]) for name in MEASURES}
    return figures


def table(figures: Figures) -> list[str]:
    """Where each arm ends, a row of Markdown each, and on how many seeds it is below our defaults."""
    lines = []
    for regime, of_arms in figures.items():
        start = {name: Mean.of([seed[0][name] for seed in _seeds(of_arms)]) for name in MEASURES}
        lines += [
            f"**{regime}**",
            "",
            f"| arm | seeds | {' | '.join(MEASURES.values())} | below our defaults |",
            "|---|---|" + "---|" * (len(MEASURES) + 1),
            f"| at the start | | {' | '.join(map(str, start.values()))} | |",
        ]
        ours = _ends(of_arms["hindsight"]) if "hindsight" in of_arms else {}
        for arm in TITLES:
            if arm in of_arms:
                ends = _ends(of_arms[arm])
                means = [str(Mean.of([end[name] for end in ends.values()])) for name in MEASURES]
                below = sum(ends[seed]["ila"] < ours[seed]["ila"] for seed in ends if seed in ours)
                told = "" if arm == "hindsight" else f"{below} of {len(ends.keys() & ours.keys())}"
                lines.append(f"| {TITLES[arm]} | {len(ends)} | {' | '.join(means)} | {told} |")
        lines.append("")
    return lines[:-1]


def _seeds(of_arms: Mapping[str, Curves]) -> list[dict[int, dict[str, float]]]:
    """One curve of each seed, whatever the arm: they all begin alike."""
    return list({seed: curve for of_seeds in of_arms.values() for seed, curve in of_seeds.items()}.values())


def _ends(of_seeds: Curves) -> dict[int, dict[str, float]]:
    return {seed: curve[max(curve)] for seed, curve in of_seeds.items()}


def plot(figures: Figures, path: Path) -> None:
    """Held-out ILA and CLA of sampled responses against rollouts, a row of panels for each regime.

    Of the arms those of the claim are shown, if there are any.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = pyplot.subplots(len(figures), 2, figsize=(10, 3.6 * len(figures)), squeeze=False)
    for (regime, of_arms), row in zip(figures.items(), panels[1], strict=True):
        shown = [arm.name for arm in ARMS if arm.name in of_arms] or list(of_arms)
        for measure, panel in zip(("ila", "cla"), row, strict=True):
            for arm in shown:
                curves = list(of_arms[arm].values())
                spent = sorted(curves[0])
                means = [Mean.of([curve[place][measure] for curve in curves]) for place in spent]
                panel.errorbar(
                    spent,
                    [mean.value for mean in means],
                    [mean.error for mean in means],
                    label=TITLES[arm],
                    capsize=2,
                )
            panel.set(title=f"{regime}: held-out {MEASURES[measure]}", xlabel="rollouts")
            panel.grid(alpha=0.3)
    panels[1][0][0].legend(fontsize=8)
    panels[0].tight_layout()
    panels[0].savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(panels[0])
