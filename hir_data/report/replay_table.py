"""The report of a replay as a table in a terminal."""

from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text as Line

from hir_data.report.fitting import print_fitted
from hir_data.schemas.english import number_of

_KINDS_SHOWN = 12


def print_replay(summary: dict[str, Any], console: Console) -> None:
    """Print the figures of :func:`hir_data.report.replay_figures.figures`."""
    print_fitted(_parts(summary), console)


def _parts(summary: dict[str, Any]) -> list[RenderableType]:
    prompts, rollouts, constraints = (
        number_of(summary[f"{noun}s"], noun) for noun in ("prompt", "rollout", "constraint")
    )
    parts: list[RenderableType] = [
        Line(f"{prompts}, {rollouts}, {summary['rejected']} rejected, {constraints}")
    ]
    if summary["rollouts"]:
        parts += [
            Line(f"ILA {_percent(summary['ila'])} %, CLA {_percent(summary['cla'])} %"),
            _groups(summary),
        ]
    if all_zero := summary["groups_before"]["all_zero"]["groups"]:
        share = _percent(summary["all_zero_groups_replayed"])
        groups = number_of(all_zero, "group")
        parts.append(Line(f"of the {groups} without a success, {share} % got a replay"))
    parts.append(_bins(summary))
    if summary["candidates"]:
        parts.append(_diversity(summary["diversity"]))
    if summary["replays"]:
        fates = summary["constraints_of_replays"]
        parts.append(
            Line("constraints of the replays: " + ", ".join(f"{n} {fate}" for fate, n in fates.items()))
        )
        parts += _information(summary["information"])
    if from_text := summary["prompts_written_from"]["text"]:
        from_parts = summary["prompts_written_from"]["parts"]
        parts.append(
            Line(f"their prompts: {from_text} made from the text, {from_parts} from question and criteria")
        )
    if summary["kinds"]:
        parts.append(_kinds(summary["kinds"]))
    for reason, detail in summary["details"].items():
        parts.append(Line(f"{reason}, such as {detail}", style="yellow", overflow="ellipsis", no_wrap=True))
    return parts


def _groups(summary: dict[str, Any]) -> Table:
    table = _table("groups", "before", "%", "after", "%")
    for name, words in (("all_zero", "all fail"), ("mixed", "mixed"), ("all_one", "all succeed")):
        before, after = summary["groups_before"][name], summary["groups_after"][name]
        cells = [cell for one in (before, after) for cell in (str(one["groups"]), _percent(one["share"]))]
        table.add_row(words, *cells)
    return table


def _bins(summary: dict[str, Any]) -> Table:
    table = _table("failures that can be replayed", str(summary["candidates"]))
    for name, number in summary["candidates_by_bin"].items():
        table.add_row(f"  {name}", str(number))
    states = summary["rollouts_by_state"]
    for name, number in summary["unfit_by_guard"].items():
        table.add_row(f"failures that are unfit: {name}", str(number))
    for state, words in (
        ("hopeless", "failures of which nothing would remain"),
        ("undetermined", "rollouts that are undetermined"),
    ):
        if states[state]:
            table.add_row(words, str(states[state]))
    return table


def _information(figures: dict[str, Any]) -> list[Line]:
    lines = []
    if figures["replays_measured"]:
        by_bits, share = figures["relabelled_by_bits"], figures["trivial_share"] or 0
        shares = {"trivial": f" ({100 * share:.1f} %)"}
        bins = "; ".join(f"{name}: {number}{shares.get(name, '')}" for name, number in by_bits.items())
        before, after = figures["mean_bits_of_sources"], figures["mean_bits_of_replays"]
        lines = [
            Line(f"bits of an instruction, on average: {after} of replays, {before} of their sources"),
            Line(f"bits of relabelled constraints: {bins}"),
        ]
    empty, sources = (
        number_of(figures[f"{noun}s_an_empty_text_satisfies"], noun) for noun in ("replay", "source")
    )
    return [*lines, Line(f"a bare refusal or an empty text satisfies {empty}, {sources}")]


def _diversity(diversity: dict[str, Any]) -> Line:
    measure, without = diversity["measure"], diversity["candidates_without"]
    match measure:
        case None:
            return Line("no entropy and no log-probabilities: CLA alone decides", style="yellow")
        case "mean_nll":
            line = Line("no entropy: mean negative log-probability in its place", style="yellow")
        case _:
            line = Line("diversity: mean token entropy")
    return line.append(f" ({without} candidates without, which get the mean)") if without else line


def _kinds(kinds: dict[str, dict[str, int]]) -> Table:
    table = _table("kind, most often violated first", "count", "violated %", "relabelled in replays")
    shown = list(kinds.items())[:_KINDS_SHOWN]
    for kind, counts in shown:
        share = _percent(counts["violated"] / counts["constraints"])
        table.add_row(Line(kind), str(counts["constraints"]), share, str(counts["relabelled"] or "-"))
    if len(kinds) > len(shown):
        table.add_row(Line(f"and {len(kinds) - len(shown)} more"))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
