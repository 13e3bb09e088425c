"""The table and the plot of a loop."""

import csv
from pathlib import Path

import pytest

from hir_data.training.loop.figures import MEASURES, Point, curves, points, report, table
from hir_data.training.loop.ledger import Iteration, Ledger


def evaluated(value: float) -> dict:
    share = {"value": value, "low": value / 2, "high": 2 * value}
    return {"verified": 40, **dict.fromkeys(MEASURES, share)}


LEDGER = Ledger(
    digest="",
    configuration={},
    iterations=[
        Iteration(iteration=0, stages={"answer": {}, "evaluate": evaluated(0.1)}),
        Iteration(iteration=1, stages={"rollout": {"responses": 30}, "evaluate": evaluated(0.2)}),
        Iteration(iteration=2, stages={"rollout": {"responses": 28}, "evaluate": evaluated(0.4)}),
        Iteration(iteration=3, stages={"rollout": {"responses": 30}}),  # killed before its evaluation
    ],
)
NOBODY = Point(0, 0, 0, dict.fromkeys(MEASURES))  # all held-out prompts were rejected


def test_rollouts_add_up():
    assert [(point.iteration, point.rollouts) for point in points(LEDGER)] == [(0, 0), (1, 30), (2, 58)]


def test_the_table_has_a_row_for_each_evaluation():
    first, *rows = csv.reader(table([*points(LEDGER), NOBODY]).splitlines())
    assert first[3:6] == ["ila_strict", "ila_strict_low", "ila_strict_high"]
    assert rows[1] == ["1", "30", "40", *["0.2", "0.1", "0.4"] * 4]
    assert rows[3] == ["0", "0", "0", *[""] * 12]


def test_the_plot_has_a_point_for_each_evaluation():
    pytest.importorskip("matplotlib", reason="needs the extra 'train'")
    ila, cla = curves([*points(LEDGER), NOBODY]).axes
    for axes, name in ((ila, "ILA"), (cla, "CLA")):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("rollouts", f"held-out {name} (%)")
        assert [line.get_label() for line in axes.lines] == ["strict", "loose"]
        for line in axes.lines:
            assert list(line.get_xdata()) == [0, 30, 58]
            assert list(line.get_ydata()) == pytest.approx([10, 20, 40])


def test_what_is_there_is_not_written_again(tmp_path: Path):
    pytest.importorskip("matplotlib", reason="needs the extra 'train'")
    report(LEDGER, tmp_path)
    plot = (tmp_path / "curve.png").read_bytes()
    assert plot.startswith(b"\x89PNG")
    (tmp_path / "curve.png").write_bytes(b"kept")
    report(LEDGER, tmp_path)
    assert (tmp_path / "curve.png").read_bytes() == b"kept"
    (tmp_path / "curve.png").unlink()
    report(LEDGER, tmp_path)
    assert (tmp_path / "curve.png").read_bytes() == plot
