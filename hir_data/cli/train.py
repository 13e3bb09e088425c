"""``hir-data train``: a model learns from the data set of ``hir-data replay``."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import check_writable
from hir_data.cli.outcome import PARTIAL, cli_errors, warn, write_summary
from hir_data.cli.pace import Pace
from hir_data.cli.progress import clock
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import ResumableConfig
    from hir_data.engine.config import PluginConfig
    from hir_data.training.outcome import TrainingOutcome, TrainingProgress, TrainingStage
    from hir_data.training.plan import Plan
    from hir_data.training.settings import TrainConfig


@command(
    example="hir-data train replayed -m Qwen/Qwen2.5-0.5B-Instruct -o trained --lora 16",
    docs="how-to/train.md",
    given="hir_data.training.settings:TrainConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:ResumableConfig",
)
def train(
    datasets: options.Datasets,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|DIR",
            help="Starting model: a folder, or a name on the Hugging Face hub. Required here or in --config.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder to write the model and its checkpoints to. Required here or in --config.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="TOML or YAML file with the model, the output and any option of the objective, the training "
            "data, the steps, the model and the run. Options of the command line take precedence.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print the plan and an estimate of the memory, and stop.", rich_help_panel="Run"
        ),
    ] = False,
    show_row: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Print the training row of sample N of the data set, counted from 0, in its parts (prompt, "
            "response, end of turn), and stop.",
            rich_help_panel="Run",
        ),
    ] = None,
    *,
    given: dict[str, Any],
    plugins: "PluginConfig",
    run: "ResumableConfig",
) -> None:
    """Train a model on the data set of hir-data replay: on rollouts and on their replays.

    Under torchrun or accelerate launch, all processes share each step. The exit code is 1 if there is nothing
    to learn.
    """
    with cli_errors(when_interrupted=lambda: "" if dry_run or show_row is not None else _kept(output)):
        from hir_data.errors import OutputError
        from hir_data.replays.merge import folders_of

        model, output, settings = _settings(config, model, output, given)
        if output is None and not dry_run and show_row is None:
            raise OutputError("--output is missing")
        _need("torch", "transformers", "accelerate", *(["peft"] if settings.lora else []))
        if _is_first() and not dry_run and show_row is None:
            check_writable(run.summary)
        options.load(plugins.plugin)
        _quiet_transformers()
        data = folders_of(datasets)
        if show_row is not None:
            _show_row(data, model, settings, show_row)
        elif dry_run:
            _plan(data, model, settings)
        else:
            _train(data, model, Path(str(output)), settings, run)


def _kept(output: Path | None) -> str:
    """What there is to go on with after an interruption, for the end of a line."""
    from hir_data.errors import HirDataError
    from hir_data.report.training_folders import IDENTITY, last_state

    if output is None or not (Path(output) / IDENTITY).is_file():
        return "; nothing was begun"
    try:
        step = last_state(Path(output)).get("step")
    except HirDataError:  # which the next run says
        return "; --resume goes on"
    if step:
        return f"; --resume goes on from the last checkpoint, that of step {step}"
    return "; there is no checkpoint yet (--save-steps): --resume begins with the first step"


def _settings(
    config: Path | None, model: str | None, output: Path | None, given: dict[str, Any]
) -> "tuple[str, Path | None, TrainConfig]":
    """Model, output and settings, from the command line or else from the file."""
    from hir_data.errors import TrainingError
    from hir_data.training.settings import read_table, settings_of

    table = read_table(config) if config else {}
    model, output = model or table.pop("model", None), output or table.pop("output", None)
    for name in ("model", "output"):
        table.pop(name, None)
    settings_of(table, str(config))
    settings = settings_of(_merged(table, given))
    if model is None:
        raise TrainingError("--model is missing")
    return model, output, settings


def _quiet_transformers() -> None:
    import transformers

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()


def _is_first() -> bool:
    """Whether this is the first of several processes."""
    return os.environ.get("RANK", "0") == "0"


def _plan(data: list[Path], model: str, settings: "TrainConfig") -> None:
    from hir_data.training import run as training

    plan = training.plan(data, model, settings)
    if _is_first():
        _show_plan(plan)


def _train(
    data: list[Path], model: str, output: Path, settings: "TrainConfig", run: "ResumableConfig"
) -> None:
    from hir_data.training import run as training

    shown = _is_first() and not run.quiet
    talks = shown and run.progress != "none"
    trained = training.train(
        data,
        model,
        output,
        settings,
        resume=run.resume,
        on_plan=_show_plan if shown else lambda plan: None,
        on_progress=_shown_progress() if talks else lambda progress: None,
        on_stage=_shown_stage(model, settings) if talks else lambda stage: None,
    )
    if run.summary and _is_first():
        write_summary(trained.model_dump(mode="json"), run.summary)
    if not trained.steps:
        warn(str(trained.stopped))
        raise typer.Exit(PARTIAL)
    if shown:
        _show_end(trained, settings)


def _merged(table: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The options of a file, and over them those of the command line that were given."""
    given = given | {
        name: table.get(name, {}) | value for name, value in given.items() if isinstance(value, dict)
    }
    return table | given


