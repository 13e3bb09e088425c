"""What the HTML report shows of loops and trainings: curves, settings, and answers to the same prompts."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hir_data.replays.verifications import read_verifications
from hir_data.report.answers import ShownAnswers, side_by_side
from hir_data.report.sampled import Sampled
from hir_data.report.training_folders import (
    Figures,
    History,
    LoopFolder,
    TrainingFolder,
    history_of,
    read_loop,
    read_training,
)
from hir_data.schemas.english import number_of
from hir_data.schemas.rejected import Rejected

MOST_STEPS = 2_000
"""How many steps of a training, or of all trainings of a loop, a curve has at most."""

Position = dict[str, float]
"""Where on each axis something was measured."""

CHARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Held-out ILA": (
            "share",
            "Responses that satisfy all of their constraints; the band is the strict 95% interval.",
        ),
        "Held-out CLA": (
            "share",
            "Constraints that are satisfied; the band is the strict 95% interval.",
        ),
        "Reward of rollouts": (
            "share",
            "Of those on training prompts: what they get before they are replayed.",
        ),
        "Informative groups": (
            "share",
            "Prompts whose responses have different rewards, so that there is something to learn from them.",
        ),
        "Replays": ("number", "Failures that could be replayed, and those that were."),
        "Information": (
            "number",
            "Bits that an instruction carries, on average: of replays, and of what they were made from.",
        ),
        "Reward of trained rows": ("number", "Of the rollouts and of the replays in a step."),
        "Share of replays": (
            "share",
            "Of the absolute advantage: how much of what is learned comes from replays.",
        ),
        "KL": ("number", "How far the model is from the one that training began with, in nats a token (k3)."),
        "Clipped tokens": ("share", "Tokens whose ratio is clipped."),
        "Entropy": ("number", "Nats a token: of what is trained on, and of responses as they were drawn."),
        "Loss": ("number", "The mean over the tokens of a step."),
        "Norm of the gradient": ("number", "Before it is clipped."),
        "Length of responses": ("number", "Tokens of a response, on average."),
        "Cut off": ("share", "Responses that end at the limit of their length."),
    }
)
"""The charts in their order, each with its unit and with what it shows."""


@dataclass(slots=True)
class Curves:
    """Figures that change in the course of a training, each a line of a chart.

    Attributes:
        axes: what they can be drawn over: the key of a position, with its name.
        lines: those of each chart, by name.
    """

    axes: Mapping[str, str]
    lines: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)

    def add(self, chart: str, line: str, at: Position, value: Any) -> None:
        """Add a point to a line.

        Args:
            chart: the title of its chart, of :data:`CHARTS`.
            line: its name.
            at: where the point is.
            value: a number, or a share with its interval (``value``, ``low``, ``high``). What is missing or
                infinite makes no point.
        """
        point = value if isinstance(value, Mapping) else {"value": value}
        if _is_number(point.get("value")):
            self.lines.setdefault(chart, {}).setdefault(line, []).append({"at": at, **point})

    def data(self) -> dict[str, Any]:
        """Axes and charts, as the page takes them."""
        charts = [
            {
                "title": title,
                "unit": unit,
                "about": about,
                "lines": [{"name": name, "points": points} for name, points in self.lines[title].items()],
            }
            for title, (unit, about) in CHARTS.items()
            if title in self.lines
        ]
        return {"axes": list(self.axes.items()), "charts": charts}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def looped(
    name: str,
    folder: Path,
    most: int,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> dict[str, Any]:
    """A loop, as far as it is.

    Args:
        name: how the report calls it.
        folder: where it is.
        most: how many answers are shown.
        on_rejected: is called with each record of them that is no verification.

    Raises:
        RecordError: its ledger cannot be read.
    """
    loop = read_loop(folder)
    summary = loop.summary
    configuration = dict(summary.configuration)
    versions = summary.versions or {"hir-data": str(configuration.pop("hir_data", ""))}
    configuration.pop("hir_data", None)
    curves, rows, notes = _of_iterations(loop)
    return {
        "name": name,
        "loop": True,
        **curves.data(),
        "iterations": rows,
        "notes": notes,
        "kinds": [
            {"name": _iteration_name(each.iteration), "figures": each.stages["evaluate"]}
            for each in summary.iterations
            if "evaluate" in each.stages
        ],
        "answers": _answers(loop, most, on_rejected),
        "settings": list(_flat(configuration)),
        "versions": list(versions.items()),
    }


def trained(name: str, folder: Path) -> dict[str, Any]:
    """A training, as far as it is.

    Args:
        name: how the report calls it.
        folder: where it is.

    Raises:
        RecordError: what it has written cannot be read.
    """
    training = read_training(folder)
    axes = {"step": "step"}
    totals = {"rows": "rows", "tokens": "tokens trained on"}
    if training.history and all("tokens" in figures for _, figures in training.history):
        axes |= totals
    curves, spent = Curves(axes), Counter[str]()
    shown = _some(training.history, MOST_STEPS)
    for step, figures in training.history:
        spent["rows"] += sum(figures.get(f"{origin}/rows", 0) for origin in ("rollout", "replay"))
        spent["tokens"] += figures.get("tokens", 0)
        at: Position = {"step": step, **{axis: spent[axis] for axis in totals if axis in axes}}
        if step in shown:
            _add_training(curves, at, figures)
    return {
        "name": name,
        "loop": False,
        **curves.data(),
        "notes": list(_notes(training)),
        "settings": list(_flat(training.identity)),
        "versions": list(training.versions.items()),
    }


def _some(history: History, most: int) -> set[int]:
    """Steps that are at equal distances, so many of them at most, but for the last one."""
    every = max(1, math.ceil(len(history) / max(most, 1)))
    return {step for step, _ in history[::-1][::every]}


def _notes(training: TrainingFolder) -> Iterator[str]:
    if training.steps is None:
        last = training.history[-1][0] if training.history else 0
        yield f"Not done; its last checkpoint has the figures up to step {last}." if last else "Not done."
    else:
        yield f"{number_of(training.steps, 'step')}."
    if training.stopped:
        yield f"Stopped: {training.stopped}."


def _add_training(curves: Curves, at: Position, figures: Figures) -> None:
    """The figures of some steps: of all that is trained on, and of rollouts and replays apart."""
    parts = (("", "all"), ("rollout/", "rollouts"), ("replay/", "replays"))
    for chart, name, prefixes in (
        ("Reward of trained rows", "reward", parts[1:]),
        ("KL", "kl", parts),
        ("Clipped tokens", "clipped", parts),
    ):
        for prefix, line in prefixes:
            curves.add(chart, line, at, figures.get(f"{prefix}{name}"))
    curves.add("Loss", "loss", at, figures.get("loss"))
    curves.add("Entropy", "training", at, figures.get("entropy"))
    curves.add("Share of replays", "replays", at, figures.get("replay_share"))
    curves.add("Norm of the gradient", "norm", at, figures.get("grad_norm"))


def _of_iterations(loop: LoopFolder) -> tuple[Curves, list[dict[str, Any]], list[str]]:
    """The curves of a loop, what became of each iteration, and what has to be said of them."""
    curves = Curves({"iteration": "iteration", "rollouts": "rollouts", "tokens": "tokens of rollouts"})
    rows, notes = [], []
    spent: Position = {"iteration": 0, "rollouts": 0, "tokens": 0}
    for each in loop.summary.iterations:
        rollout, train = each.stages.get("rollout", {}), each.stages.get("train", {})
        before = spent
        spent = {
            "iteration": each.iteration,
            "rollouts": before["rollouts"] + rollout.get("responses", 0),
            "tokens": before["tokens"] + rollout.get("tokens", 0),
        }
        _add_rollouts(curves, spent, rollout, each.stages.get("replay", {}))
        history = history_of(train)
        shown = _some(history, MOST_STEPS // len(loop.summary.iterations))
        for step, figures in history:
            if step in shown:
                _add_training(curves, _between(before, spent, step / _planned(train, history)), figures)
        _add_held_out(curves, spent, each.stages.get("answer", {}), each.stages.get("evaluate", {}))
        rows.append(_row(each.iteration, spent, each.stages))
        if stopped := train.get("stopped"):
            notes.append(f"Iteration {each.iteration}: {stopped}.")
        missing = [stage for stage in ("rollout", "replay", "train") if stage not in each.stages]
        if each.iteration and missing:
            notes.append(f"Iteration {each.iteration} is not done: {', '.join(missing)} missing.")
        elif "answer" in each.stages and "evaluate" not in each.stages:
            notes.append(f"The evaluation after iteration {each.iteration} is not done.")
    return curves, rows, notes


def _planned(train: Figures, history: History) -> int:
    planned = train.get("plan", {}).get("steps") or 0
    return max(planned, history[-1][0], 1)


def _between(before: Position, after: Position, share: float) -> Position:
    """Where a step of an iteration is: steps are spread over what their iteration spends."""
    return {axis: before[axis] + share * (after[axis] - before[axis]) for axis in after}


def _add_rollouts(curves: Curves, at: Position, rollout: Figures, replay: Figures) -> None:
    for measure in ("ila", "cla"):
        curves.add("Reward of rollouts", measure.upper(), at, replay.get(measure))
    for when in ("before", "after"):
        mixed = replay.get(f"groups_{when}", {}).get("mixed", {})
        curves.add("Informative groups", f"{when} replay", at, mixed.get("share"))
    for line in ("candidates", "replays"):
        curves.add("Replays", line, at, replay.get(line))
    for line in ("replays", "sources"):
        bits = replay.get("information", {}).get(f"mean_bits_of_{line}")
        curves.add("Information", line, at, bits)
    _add_lengths(curves, "rollouts", at, rollout)


def _add_held_out(curves: Curves, at: Position, answer: Figures, evaluate: Figures) -> None:
    for measure in ("ila", "cla"):
        curves.add(f"Held-out {measure.upper()}", "strict", at, evaluate.get(f"{measure}_strict"))
        loose = evaluate.get(f"{measure}_loose") or {}
        curves.add(f"Held-out {measure.upper()}", "loose", at, loose.get("value"))
    _add_lengths(curves, "held out", at, answer)


def _add_lengths(curves: Curves, line: str, at: Position, drawn: Figures) -> None:
    if not drawn.get("responses"):
        return
    curves.add("Length of responses", line, at, drawn.get("tokens", 0) / drawn["responses"])
    curves.add("Cut off", line, at, drawn.get("cut_off_share"))
    curves.add("Entropy", line, at, drawn.get("entropy"))


def _row(iteration: int, spent: Position, stages: Mapping[Any, Figures]) -> dict[str, Any]:
    """What became of an iteration, in figures."""
    train, evaluate = stages.get("train", {}), stages.get("evaluate", {})
    return {
        "iteration": iteration,
        "rollouts": spent["rollouts"],
        "tokens": spent["tokens"],
        "reward": stages.get("replay", {}).get("ila"),
        "replays": stages.get("replay", {}).get("replays"),
        "steps": train.get("steps"),
        "ila": evaluate.get("ila_strict"),
        "cla": evaluate.get("cla_strict"),
        "rejected": sum(figures.get("rejected", 0) for figures in stages.values()),
        "seconds": sum(figures.get("seconds", 0) for figures in stages.values()),
    }


def _answers(loop: LoopFolder, most: int, on_rejected: Callable[[Rejected], None]) -> dict[str, Any]:
    """The responses of all evaluations to the same held-out prompts: of all of these, or of a sample."""
    files = {
        each.iteration: path
        for each in loop.summary.iterations
        if (path := loop.evaluation(each.iteration)) is not None
    }
    columns, rejected = [], 0
    for path in files.values():
        shown = ShownAnswers(Sampled(max(1, most // len(files))))
        for record in read_verifications(str(path)):
            if isinstance(record, Rejected):
                rejected += 1
                on_rejected(record)
            else:
                shown.add(record)
        columns.append(shown)
    return {**side_by_side([_iteration_name(number) for number in files], columns), "rejected": rejected}


def _iteration_name(number: int) -> str:
    """How an iteration is headed; number 0 is the model that the loop starts from."""
    return f"Iteration {number}" if number else "Start"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Settings by the names that they have in a file: ``train.learning_rate``."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
        return
    yield name, value if isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
