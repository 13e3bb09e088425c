"""Options that several commands share, and what they are looked at for."""

import contextlib
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hir_data.models.openai_judge import OpenAIJudge

Plugins = Annotated[
    list[str] | None,
    typer.Option("--plugin", metavar="FILE_OR_MODULE", help="Python with constraint kinds of your own."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=0, help="Processes; 0: none, and no timeouts. Default: one a processor.", show_default=False
    ),
]
Timeout = Annotated[float, typer.Option(min=0.01, help="Seconds that one check may take.")]


def _thinking_policy(policy: str | None) -> str | None:
    if policy is not None:
        from hir_data.cli.outcome import cli_errors
        from hir_data.text.thinking import check_policy

        with cli_errors():
            check_policy(policy)
    return policy


StripThinking = Annotated[
    str | None,
    typer.Option(
        "--strip-thinking",
        metavar="[=NAME or =OPEN,CLOSE]",
        callback=_thinking_policy,
        help="Verify what follows the reasoning: of every dialect that is known (auto), of the channels of "
        "gpt-oss (harmony), of sections of this NAME, or of what stands between two markers.",
    ),
]
Split = Annotated[str | None, typer.Option(help="Which split of a data set.")]
Format = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Which format the prompts are in, such as ifeval, verl or muldimif. Default: what each record "
        "looks like.",
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after so many records.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")]
MaxRejected = Annotated[int, typer.Option(min=0, help="How many rejected records still count as success.")]
Summary = Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write the figures as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
JudgeModel = Annotated[
    str | None,
    typer.Option("--judge-model", metavar="NAME", help="The language model that decides soft constraints."),
]
JudgeUrl = Annotated[
    str | None,
    typer.Option(
        "--judge-url",
        metavar="URL",
        help="Its endpoint, such as http://localhost:8000/v1; by default OpenAI's. The key is taken from the "
        "environment: HIR_DATA_JUDGE_KEY, else OPENAI_API_KEY.",
    ),
]
JudgeConcurrency = Annotated[
    int, typer.Option("--judge-concurrency", min=1, help="Requests to the judge at a time, at most.")
]
JudgeTimeout = Annotated[
    float, typer.Option("--judge-timeout", min=0.01, help="Seconds that one request to the judge may take.")
]
JudgeCache = Annotated[
    Path | None,
    typer.Option(
        "--judge-cache", metavar="DIR", help="Where answers are kept; by default in the user's cache folder."
    ),
]
NoJudgeCache = Annotated[bool, typer.Option("--no-judge-cache", help="Neither use nor keep answers.")]
JudgePrice = Annotated[
    str | None,
    typer.Option("--judge-price", metavar="IN,OUT", help="Dollars for a million tokens read, and written."),
]


def load(plugins: list[str] | None) -> None:
    """Load the plugins that were named."""
    if plugins:
        from hir_data.schemas import registry

        for plugin in plugins:
            registry.load_plugin(plugin)


def judge(
    model: str | None,
    url: str | None,
    concurrency: int,
    timeout: float,
    cache: Path | None,
    no_cache: bool,
    price: str | None = None,
) -> "contextlib.AbstractContextManager[OpenAIJudge | None]":
    """The judge that was asked for, which is closed at the end; None if no model was named."""
    from hir_data.errors import JudgeError

    if model is None:
        for name, value in {"url": url, "cache": cache, "price": price}.items():
            if value is not None:
                raise JudgeError(f"--judge-{name} needs --judge-model")
        return contextlib.nullcontext()
    if cache and no_cache:
        raise JudgeError("--judge-cache and --no-judge-cache exclude each other")
    prices = None if price is None else _prices(price)

    from hir_data.models.openai_judge import OpenAIJudge, default_cache

    kept_in = None if no_cache else cache or default_cache()
    return OpenAIJudge(model, url, concurrency=concurrency, timeout=timeout, cache=kept_in, prices=prices)


def _prices(price: str) -> tuple[float, float]:
    from hir_data.errors import JudgeError

    try:
        read, written = map(float, price.split(","))
    except ValueError:
        read = written = math.nan
    if not (0 <= read < math.inf and 0 <= written < math.inf):
        raise JudgeError(f"--judge-price {price}: has to be two prices, as in 0.5,2")
    return read, written


def same_file(output: str, source: str | None) -> bool:
    """Whether an output would overwrite an input."""
    with contextlib.suppress(OSError):
        return source is not None and Path(output).samefile(source)
    return False


def processors() -> int:
    """The processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
