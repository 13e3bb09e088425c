"""``hir-data train``: a model learns from the data set of ``hir-data replay``."""

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from hir_data.training.outcome import TrainingOutcome, TrainingProgress
    from hir_data.training.plan import Plan
    from hir_data.training.settings import TrainConfig


def train(
    data: Annotated[Path, typer.Argument(help="What hir-data replay has written.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="The starting model: a folder, or a name on the Hugging Face hub."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Where the model and its checkpoints go."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="TOML or YAML with --model, --output and any option from --loss on; those of the command "
            "line win.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done, and what memory that takes.")
    ] = False,
    plugin: options.Plugins = None,
    resume: options.Resume = False,
    summary: options.Summary = None,
    quiet: options.Quiet = False,
    **given: Any,
) -> None:
    """Train a model on the data set of hir-data replay: rollouts, and replays beside them.

    Under torchrun or accelerate launch all processes share each step. The exit code is 1 if there is nothing
    to learn.
    """
    with cli_errors(when_interrupted="; --resume goes on from the last checkpoint"):
        from hir_data.errors import OutputError, TrainingError
        from hir_data.training.settings import read_table, settings_of

        table = read_table(config) if config else {}
        model, output = model or table.pop("model", None), output or table.pop("output", None)
        for name in ("model", "output"):
            table.pop(name, None)
        settings_of(table, str(config))
        settings = settings_of(_merged(table, given))
        if model is None:
            raise TrainingError("--model is missing")
        if output is None and not dry_run:
            raise OutputError("--output is missing")
        _need("torch", "transformers", "accelerate", *(["peft"] if settings.lora else []))
        options.load(plugin)
        import transformers

        from hir_data.training import run

        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        first = os.environ.get("RANK", "0") == "0"  # of several processes
        told = first and not quiet
        if dry_run:
            plan = run.plan(data, model, settings)
            if first:
                _show_plan(plan)
            return
        trained = run.train(
            data,
            model,
            Path(str(output)),
            settings,
            resume=resume,
            on_plan=_show_plan if told else lambda plan: None,
            on_progress=_show_progress if told else lambda progress: None,
        )
        if summary and first:
            write_summary(trained.model_dump(mode="json"), summary)
        if not trained.steps:
            warn(str(trained.stopped))
            raise typer.Exit(PARTIAL)
        if told:
            _show_end(trained, settings)


def _merged(table: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The options of a file, and over them those of the command line that were given."""
    spoken = {name: value for name, value in given.items() if value is not None and value != []}
    for name in ("trainer", "template_option"):
        if pairs := spoken.pop(name, None):
            option = f"--{name.replace('_', '-')}"
            spoken[name] = {**table.get(name, {}), **dict(_pair(pair, option) for pair in pairs)}
    return table | spoken


def _pair(text: str, option: str) -> tuple[str, Any]:
    import json

    from hir_data.errors import RecordError

    name, equals, value = text.partition("=")
    if not equals:
        raise RecordError(f"has to be NAME=VALUE, not {text}", option)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _need(*packages: str) -> None:
    from importlib.util import find_spec

    from hir_data.errors import MissingExtraError

    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError(package, "train")


# Options that are fields of the settings


def with_options_of_settings() -> Callable[..., None]:
    """The command with an option for each field, so that no option is in one of the two places alone.

    Reading the fields takes longer than all else before a command runs, so it is done when this one does.
    """
    from hir_data.training.settings import TrainConfig

    @functools.wraps(train)
    def whole(**given: Any) -> None:
        train(**given)

    signature = inspect.signature(train)
    parameters = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    for name, field in TrainConfig.model_fields.items():
        kind, option = _type(field), _option(name, field)
        parameters.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=kind)
        )
    whole.__signature__ = signature.replace(  # type: ignore[attr-defined]  # any function may have one
        parameters=parameters
    )
    return whole


def _type(field: "FieldInfo") -> Any:
    kind: Any = _kinds(field)[0]
    if kind in (tuple, dict):
        kind = list[str]
    return (str if kind is Literal else kind) | None


def _kinds(field: "FieldInfo") -> list[Any]:
    """The types of a field, but None."""
    annotation = field.annotation
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    kinds = [get_args(part)[0] if get_origin(part) is Annotated else part for part in parts]
    return [get_origin(kind) or kind for kind in kinds if kind is not type(None)]


def _option(name: str, field: "FieldInfo") -> Any:
    kind, default = _kinds(field)[0], field.get_default(call_default_factory=True)
    text = str(field.description)
    if kind not in (bool, tuple, dict) and default is not None:
        text += f" Default: {default:g}." if isinstance(default, float) else f" Default: {default}."
    if kind in (tuple, dict):
        text += " Can be repeated."
    flag = f"--{name.replace('_', '-')}"
    metavar = None
    if kind is Literal:
        metavar = "|".join(get_args(field.annotation))
    elif kind is dict:
        metavar = "NAME=VALUE"
    return typer.Option(
        None,
        f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
        help=text,
        metavar=metavar,
        show_default=False,
    )


# What is shown


def _show_plan(plan: "Plan") -> None:
    memory, gibi = plan.memory, 2**30
    lines = [
        f"{plan.rows} rows, {plan.replays} of them replays ({plan.replay_share:.1%} of the advantage)",
        f"{plan.tokens} tokens, {plan.response_tokens} of them in responses, longest row {plan.longest}",
        f"{plan.steps} steps of {plan.micro_batches} micro-batches on each device",
        f"{plan.parameters} parameters, {plan.trained} trained",
        f"memory on each device about {memory.total / gibi:.2f} GiB: weights {memory.weights / gibi:.2f}, "
        f"training {memory.training / gibi:.2f}, activations {memory.activations / gibi:.2f}, "
        f"logits {memory.logits / gibi:.2f}",
    ]
    for line in lines:
        typer.echo(line)
    if plan.without_advantage:
        typer.echo(f"{plan.without_advantage} rows have no advantage: they only hold the model where it is")
    if plan.retokenized:
        typer.echo(f"{plan.retokenized} responses have no tokens of this model; their text was taken")
    for reason, number in plan.left_out.items():
        typer.echo(f"left out: {number:>7}  {reason}")


def _show_progress(progress: "TrainingProgress") -> None:
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
        f"rate {figures.get('learning_rate', 0):.2g}",
        f"{figures['tokens_per_second']:.0f} tokens/s",
    ]
    typer.echo("  ".join(told), err=True)


def _show_end(trained: "TrainingOutcome", settings: "TrainConfig") -> None:
    what = "an adapter" if settings.lora and not settings.merge else "a model"
    typer.echo(f"{trained.steps} of {trained.plan.steps} steps; {trained.model} is {what}")
    if trained.stopped:
        warn(f"stopped: {trained.stopped}")
