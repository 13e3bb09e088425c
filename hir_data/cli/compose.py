"""``hir-data compose``: new instructions from plain questions."""

import functools
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
    resume: options.Resume = False,
    quiet: options.Quiet = False,
) -> None:
    """Compose instructions from plain questions and constraints that go together.

    Kinds, suites and presentations can be named several times, or with commas between them.
    """
    kept = "; what is done is kept, --resume goes on from there" if output != "-" else ""
    with cli_errors(when_interrupted=kept):
        import hir_data
        from hir_data.errors import OutputError
        from hir_data.instructions import compose as composing
        from hir_data.runs.compose import COLUMNS
        from hir_data.runs.lines import write_lines, write_table
        from hir_data.runs.sinks import Position, rejected_path, sink_of
        from hir_data.schemas.presentation import PRESENTATIONS
        from hir_data.verifiers.compare import count

        if resume and "-" in (output, seeds):
            raise OutputError("--resume needs input from files and an output file (-o FILE)")
        least, most = _range(constraints)
        if options.same_file(output, seeds):
            raise OutputError(f"{output}: cannot be written: it is the input")
        options.load(plugin)
        questions, rejected = _read(seeds)
        wanted = composing.read_weights(weights) if weights else None
        made = composing.compose(
            questions,
            number,
            least=least,
            most=most,
            seed=seed,
            kinds=composing.select(_listed(kinds), _listed(suites)),
            weights=wanted,
            presentations=_listed(presentations) or PRESENTATIONS,
        )
        counts = _Counts()
        started = time.perf_counter()
        identity = {
            "hir_data": hir_data.__version__,
            "questions": seeds,
            "n": number,
            "constraints": constraints,
            "seed": seed,
            "kinds": kinds,
            "suites": suites,
            "weights": wanted,
            "presentations": presentations,
            "plugins": plugin or [],
        }
        table = functools.partial(write_table, COLUMNS)
        sink = sink_of(Position, table, output, sys.stdout.buffer, identity=identity, resume=resume)
        shown: list[Rejected] = []
        write_lines(sink, _lines(rejected, made, counts), on_rejected=shown.append)
        rejected = shown
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


def _lines(
    rejected: "Iterable[Rejected]", made: "Iterable[Composed | Rejected]", counts: _Counts
) -> "Iterator[bytes | Rejected]":
    """What is composed, as lines, and what is not; counted."""
    from pydantic_core import to_json

    from hir_data.instructions.compose import Composed

    yield from rejected
    for each in made:
        if isinstance(each, Composed):
            counts.add(each.instruction)
            yield to_json(each.record(), fallback=str) + b"\n"
        else:
            yield each


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
