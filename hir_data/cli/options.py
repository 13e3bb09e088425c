"""Arguments that several commands share, and what is made from settings."""

import contextlib
import math
import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hir_data.engine.config import CheckConfig
    from hir_data.models.judge_panel import JudgePanel
    from hir_data.models.openai_judge import OpenAIJudge
    from hir_data.replays.config import ReplayRunConfig
    from hir_data.replays.rewriting.llm import LLMRewriter

FILES = "Input and output"
"""The heading of the options that name files."""

_READABLE = (
    "JSONL, JSON, CSV or Parquet file, log of another tool, folder of such files, Hugging Face data set, "
    "or - for stdin."
)

Prompts = Annotated[str, typer.Argument(help=f"Prompts with constraints: {_READABLE}")]
Responses = Annotated[
    str | None,
    typer.Option(
        "--responses",
        "-r",
        metavar="FILE",
        help="Responses in a file of their own, joined to the prompts by key, else by prompt.",
        rich_help_panel=FILES,
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="File to write: .jsonl, .jsonl.gz or .parquet; - for stdout.",
        rich_help_panel=FILES,
    ),
]
Datasets = Annotated[
    list[str],
    typer.Argument(
        metavar="DATASET",
        help="Data set of hir-data replay: a folder. Several, or a pattern in quotes, are read as one.",
    ),
]
DECIDING = ("plugin", "judge_model", "judge_criteria", "judge_votes", "judge_temperature")
"""The settings of checks that verdicts depend on: a run that is resumed has the same."""

ROLLOUTS = (
    f"Rollouts or verifications: {_READABLE} A pattern in quotes, such as 'rollouts/*.jsonl', stands for "
    "several files."
)


def load(plugins: "Iterable[str]") -> None:
    """Load the plugins that were named."""
    if plugins:
        from hir_data.schemas import registry

        for plugin in plugins:
            registry.load_plugin(plugin)


def judge(config: "CheckConfig") -> "contextlib.AbstractContextManager[OpenAIJudge | JudgePanel | None]":
    """The judge of the settings, which is closed at the end; None if they name no model."""
    from hir_data.errors import JudgeError

    price: str | None = getattr(config, "judge_price", None)  # one check has no cost worth a report
    models = config.judge_model
    if not models:
        for name, value in {
            "url": config.judge_url,
            "cache": config.judge_cache,
            "price": price,
            "votes": config.judge_votes > 1,
            "temperature": config.judge_temperature is not None,
        }.items():
            if value:
                raise JudgeError(f"--judge-{name} needs --judge-model")
        return contextlib.nullcontext()
    if config.judge_cache and config.no_judge_cache:
        raise JudgeError("--judge-cache and --no-judge-cache exclude each other")
    prices = None if price is None else _prices(price)
    urls = _urls(config)

    from hir_data.models.judge_panel import JudgePanel
    from hir_data.models.openai_judge import OpenAIJudge, default_cache

    with contextlib.ExitStack() as opened:  # which closes those that were made if another cannot be
        judges = [
            opened.enter_context(
                OpenAIJudge(
                    model,
                    url,
                    criteria=config.judge_criteria,
                    votes=config.judge_votes,
                    temperature=config.judge_temperature,
                    concurrency=config.judge_concurrency,
                    timeout=config.judge_timeout,
                    cache=None if config.no_judge_cache else config.judge_cache or default_cache(),
                    prices=prices,
                )
            )
            for model, url in zip(models, urls, strict=True)
        ]
        opened.pop_all()
    return judges[0] if len(judges) == 1 else JudgePanel(judges)


def _urls(config: "CheckConfig") -> "Sequence[str | None]":
    """The endpoint of each judge."""
    from hir_data.errors import JudgeError

    models, urls = config.judge_model, config.judge_url
    if twice := next((name for name in models if models.count(name) > 1), None):
        raise JudgeError(f"--judge-model {twice}: named twice; --judge-votes has a model vote several times")
    if len(urls) not in (0, 1, len(models)):
        raise JudgeError(f"--judge-url: {len(urls)} of them for {len(models)} judges")
    return urls if len(urls) == len(models) else [*(urls or [None])] * len(models)


def _prices(price: str) -> tuple[float, float]:
    from hir_data.errors import JudgeError

    try:
        read, written = map(float, price.split(","))
    except ValueError:
        read = written = math.nan
    if not (0 <= read < math.inf and 0 <= written < math.inf):
        raise JudgeError(f"--judge-price {price}: has to be two prices, as in 0.5,2")
    return read, written


def rewriter(config: "ReplayRunConfig") -> "contextlib.AbstractContextManager[LLMRewriter | None]":
    """The language model that rewrites prompts, closed at the end; None if the settings name none."""
    if config.rewriter_model is None:
        return contextlib.nullcontext()
    from hir_data.replays.rewriting.llm import LLMRewriter

    return LLMRewriter(config.rewriter_model, config.rewriter_url)


def cpus() -> int:
    """The number of CPUs that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
