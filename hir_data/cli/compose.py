"""``hir-data compose``: new instructions from plain questions."""

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, cli_errors, warn

if TYPE_CHECKING:
    from hir_data.instructions.compose import Composed
    from hir_data.instructions.questions import Seed
    from hir_data.schemas.conversation import Instruction
    from hir_data.schemas.rejected import Rejected

Patterns = list[str] | None

_REJECTED_SHOWN = 10


def compose(
    seeds: Annotated[
        str,
        typer.Argument(
            help='Questions: plain text, one a line, or records with a "question" or a "prompt"; - is stdin.'
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="Where instructions go: .jsonl, .jsonl.gz, .parquet, or - (stdout)."
        ),
    ],
    number: Annotated[int, typer.Option("--n", min=1, help="How many instructions.")],
    constraints: Annotated[
        str, typer.Option(metavar="LEAST-MOST", help="How many constraints each of them has.")
    ] = "3-6",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal instructions.")] = 0,
    kinds: Annotated[
        Patterns,
        typer.Option(metavar="PATTERN", help='Draw from kinds of these names, such as "keywords:*".'),
    ] = None,
    suites: Annotated[
        Patterns, typer.Option(metavar="SUITE", help="Draw from kinds of these suites, such as ifeval.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="How often kinds are wanted: {PATTERN: NUMBER}. Default: equally often."
        ),
    ] = None,
    presentations: Annotated[
        Patterns,
        typer.Option(metavar="NAME", help="How prompts are written, such as numbered. Default: all ways."),
    ] = None,
    plugin: options.Plugins = None,
    quiet: options.Quiet = False,
) -> None:
    """Compose instructions from plain questions and constraints that go together.

    Kinds, suites and presentations can be named several times, or with commas between them.
    """
    with cli_errors():
        from hir_data.errors import OutputError
        from hir_data.instructions import compose as composing
        from hir_data.runs.sinks import rejected_path
        from hir_data.schemas.presentation import PRESENTATIONS
        from hir_data.verifiers.compare import count

        least, most = _range(constraints)
        if options.same_file(output, seeds):
            raise OutputError(f"{output}: cannot be written: it is the input")
        options.load(plugin)
        questions, rejected = _read(seeds)
        made = composing.compose(
            questions,
            number,
            least=least,
            most=most,
            seed=seed,
            kinds=composing.select(_listed(kinds), _listed(suites)),
            weights=composing.read_weights(weights) if weights else None,
            presentations=_listed(presentations) or PRESENTATIONS,
        )
        counts = _Counts()
        started = time.perf_counter()
        _write(output, made, counts, rejected)
        seconds = time.perf_counter() - started
        if not quiet:
            _show(counts, len(rejected), seconds, to_stderr=output == "-")
            for each in rejected[:_REJECTED_SHOWN]:
                warn(f"rejected: {each.error}")
        if rejected:
            where = f" (see {rejected_path(Path(output))})" if Path(output).is_file() else ""
            warn(f"{count(len(rejected), 'question')} rejected{where}")
            raise typer.Exit(PARTIAL)


def _range(text: str) -> tuple[int, int]:
    from hir_data.errors import RecordError

    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text.strip(), re.ASCII)
    least, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= least <= most:
        raise RecordError(f'has to be a number or a range such as "3-6", not "{text}"', "--constraints")
    return least, most


def _listed(values: Patterns) -> list[str]:
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


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


def _write(
    output: str, made: "Iterable[Composed | Rejected]", counts: _Counts, rejected: "list[Rejected]"
) -> None:
    """Write what is composed, and beside it what is not."""
    from hir_data.formats.files import record_file
    from hir_data.instructions.compose import Composed
    from hir_data.runs.compose import COLUMNS
    from hir_data.runs.sinks import rejected_path

    with record_file(output, COLUMNS) as write:
        for each in made:
            if isinstance(each, Composed):
                write(each.record())
                counts.add(each.instruction)
            else:
                rejected.append(each)
    if not Path(output).is_file():  # beside standard output, a pipe or a device there is no place
        return
    path = rejected_path(Path(output))
    if rejected:
        with record_file(str(path), {}) as write:
            for each in rejected:
                write(each.as_record())
    else:
        path.unlink(missing_ok=True)  # of an earlier run: it would mislead


def _show(counts: _Counts, rejected: int, seconds: float, *, to_stderr: bool) -> None:
    from rich.table import Table

    from hir_data.cli.screen import screen

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("kind", no_wrap=True)
    table.add_column("instructions", justify="right")
    for kind, number in counts.kinds.most_common():
        table.add_row(kind, str(number))
    speed = counts.instructions / seconds
    typer.echo(f"{counts.instructions} composed, {rejected} rejected, {speed:.0f} a second", err=to_stderr)
    typer.echo(f"constraints: {_shown(counts.constraints)}", err=to_stderr)
    typer.echo(f"presentations: {_shown(counts.presentations)}", err=to_stderr)
    screen(stderr=to_stderr).print(table)


def _shown(numbers: Mapping[Any, int]) -> str:
    return ", ".join(f"{numbers[name]}x {name}" for name in sorted(numbers))