def _need(*packages: str) -> None:
    from importlib.util import find_spec

    from hir_data.errors import MissingExtraError

    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError(package, "train")


# What is shown

_STYLES = {"prompt": "dim", "response": "green", "end of turn": "bold reverse green"}


def _show_row(data: list[Path], model: str, settings: "TrainConfig", number: int) -> None:
    from rich.text import Text

    from hir_data.cli.screen import screen
    from hir_data.training.shown import show_row

    row, console = show_row(data, model, settings, number), screen()
    source = "stored tokens" if row.stored else "tokens of the text"
    about = f"left out: {row.left_out}" if row.left_out else f"reward {row.reward:g}, {source}"
    console.print(Text(f"sample {number}, {row.id}, {row.origin}: {about}"), soft_wrap=True)
    for part in row.parts:
        trained = "not trained" if part.name == "prompt" else "trained"
        length = f"{number_of(part.tokens, 'token')}"
        console.print(Text(f"-- {part.name}: {length}, {trained}", style="bold"))
        console.print(Text(part.text, style=_STYLES[part.name]), soft_wrap=True)


def _show_plan(plan: "Plan") -> None:
    memory, gibi = plan.memory, 2**30
    kept = memory.activations
    lines = [
        f"{number_of(plan.rows, 'row')}, {plan.replays} of them replays "
        f"({plan.replay_share:.1%} of the advantage)",
        f"{number_of(plan.tokens, 'token')}, {plan.response_tokens} of them in responses, "
        f"longest row {plan.longest}"
        + (f"; turns of conversations are read in {plan.sequences}" if plan.sequences < plan.rows else ""),
        f"{number_of(plan.steps, 'step')} of {number_of(plan.micro_batches, 'micro-batch', 'micro-batches')} "
        "on each device",
        f"{plan.parameters} parameters, {plan.trained} trained",
        f"memory on each device about {memory.total / gibi:.2f} GiB: weights {memory.weights / gibi:.2f}, "
        f"gradients {memory.gradients / gibi:.2f}, optimizer {memory.optimizer / gibi:.2f}, "
        f"activations {'unknown' if kept is None else f'{kept / gibi:.2f}'}, head {memory.head / gibi:.2f}",
    ]
    for line in lines:
        typer.echo(line)
    if plan.without_advantage:
        verb, them = ("has", "it only holds") if plan.without_advantage == 1 else ("have", "they only hold")
        rows = number_of(plan.without_advantage, "row")
        typer.echo(f"{rows} {verb} no advantage: {them} the model where it is")
    if plan.retokenized:
        verb, their = ("has", "its") if plan.retokenized == 1 else ("have", "their")
        responses = number_of(plan.retokenized, "response")
        typer.echo(f"{responses} {verb} no tokens of this model; {their} text was taken")
    for reason, number in plan.left_out.items():
        typer.echo(f"left out: {number:>7}  {reason}")


def _shown_stage(model: str, settings: "TrainConfig") -> "Callable[[TrainingStage], None]":
    """Says when each stage begins: those before the first line of progress can take minutes."""
    every = "every step" if settings.log_steps == 1 else f"every {settings.log_steps} steps"
    words: dict[TrainingStage, str] = {
        "reading": "reading the data set",
        "loading": f"loading {model}",
        "measuring": "measuring the rows under the starting model",
        "stepping": f"training; there is a line {every}",
    }
    return lambda stage: warn(words[stage])


def _shown_progress() -> "Callable[[TrainingProgress], None]":
    """Prints each progress, and how long the rest takes at the speed so far, the first step aside."""
    pace: Pace | None = None

    def show(progress: "TrainingProgress") -> None:
        nonlocal pace
        pace = pace or Pace(progress.step)
        (rate,) = pace.rates(progress.step)
        _show_progress(progress, (progress.steps - progress.step) / rate if rate else None)

    return show


def _show_progress(progress: "TrainingProgress", left: float | None) -> None:
    figures = progress.figures
    rewards = [
        f"{name} {figures[f'{kind}/reward']:.3f}"
        for kind, name in (("rollout", "reward"), ("replay", "of replays"))
        if f"{kind}/reward" in figures
    ]
    told = [
        f"step {progress.step}/{progress.steps}",
        f"loss {figures['loss']:.4f}",
        *rewards,
        f"kl {figures['kl']:.4f}",
        f"clipped {figures['clipped']:.1%}",
        f"entropy {figures['entropy']:.2f}",
        f"gradient {figures.get('grad_norm', 0):.3g}",
        f"lr {figures.get('learning_rate', 0):.2g}",
        f"{figures['tokens_per_second']:.0f} tokens/s",
        *([] if not left else [f"about {clock(left)} left"]),
    ]
    typer.echo("  ".join(told), err=True)


def _show_end(trained: "TrainingOutcome", settings: "TrainConfig") -> None:
    what = "an adapter" if settings.lora and not settings.merge else "a model"
    typer.echo(f"{trained.steps} of {number_of(trained.plan.steps, 'step')}; {trained.model} is {what}")
    if trained.stopped:
        warn(f"stopped: {trained.stopped}")
