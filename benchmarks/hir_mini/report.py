"""Figures as tables and plots: means over fresh seeds, and paired differences from our defaults."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.hir_mini import tuning
from benchmarks.hir_mini.arms import ARMS, LONGER, MAIN
from benchmarks.hir_mini.statistics import Mean, ila_at, p_value
from benchmarks.hir_mini.work import Folder, Look, label, replace

AXES = {"rollouts": "rollouts", "tokens": "tokens trained on", "seconds": "seconds of the processor"}
OURS = "ours"
COLUMNS = (
    *("arm", "chosen", "seeds", "ILA", "CLA", "diverged", "tokens", "seconds"),
    *("ours, by rollouts", "by tokens", "by seconds"),
)

HEADING = """\
# Where each arm ends

Means over fresh seeds with standard errors. The last three columns compare our defaults with the arm in the
row, at equal rollouts, tokens and seconds: how many times its ILA they have, on how many seeds they have
more, and the p of the paired difference. [Results](../../../docs/explanation/results.md) says what was done,
and what it shows.
"""

Curves = Mapping[int, Sequence[Look]]
"""What was seen, by seed."""

Figures = dict[str, dict[str, dict[int, Sequence[Look]]]]
"""Curves on fresh seeds by setting and arm."""


def write(folder: Path) -> None:
    """Make ``table.md`` and ``curve.png`` of what is known in a folder."""
    figures = fresh(folder)
    lines = [HEADING]
    lines += [line for setting in figures for line in table(setting, figures[setting], tuning.read(folder))]
    replace(folder / "table.md", "\n".join(lines) + "\n")
    print("\n".join(lines))
    if figures:
        plot(figures, folder / "curve.png")


def fresh(folder: Path) -> Figures:
    """The figures on fresh seeds, the arms in the order in which they are declared."""
    figures: Figures = {}
    for (setting, phase, arm, _, seed), looks in Folder(folder).looks().items():
        if phase == "run":
            figures.setdefault(setting, {}).setdefault(arm, {})[int(seed)] = looks
    return {
        setting: {arm: figures[setting][arm] for arm in ARMS if arm in figures[setting]}
        for setting in figures
    }


def table(setting: str, of_arms: Mapping[str, Curves], choices: tuning.Choices) -> list[str]:
    """Where each arm ends, a row of Markdown each, and what our defaults have of it at equal expense."""
    starts = {seed: looks[0] for curves in of_arms.values() for seed, looks in curves.items()}
    lines = [
        f"**{setting}**",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---" * len(COLUMNS) + "|",
        f"| at the start | | | {Mean.of([look.ila for look in starts.values()])} "
        f"| {Mean.of([look.cla for look in starts.values()])} {'| ' * 7}|",
    ]
    for arm, curves in of_arms.items():
        ends = [looks[-1] for looks in curves.values()]
        diverged = sum(looks[-1].cla < looks[0].cla for looks in curves.values())
        point = choices[setting][ARMS[arm].tuned_as or arm]["point"]
        cells = [
            ARMS[arm].title,
            f"as {ARMS[ARMS[arm].tuned_as].title}" if ARMS[arm].tuned_as else label(point),
            str(len(curves)),
            str(Mean.of([end.ila for end in ends])),
            str(Mean.of([end.cla for end in ends])),
            str(diverged or ""),
            f"{Mean.of([end.tokens for end in ends]).value:.0f}",
            f"{Mean.of([end.seconds for end in ends]).value:.1f}",
            *(comparison(of_arms.get(OURS, {}), curves, axis) if arm != OURS else "" for axis in AXES),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def comparison(ours: Curves, rival: Curves, axis: str) -> str:
    """How many times the ILA of a rival ours has, on how many seeds it has more, and the p of the difference.

    Both at the moment when they have spent as much as the cheaper one of them does in all.
    """
    seeds = sorted(ours.keys() & rival.keys())
    if not seeds:
        return ""
    pairs = []
    for seed in seeds:
        spent = min(getattr(ours[seed][-1], axis), getattr(rival[seed][-1], axis))
        pairs.append((ila_at(ours[seed], axis, spent), ila_at(rival[seed], axis, spent)))
    rivals = sum(other for _, other in pairs)
    times = f"{sum(own for own, _ in pairs) / rivals:.2f}" if rivals else "∞"
    p = p_value([own - other for own, other in pairs])
    above = sum(own > other for own, other in pairs)
    return f"{times}×, {above}/{len(pairs)}, {p:.3f}"


def plot(figures: Figures, path: Path) -> None:
    """Held-out ILA of all arms but the parts against what was spent, a row of panels for each setting."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, rows = pyplot.subplots(
        len(figures), len(AXES), figsize=(13, 1 + 2.7 * len(figures)), squeeze=False, layout="constrained"
    )
    shown = [arm.name for arm in (*MAIN, *LONGER) if any(arm.name in of_arms for of_arms in figures.values())]
    lines = {}
    for (setting, of_arms), row in zip(figures.items(), rows, strict=True):
        for axis, panel in zip(AXES, row, strict=True):
            for number, arm in enumerate(shown):
                if arm not in of_arms:
                    continue
                looks = list(zip(*of_arms[arm].values(), strict=True))
                means = [Mean.of([each.ila for each in at]) for at in looks]
                lines[arm] = panel.errorbar(
                    [Mean.of([float(getattr(each, axis)) for each in at]).value for at in looks],
                    [mean.value for mean in means],
                    [mean.error for mean in means],
                    color=f"C{number}",
                    capsize=2,
                )
            panel.set(title=setting, xlabel=AXES[axis], ylabel="held-out ILA")
            panel.locator_params(axis="x", nbins=5)
            panel.grid(alpha=0.3)
    figure.legend(
        [lines[arm] for arm in shown], [ARMS[arm].title for arm in shown], loc="outside upper center", ncols=4
    )
    figure.savefig(path, dpi=90, metadata={"Software": None})
    pyplot.close(figure)
