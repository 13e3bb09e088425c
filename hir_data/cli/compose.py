"""``hir-data compose``: new instructions from plain questions."""

import functools
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import file_command
from hir_data.cli.outcome import PARTIAL, warn
from hir_data.cli.progress import counted, progress

if TYPE_CHECKING:
    from hir_data.cli.settings import ResumableQuiet
    from hir_data.engine.config import PluginConfig
    from hir_data.instructions.compose import Composed
    from hir_data.instructions.config import ComposeConfig
    from hir_data.instructions.questions import Seed
    from hir_data.schemas.conversation import Instruction
    from hir_data.schemas.rejected import Rejected

_REJECTED_SHOWN = 10


@command(
    example="hir-data compose questions.txt --n 1000 -o prompts.jsonl --suites ifeval",
    docs="how-to/compose.md",
    config="hir_data.instructions.config:ComposeConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:ResumableQuiet",
)
def compose(
    seeds: Annotated[
        str,
        typer.Argument(
            metavar="QUESTIONS",
            help='Questions: plain text, one per line, or records with a "question" or a "prompt"; - for '
            "stdin.",
        ),
    ],
    output: options.Output,
    number: Annotated[
        int,
        typer.Option(
            "--n", min=1, metavar="N", help="Number of instructions.", rich_help_panel="Instructions"
        ),
    ],
    *,
    config: "ComposeConfig",
    plugins: "PluginConfig",
    run: "ResumableQuiet",
) -> None:
    """Compose instructions from plain questions and constraints that do not conflict."""
    with file_command(seeds, output=output, run=run, plugins=plugins.plugin) as this:
        from hir_data.instructions import compose as composing
        from hir_data.runs.compose import COLUMNS, CONVERSATION
        from hir_data.runs.lines import write_lines, write_table
        from hir_data.runs.sinks import Position, sink_of

        questions, unread = _read(seeds)
        weights = composing.read_weights(config.weights) if config.weights else None
        kinds, suites = _listed(config.kinds), _listed(config.suites)
        composed = composing.compose(
            questions,
            number,
            least=config.least,
            most=config.most,
            seed=config.seed,
            kinds=composing.select(kinds, suites, config.mix, config.language),
            suited=config.mix == "everyday" and not kinds and not suites,
            weights=weights,
            presentations=_listed(config.presentations) or None,
            system=config.system,
            history=config.history,
            language=config.language,
        )
        counts, started = _Counts(), time.perf_counter()
        rejected: list[Rejected] = []
        identity = _identity(seeds, number, config, weights, plugins)
        columns = COLUMNS | CONVERSATION if config.system or config.history else COLUMNS
        table = functools.partial(write_table, columns)
        sink = sink_of(Position, table, output, this.stdout, identity=identity, resume=run.resume)
        with progress(run, "composing", lambda: number, unit="instructions") as advance:
            write_lines(sink, _lines(unread, counted(composed, advance), counts), on_rejected=rejected.append)
        if not run.quiet:
            _show(counts, len(rejected), time.perf_counter() - started)
        _end(output, rejected, run.quiet)


def _identity(
    seeds: str,
    number: int,
    config: "ComposeConfig",
    weights: Mapping[str, float] | None,
    plugins: "PluginConfig",
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data

    return {
        "hir_data": hir_data.__version__,
        "questions": seeds,
        "n": number,
        **config.model_dump(mode="json"),
        "weights": weights,
        **plugins.model_dump(mode="json"),
    }


def _end(output: str, rejected: "list[Rejected]", quiet: bool) -> None:
    from hir_data.runs.sinks import rejected_path
    from hir_data.verifiers.compare import count

    for each in [] if quiet else rejected[:_REJECTED_SHOWN]:
        warn(f"rejected: {each.error}")
    if rejected:
        where = f" (see {rejected_path(Path(output))})" if Path(output).is_file() else ""
        warn(f"{count(len(rejected), 'question')} rejected{where}")
        raise typer.Exit(PARTIAL)


def _listed(values: Sequence[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _read(seeds: str) -> "tuple[list[Seed], list[Rejected]]":
    from hir_data.errors import RecordError
    from hir_data.formats.questions import read_seeds
    from hir_data.instructions.questions import Seed

    questions: list[Seed] = []
    rejected: list[Rejected] = []
    for each in read_seeds(seeds):
        if isinstance(each, Seed):
            questions.append(each)
        else:
            rejected.append(each)
    if not questions:
        raise RecordError(f"there are no questions in it: {rejected[0].error.problem}", seeds)
    return questions, rejected


@dataclass
class _Counts:
    """What was composed."""

    instructions: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    constraints: Counter[int] = field(default_factory=Counter)
    presentations: Counter[str] = field(default_factory=Counter)

    def add(self, instruction: "Instruction") -> None:
        self.instructions += 1
        self.kinds.update(each.kind for each in instruction.constraints)
        self.constraints[len(instruction.constraints)] += 1
        self.presentations[str(instruction.presentation)] += 1


def _lines(
    rejected: "Iterable[Rejected]", made: "Iterable[Composed | Rejected]", counts: _Counts
) -> "Iterator[bytes | Rejected]":
    """What is composed, as lines, and what is not; counted."""
    from hir_data.instructions.compose import Composed
    from hir_data.schemas.json_line import json_line

    yield from rejected
    for each in made:
        if isinstance(each, Composed):
            counts.add(each.instruction)
            yield json_line(each.record())
        else:
            yield each


def _show(counts: _Counts, rejected: int, seconds: float) -> None:
    from rich.table import Table

    from hir_data.cli.screen import screen
    from hir_data.report.fitting import print_fitted

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("kind", no_wrap=True)
    table.add_column("instructions", justify="right")
    for kind, number in counts.kinds.most_common():
        table.add_row(kind, str(number))
    speed = counts.instructions / seconds
    typer.echo(f"{counts.instructions} composed, {rejected} rejected, {speed:.0f} a second")
    typer.echo(f"constraints: {_shown(counts.constraints)}")
    typer.echo(f"presentations: {_shown(counts.presentations)}")
    print_fitted([table], screen())


def _shown(numbers: Mapping[Any, int]) -> str:
    return ", ".join(f"{numbers[name]}x {name}" for name in sorted(numbers))
