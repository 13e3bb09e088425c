"""``hir-data lint``: what is wrong with the instructions of a file."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import check_writable, total_of
from hir_data.cli.outcome import PARTIAL, cli_errors
from hir_data.cli.progress import counted, progress
from hir_data.cli.rejections import Rejections
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import FormatConfig, ProgressConfig
    from hir_data.engine.config import PluginConfig
    from hir_data.schemas.rejected import Rejected


@command(
    example="hir-data lint prompts.jsonl -o findings.jsonl",
    docs="how-to/conflicts.md",
    source="hir_data.cli.settings:FormatConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:ProgressConfig",
)
def lint(
    prompts: options.Prompts,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="JSONL file to write findings to, with rejected records beside it (FILE.rejected.jsonl). "
            "Default: stdout.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print findings as JSONL, and the counts to stderr.",
            rich_help_panel=options.FILES,
        ),
    ] = False,
    tables: Annotated[
        bool,
        typer.Option(
            "--tables",
            help="Also report pairs of constraints that a benchmark never combines but a text can satisfy.",
            rich_help_panel="Findings",
        ),
    ] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="Evaluation set whose prompts should not be in the file. [repeatable]",
            rich_help_panel="Findings",
            show_default=False,
        ),
    ] = None,
    ngram: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=2,
            help="Number of words in a run that prompts are compared by (--against). [default: 8]",
            rich_help_panel="Findings",
        ),
    ] = 8,
    min_overlap: Annotated[
        float,
        typer.Option(
            metavar="X",
            min=0.01,
            max=1.0,
            help="Share of the runs of an evaluation prompt that counts. [default: 0.5]",
            rich_help_panel="Findings",
        ),
    ] = 0.5,
    *,
    source: "FormatConfig",
    plugins: "PluginConfig",
    run: "ProgressConfig",
) -> None:
    """Find contradictions and mistakes in the instructions of a file.

    Findings are constraints that no text, or hardly any text, satisfies together; pairs that the conflict
    table of a benchmark excludes; redundant constraints; parameters that the prompt does not mention; and,
    with --against, prompts that stand in an evaluation set. Responses are not read. The exit code is 0 if
    nothing is found, else 1.
    """
    with cli_errors():
        from hir_data.formats.reader import read_instructions
        from hir_data.runs.lint import evaluation_set, linted
        from hir_data.schemas.rejected import Rejected

        check_writable(output)
        options.load(plugins.plugin)
        evaluation = evaluation_set(against, ngram=ngram, min_overlap=min_overlap) if against else None
        counts, rejections = _Counts(), Rejections(quiet=False, named=source.named)
        written = _as_json if as_json or output else _in_one_line
        with (
            _written(output) as (write, reject),
            progress(run, "reading", total_of(prompts, None), unit="instructions") as advance,
        ):
            for asked in counted(read_instructions(prompts, **source.reading), advance):
                found = (
                    asked if isinstance(asked, Rejected) else linted(asked, tables=tables, against=evaluation)
                )
                if isinstance(found, Rejected):
                    counts.reject()
                    rejections.show(found)
                    reject(found)
                    continue
                counts.add([finding["sort"] for finding in found])
                for finding in found:
                    write(written(finding))
        rejections.flush()
        typer.echo(counts.report(), err=as_json)
        if counts.rejected or counts.findings:
            raise typer.Exit(PARTIAL)


class _Counts:
    """How many instructions there are, and how many findings and instructions with them of each sort."""

    def __init__(self) -> None:
        self.read = self.rejected = self.with_findings = 0
        self.findings: Counter[str] = Counter()
        self.instructions: Counter[str] = Counter()

    def reject(self) -> None:
        """Count a record that is no instruction."""
        self.read += 1
        self.rejected += 1

    def add(self, sorts: list[str]) -> None:
        """Count the findings of one instruction."""
        self.read += 1
        self.with_findings += bool(sorts)
        self.findings.update(sorts)
        self.instructions.update(set(sorts))

    def report(self) -> str:
        """The counts in a few lines."""
        from hir_data.instructions.lint import SORTS

        sorts = [sort for sort in SORTS if self.findings[sort]]
        lines = [
            f"{self.read} read = {number_of(self.read - self.rejected, 'instruction')} + "
            f"{self.rejected} rejected, "
            f"{self.with_findings} with findings"
        ]
        if sorts:
            lines.append(f"{'sort':<15}{'findings':>10}{'instructions':>14}")
        lines += [f"{sort:<15}{self.findings[sort]:>10}{self.instructions[sort]:>14}" for sort in sorts]
        return "\n".join(lines)


@contextlib.contextmanager
def _written(output: Path | None) -> "Iterator[tuple[Callable[[str], None], Callable[[Rejected], object]]]":
    """Where findings go, as lines, and rejected records: to files that are whole or absent, or to the screen.

    A screen, a pipe and a device keep no rejected records.
    """
    if output is None:
        yield typer.echo, _forget
        return
    from hir_data.formats.atomic import link_target, locked, replacing, writing
    from hir_data.runs.sinks import rejected_path

    is_kept = output.is_file() or not output.exists()
    with (
        locked(output) if is_kept else contextlib.nullcontext(),
        writing(str(output)),
        replacing(output) as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        if not is_kept:
            yield lambda line: print(line, file=file), _forget
            return
        beside = link_target(rejected_path(output))
        with writing(str(beside)), replacing(beside) as rejects, rejects.open("wb") as rejected:
            yield (lambda line: print(line, file=file)), lambda each: rejected.write(each.as_line())
        if not beside.stat().st_size:  # one of an earlier run would mislead
            beside.unlink()


def _forget(_: "Rejected") -> None:
    """Keep nothing of a rejected record."""


def _as_json(record: dict[str, Any]) -> str:
    import json

    return json.dumps(record, ensure_ascii=False)


def _in_one_line(record: dict[str, Any]) -> str:
    key = "" if record["id"] is None else f" (key {record['id']})"
    reason = " ".join(record["reason"].split())
    return f"{record['source']}:{record['line']}{key}: {record['sort']}: {reason}"
