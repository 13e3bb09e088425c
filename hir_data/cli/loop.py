"""``hir-data loop``: rollouts, replay and training, round and round."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import STREAM, check_writable
from hir_data.cli.outcome import PARTIAL, cli_errors, warn, write_summary
from hir_data.cli.progress import progress
from hir_data.cli.rejections import Rejections, were_rejected
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import LoopPageConfig
    from hir_data.training.loop.figures import Point
    from hir_data.training.loop.ledger import LoopStage
    from hir_data.training.loop.run import Loop


@command(
    example="hir-data loop loop.toml",
    docs="how-to/loop.md",
    run="hir_data.cli.settings:LoopPageConfig",
)
def loop(
    config: Annotated[
        Path, typer.Argument(metavar="FILE", help="Settings of the loop: a TOML or YAML file.")
    ],
    keep_models: Annotated[
        str | None,
        typer.Option(
            "--keep-models",
            metavar="all|last",
            help="Models to keep on disk. Default: as the file says, else all.",
            rich_help_panel="Run",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and stop.", rich_help_panel="Run")
    ] = False,
    *,
    run: "LoopPageConfig",
) -> None:
    """Improve a model in iterations of rollouts, replay and training, on this machine.

    The model is evaluated on held-out instructions before the first iteration and after each. The same
    command continues an interrupted loop where it stopped.
    """
    with cli_errors(when_interrupted="; what is done is kept, the same command goes on from there"):
        from hir_data.training.loop.config import read_loop_config
        from hir_data.training.loop.run import Loop

        settings = read_loop_config(config, **({} if keep_models is None else {"keep_models": keep_models}))
        options.load(settings.verify.plugin)
        loop = Loop(settings)
        if shared := loop.prompts.shared:
            warn(f"{shared} of the instructions are held out, and not trained on")
        if outside := loop.prompts.outside:
            warn(f"{outside} of the instructions have a pass rate below min_pass, above max_pass or unknown")
        if dry_run:
            _show_plan(loop)
        else:
            _check_outputs(run, config, loop)
            _run(loop, run)


def _check_outputs(run: "LoopPageConfig", config: Path, loop: "Loop") -> None:
    """Refuse, before anything is done, what cannot be written, or a page in place of something."""
    from hir_data.errors import OutputError

    page, output = run.report, loop.config.output.absolute()
    check_writable(run.summary)
    if page is None:
        return
    taken = [
        config,
        Path(loop.config.instructions),
        Path(loop.config.held_out),
        *([run.summary] if run.summary else []),
    ]
    inside = page.absolute().relative_to(output).parts if page.absolute().is_relative_to(output) else ()
    if str(page) == STREAM or page.is_dir():
        raise OutputError(f"{page}: cannot be written: a page is a file")
    if page.absolute() in [path.absolute() for path in taken]:
        raise OutputError(f"{page}: cannot be written: the loop reads or writes it")
    if len(inside) > 1 or (inside and page.suffix in (".json", ".csv", ".png")):
        raise OutputError(f"{page}: cannot be written: it is for a file of the loop")
    check_writable(page)


def _run(loop: "Loop", run: "LoopPageConfig") -> None:
    from hir_data.training.loop.figures import points

    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # there is one of ours
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    config = loop.config
    with (
        options.judge(config.verify) as loop.judge,
        options.rewriter(config.replay) as loop.rewriter,
        _watched(loop, run),
    ):
        ledger = loop()
    if not run.quiet:
        _show(points(ledger), config.output)
    if run.summary:
        judge = {"judge": loop.judge.summary()} if loop.judge else {}
        write_summary(ledger.model_dump(mode="json") | judge, run.summary)
    if run.report:
        from hir_data.runs.report import write_report

        write_report([str(config.output)], run.report)
    if ledger.rejected:
        warn(f"{were_rejected(ledger.rejected)} (see {config.output}/*/*.rejected.jsonl)")
    if ledger.rejected > run.max_rejected:
        raise typer.Exit(PARTIAL)


@contextlib.contextmanager
def _watched(loop: "Loop", run: "LoopPageConfig") -> Iterator[None]:
    """Say what becomes of each stage, and how far it is."""
    if run.quiet:
        yield
        return
    from hir_data.cli.screen import screen

    lines, rejections = screen(), Rejections(run.quiet)
    with progress(run, "loop", unit="done") as advance:
        now = ""

        def begin(iteration: int, stage: str) -> None:
            nonlocal now
            now = f"iteration {iteration}, {stage}"
            advance(0, now)

        def end(iteration: int, stage: "LoopStage", figures: dict[str, Any]) -> None:
            rejections.flush()
            words = f"iteration {iteration:<3} {stage:9} {_told(stage, figures)}"
            lines.print(words, soft_wrap=True, markup=False)

        loop.on_begin, loop.on_end = begin, end
        loop.watch.rejected = rejections.show
        loop.watch.progress = lambda what, done: advance(done, f"{now}, {what}")
        try:
            yield
        finally:
            rejections.flush()


def _told(stage: "LoopStage", figures: dict[str, Any]) -> str:
    """The figures of a stage that matter most."""
    if stage in ("rollout", "answer"):
        redrawn = (_REDRAWN.format(_drawn(each, "more "), **each) for each in figures.get("redraws", ()))
        tokens = number_of(figures["tokens"], "token")
        return f"{_drawn(figures)}, {tokens}, {figures['rejected']} rejected" + "".join(redrawn)
    if stage == "replay":
        shares = ", ".join(f"{name.upper()} {_percent(figures[name])} %" for name in ("ila", "cla"))
        return f"{shares}; {number_of(figures['replays'], 'replay')}, lambda {figures['lambda']:.4g}"
    if stage == "evaluate":
        return ", ".join(f"{label} {_percent(figures[name])} %" for name, label in _MEASURES.items())
    if not figures["learnt"]:
        return f"nothing was learnt: {figures['stopped']}"
    shown = ", ".join(f"{name} {value:.4g}" for name, value in figures["figures"].items() if "/" not in name)
    stopped = f"; {figures['stopped']}" if figures["stopped"] else ""
    return f"{number_of(figures['steps'], 'step')}, {shown}{stopped}"


def _drawn(figures: dict[str, Any], more: str = "") -> str:
    responses = number_of(figures["responses"], f"{more}response")
    return f"{responses} to {number_of(figures['prompts'], 'prompt')}"


_REDRAWN = "; {} of equal rewards, of which {resolved} differ now"

_MEASURES = {
    "ila_strict": "ILA strict",
    "ila_loose": "ILA loose",
    "cla_strict": "CLA strict",
    "cla_loose": "CLA loose",
}


def _percent(share: Any) -> str:
    value = share["value"] if isinstance(share, dict) else share
    return "-" if value is None else f"{100 * value:.2f}"


def _show(points: "list[Point]", output: Path) -> None:
    from rich.table import Table

    from hir_data.cli.screen import screen
    from hir_data.report.fitting import print_fitted

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("iteration", "rollouts", *(f"{label} %" for label in _MEASURES.values())):
        table.add_column(name, justify="right")
    for point in points:
        cells = [_percent(point.shares[name]) for name in _MEASURES]
        table.add_row(str(point.iteration), str(point.rollouts), *cells)
    print_fitted([table], screen())
    words = f"held-out accuracy, also in {output}/evaluation.csv and curve.png"
    screen().print(words, soft_wrap=True, markup=False)


def _show_plan(loop: "Loop") -> None:
    from hir_data.cli.screen import screen
    from hir_data.training.loop.plan import plan

    for name, words in plan(loop).items():
        screen().print(f"{name:13} {words}", soft_wrap=True, markup=False)
