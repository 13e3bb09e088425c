"""What came out, as a table, a plot, and answers to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import hir_data as hir
from benchmarks.real_model.arms import ARMS
from benchmarks.real_model.intervals import Interval, bootstrap, difference
from benchmarks.real_model.measures import FAULTS, Seen, verified
from benchmarks.real_model.results import START, Results, Trained
from hir_data.formats.atomic import replacing

OURS = "ours"
TO_READ = 20

COLUMNS = (
    *("arm", "chosen", "rollouts", "replays", "tokens trained", "minutes", "CLA %", "ILA %"),
    *("CLA above the start", "ours above it", "tokens", *(f"{name.replace('_', ' ')} %" for name in FAULTS)),
)


def write(results: Results, answers: Mapping[str, Path]) -> None:
    """Make ``table.md``, ``curve.png`` and, where the responses are here, ``answers.md``.

    Args:
        results: what is known.
        answers: files of verified responses to the same prompts, that of the start among them.
    """
    seen = results.seen("held out")
    if START not in seen:
        print("nothing has been looked at on held-out prompts yet")
        return
    runs = [each for each in results.trained() if each.phase == "run" and each.name in seen]
    lines = [*table(runs, seen, results.choices), *other_skills(results)]
    _replace(results.folder / "table.md", "\n".join(lines) + "\n")
    print("\n".join(lines))
    plot(runs, seen, results.folder / "curve.png")
    if START in answers:
        _replace(results.folder / "answers.md", "\n".join(to_read(answers)) + "\n")


def table(
    runs: Sequence[Trained], seen: Mapping[str, Sequence[Seen]], choices: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Where each arm is, a row of Markdown for each model that was looked at; the longest runs last."""
    start, ours = seen[START], [each for each in runs if each.arm == OURS]
    lines = [_row(COLUMNS), "|---" * len(COLUMNS) + "|"]
    lines.append(_row(("at the start", "", 0, 0, 0, "", *_shares(start), "", "", *_habits(start))))
    for each in sorted(runs, key=lambda run: (run.spent.rollouts, list(ARMS).index(run.arm), run.seed)):
        rows = seen[each.name]
        beside = [one for one in ours if (one.spent.rollouts, one.seed) == (each.spent.rollouts, each.seed)]
        above = str(_difference(seen[beside[0].name], rows)) if beside and each.arm != OURS else ""
        arm = ARMS[each.arm]
        title = arm.title if each.seed == 0 else f"{arm.title}, seed {each.seed}"
        chosen = f"as {ARMS[arm.tuned_as].title}" if arm.tuned_as else each.point.replace(",", " ")
        spent = each.spent
        cells = (title, chosen, spent.rollouts, spent.replays, spent.tokens, f"{spent.seconds / 60:.0f}")
        lines.append(_row((*cells, *_shares(rows), _difference(rows, start), above, *_habits(rows))))
    waiting = [arm.title for arm in ARMS.values() if (arm.tuned_as or arm.name) not in choices]
    if waiting:
        lines += ["", f"Not tuned yet: {', '.join(waiting)}."]
    return [*lines, ""]


def _shares(rows: Sequence[Seen]) -> tuple[Interval, Interval]:
    return bootstrap([row.cla for row in rows]), bootstrap([row.ila for row in rows])


def _habits(rows: Sequence[Seen]) -> tuple[str, ...]:
    shares = (100 * sum(getattr(row, name) for row in rows) / len(rows) for name in FAULTS)
    return f"{sum(row.length for row in rows) / len(rows):.1f}", *(f"{share:.1f}" for share in shares)


def _difference(one: Sequence[Seen], other: Sequence[Seen]) -> Interval:
    return difference([row.cla for row in one], [row.cla for row in other])


def other_skills(results: Results) -> list[str]:
    """What became of IFEval's prompts, which nothing was trained on."""
    lines = []
    for file in sorted(results.folder.glob("ifeval_*.csv")):
        tokens = file.stem.removeprefix("ifeval_")
        lines += [
            f"IFEval, greedy, up to {tokens} tokens:",
            "",
            "| model | prompts strict % | prompts loose % | constraints strict %, by prompt | tokens |",
            "|---|---|---|---|---|",
        ]
        for name, rows in results.seen(file.stem).items():
            measures = (
                bootstrap([getattr(row, each) for row in rows]) for each in ("ila", "ila_loose", "cla")
            )
            title = ARMS[name].title if name in ARMS else "at the start"
            lines.append(_row((title, *measures, f"{sum(row.length for row in rows) / len(rows):.0f}")))
        lines.append("")
    return lines


def plot(runs: Sequence[Trained], seen: Mapping[str, Sequence[Seen]], path: Path) -> None:
    """Held-out CLA and ILA by rollouts, of the first seed of each arm, with their intervals."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), dpi=100, layout="constrained")
    for panel, measure in zip(figure.subplots(1, 2), ("cla", "ila"), strict=True):
        for shift, arm in enumerate(ARMS.values()):
            own = [each for each in runs if each.arm == arm.name]
            own = sorted(
                (each for each in own if each.seed == own[0].seed), key=lambda run: run.spent.rollouts
            )
            if not own:
                continue
            names = [START, *(each.name for each in own)]
            spent = [0, *(each.spent.rollouts for each in own)]
            found = [bootstrap([100 * getattr(row, measure) for row in seen[name]]) for name in names]
            ends = [[each.value - each.low for each in found], [each.high - each.value for each in found]]
            apart = [rollouts + shift * spent[-1] / 100 for rollouts in spent]
            panel.errorbar(apart, [each.value for each in found], ends, label=arm.title, capsize=2)
        panel.set(xlabel="rollouts", ylabel=f"held-out {measure.upper()} (%)", ylim=(0, None))
        panel.grid(alpha=0.3)
        if runs:
            panel.legend(fontsize=7)
    with replacing(path) as part:
        figure.savefig(part, format="png", metadata={"Software": None})


def to_read(answers: Mapping[str, Path]) -> list[str]:
    """The first responses to the first held-out prompts, of each model, with what they violate."""
    of_models = {name: _first_responses(file) for name, file in answers.items()}
    lines = ["# Answers before and after", ""]
    for prompt, first in of_models[START].items():
        lines += [*_quoted(prompt), ""]
        for name, found in of_models.items():
            each = first if name == START else found.get(prompt)
            if each is not None:
                title = ARMS[name].title if name in ARMS else "at the start"
                lines += [f"- **{title}**, {_judged(each)}:", "", *_code(each.rollout.response), ""]
    return lines


def _first_responses(file: Path) -> dict[str, hir.Verification]:
    found: dict[str, hir.Verification] = {}
    for each in verified(file):
        if each.rollout.instruction.prompt not in found and len(found) == TO_READ:
            break
        found.setdefault(each.rollout.instruction.prompt, each)
    return found


def _judged(each: hir.Verification) -> str:
    violated = [result.constraint.kind for result in each.results if not result.strict.satisfied]
    return f"violates {', '.join(violated)}" if violated else "satisfies all"


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _code(text: str) -> list[str]:
    return ["  ```text", *(f"  {line}".rstrip() for line in text.replace("```", "'''").splitlines()), "  ```"]


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _replace(file: Path, text: str) -> None:
    with replacing(file) as part:
        part.write_text(text, encoding="utf-8")
