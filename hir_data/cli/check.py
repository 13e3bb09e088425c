"""``hir-data check``: whether one text satisfies constraints."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import PARTIAL, cli_errors

if TYPE_CHECKING:
    from hir_data.engine.config import CheckConfig
    from hir_data.schemas.constraint import Constraint
    from hir_data.schemas.result import Verification


@command(
    example="""hir-data check "Blue and wide." -c '{"kind": "word_count", "max": 5}'""",
    docs="how-to/verify.md",
    config="hir_data.engine.config:CheckConfig",
)
def check(
    text: Annotated[str, typer.Argument(help="Text to check, or - to read it from stdin.")],
    constraint: Annotated[
        list[str],
        typer.Option(
            "--constraint",
            "-c",
            metavar="KIND|JSON",
            help='Kind of constraint, or a JSON object with "kind" and its parameters. Repeatable.',
            rich_help_panel="Verification",
        ),
    ],
    prompt: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Prompt that the text answers; a judge may need it.",
            rich_help_panel="Verification",
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the verification as JSON.", rich_help_panel="Output")
    ] = False,
    *,
    config: "CheckConfig",
) -> None:
    """Check one text against constraints.

    The exit code is 0 if the text strictly satisfies all of them, else 1.
    """
    with cli_errors():
        from hir_data.engine.verify import verify

        options.load(config.plugin)
        if text == "-":
            text = _stdin()
        rollout = _rollout(prompt, text, [_parse(source) for source in constraint])
        with options.judge(config) as judge:  # the checks run in a process that can be killed
            (verified,) = verify([rollout], workers=1, timeout=config.timeout, judge=judge, degrees=True)
        if as_json:
            typer.echo(verified.model_dump_json(indent=2))
        else:
            _show(verified)
        if not verified.ila:
            raise typer.Exit(PARTIAL)


def _stdin() -> str:
    from hir_data.errors import RecordError

    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise RecordError(f"not UTF-8: {error}", "stdin") from None


def _rollout(prompt: str, text: str, constraints: "list[Constraint]") -> Any:
    from hir_data.schemas.conversation import Instruction
    from hir_data.schemas.rollout import Rollout

    return Rollout(instruction=Instruction(prompt=prompt, constraints=tuple(constraints)), response=text)


def _parse(source: str) -> "Constraint":
    import json

    from hir_data.errors import RecordError
    from hir_data.schemas import registry

    if not source.lstrip().startswith(("{", "[", '"')):
        return registry.build(source, {})
    try:
        record = json.loads(source)
    except ValueError as error:
        raise RecordError(f"malformed JSON: {error}", f"--constraint {source}") from None
    if not isinstance(record, dict):
        raise RecordError('has to be an object with a "kind"', f"--constraint {source}")
    return registry.parse(record)


def _show(verified: "Verification") -> None:
    from rich.table import Table
    from rich.text import Text

    from hir_data.cli.screen import has_colours, screen
    from hir_data.report.fitting import print_fitted
    from hir_data.report.record_view import STYLES, WORDS, Marking, marked_text, marks_meaning

    console = screen()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("strict", "loose", "degree", "kind", "reason"):
        table.add_column(name, no_wrap=name != "reason")
    for result in verified.results:
        strict, loose = result.strict.satisfied, (result.loose or result.strict).satisfied
        table.add_row(
            Text(WORDS[strict], style=STYLES[strict]),
            Text(WORDS[loose], style=STYLES[loose]),
            "" if result.strict.degree is None else f"{result.strict.degree:.2f}",
            Text(result.constraint.kind),
            Text(" ".join(result.reason.split())),
        )
    print_fitted([table], console)
    marking = Marking(has_colours(console))
    marked = marked_text(
        verified.rollout.response,
        [result.constraint for result in verified.results],
        [result.strict.satisfied for result in verified.results],
        marking,
    )
    if meaning := marks_meaning(marked, marking):
        console.print(f"\n{meaning}\n", highlight=False)
        console.print(marked, soft_wrap=True)
