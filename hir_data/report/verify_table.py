"""The report as a table in a terminal."""

from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text as Line

from hir_data.report.fitting import print_fitted
from hir_data.schemas.english import number_of

ROWS = (
    ("ila_strict", "ILA  strict", "prompt-level accuracy"),
    ("ila_loose", "ILA  loose", "prompt-level accuracy"),
    ("cla_strict", "CLA  strict", "instruction-level accuracy"),
    ("cla_loose", "CLA  loose", "instruction-level accuracy"),
)


def print_report(summary: dict[str, Any], console: Console) -> None:
    """Print the figures of :meth:`hir_data.report.verify_figures.Tally.summary`."""
    print_fitted(_parts(summary), console)


def _parts(summary: dict[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = [_counts(summary)]
    if summary["verified"]:
        parts += [_shares(summary)]
        parts += [_weighted(summary["weighted"])] if "weighted" in summary else []
        parts += [_passed(summary["pass_at_k"])] if "pass_at_k" in summary else []
        parts += [_kinds(summary)]
        parts += [_groups(name, groups) for name, groups in summary.get("by", {}).items()]
        parts += [_faults(summary["faults"])] if "faults" in summary else []
    if judge := summary.get("judge"):
        parts.append(_judge(judge))
    for reason, number in list(summary["undetermined_by_reason"].items())[:5]:
        parts.append(
            Line(f"undetermined {number}x  {reason}", style="yellow", overflow="ellipsis", no_wrap=True)
        )
    return parts


def _counts(summary: dict[str, Any]) -> Line:
    line = Line(f"{summary['read']} read = {summary['verified']} verified + {summary['rejected']} rejected")
    line.append(f", {number_of(summary['constraints'], 'constraint')}")
    if summary["undetermined"]:
        line.append(f", {summary['undetermined']} undetermined", style="yellow")
    if summary["truncated_thinking"]:
        line.append(f", {summary['truncated_thinking']} cut off while thinking", style="yellow")
    return line


def _judge(figures: dict[str, Any]) -> Line:
    requests = number_of(figures["requests"], "request")
    line = Line(f"judge {figures['model']}: {figures['asked']} asked in {requests}")
    line.append(f", {figures['cached']} from the cache")
    line.append(f", {number_of(figures['retries'], 'retry', 'retries')}")
    if figures["failed"]:
        line.append(f", {figures['failed']} failed", style="yellow")
    line.append(f", {figures['prompt_tokens']} + {figures['completion_tokens']} tokens")
    if "cost" in figures:
        line.append(f", ${figures['cost']:.4f}")
    for name, label in (("agreement", "votes"), ("grade_agreement", "grades")):
        if agreement := figures.get(name):
            line.append(f"\n{label} on {number_of(agreement['questions'], 'question')}: ")
            line.append(f"{100 * agreement['share']:.1f} % equal, {agreement['unanimous']} unanimous")
            line.append(f", {agreement['undetermined']} undetermined")
            if agreement["alpha"] is not None:
                line.append(f", Krippendorff's alpha {agreement['alpha']:.3f}")
    return line


def _shares(summary: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("%", justify="right")
    table.add_column("95% interval", justify="right")
    table.add_column("IFEval's name", style="dim")
    for name, label, other_name in ROWS:
        if figures := summary.get(name):
            interval = f"{100 * figures['low']:.1f} to {100 * figures['high']:.1f}"
            table.add_row(label, f"{100 * figures['value']:.2f}", interval, other_name)
    return table


def _weighted(figures: dict[str, Any]) -> Line:
    value = "unknown" if figures["value"] is None else f"{100 * figures['value']:.2f} %"
    line = Line(f"points, mean share {value} ({number_of(figures['responses'], 'response')})")
    if figures["undetermined"]:
        line.append(f", {figures['undetermined']} undetermined", style="yellow")
    return line


def _passed(figures: dict[str, dict[str, float]]) -> Line:
    shown = [
        f"pass@{k} {100 * each['value']:.2f} % ({number_of(int(each['prompts']), 'prompt')})"
        for k, each in figures.items()
    ]
    return Line(", ".join(shown))


def _kinds(summary: dict[str, Any]) -> Table:
    loose = "ila_loose" in summary
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("kind, worst first", no_wrap=True)
    for name in ("count", "strict %", *(["loose %"] if loose else []), "undetermined"):
        table.add_column(name, justify="right")
    for kind, counts in summary["kinds"].items():
        number = counts["constraints"]
        shares = [f"{100 * counts[name] / number:.1f}" for name in ("strict", "loose") if name in counts]
        table.add_row(Line(kind), str(number), *shares, str(counts["undetermined"] or "-"))
    return table


def _faults(faults: dict[str, dict[str, Any]]) -> RenderableType:
    if not faults:
        return Line("no guard objects to a response")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("fault", no_wrap=True)
    table.add_column("responses", justify="right")
    table.add_column("%", justify="right")
    for name, counts in faults.items():
        table.add_row(Line(name), str(counts["responses"]), f"{100 * counts['share']:.2f}")
    return table


_GROUP_COLUMNS = (
    ("responses", "rollouts", None),
    ("ILA strict %", "ila", "rollouts"),
    ("ILA loose %", "ila_loose", "rollouts"),
    ("constraints", "constraints", None),
    ("CLA strict %", "strict", "constraints"),
    ("CLA loose %", "loose", "constraints"),
)


def _groups(name: str, groups: dict[str, dict[str, int]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(Line(f"by {name}"), no_wrap=True)
    columns = [column for column in _GROUP_COLUMNS if all(column[1] in counts for counts in groups.values())]
    for title, _, _ in columns:
        table.add_column(title, justify="right")
    for group, counts in groups.items():
        cells = [
            str(counts[key]) if whole is None else f"{100 * counts[key] / counts[whole]:.2f}"
            for _, key, whole in columns
        ]
        table.add_row(Line(group), *cells)
    return table
