"""What the benchmarks share: options, our side of the measurement, NLTK's sentence model."""

import argparse
import functools
import gc
import os
import platform
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hir_data as hir
from hir_data.engine import checks as engine
from hir_data.formats.reader import read_rollouts
from hir_data.schemas.rejected import Rejected
from hir_data.text.cached import cached_property

SHARED = Path(os.environ.get("HIR_DATA_SHARED") or Path(__file__).parents[2] / "shared" / "data")

Clock = Callable[[], float]


def options(description: str | None, prompts: str, responses: str) -> argparse.Namespace:
    """The options of a benchmark; its files lie below the shared folder unless others are named."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--prompts", type=Path, default=SHARED / prompts)
    parser.add_argument("--responses", type=Path, default=SHARED / responses)
    parser.add_argument("--rounds", type=int, default=9, help="turns of each side")
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock on the wall")
    given = parser.parse_args()
    for path in (given.prompts, given.responses):
        if not path.is_file():
            parser.error(f"{path} is not there: name the files with --prompts and --responses")
    given.clock = time.process_time if given.cpu else time.perf_counter
    return given


def rollouts(prompts: Path, responses: Path) -> Iterator[hir.Rollout]:
    """The responses with typed constraints, as ``hir-data verify`` reads them."""
    for item in read_rollouts(str(prompts), str(responses)):
        if isinstance(item, Rejected):
            raise item.error
        yield item


def verified(prompts: Path, responses: Path) -> list[hir.Verification]:
    """From the files to the verdicts, in this process: what is timed as ours."""
    return list(hir.verify(rollouts(prompts, responses), workers=0))


def print_race(
    ours: Callable[[], Any], theirs: Callable[[], Any], name: str, given: argparse.Namespace
) -> None:
    """Time both sides in turn, after a pass of each that is not timed, and print how they compare.

    Ours twice a turn: on texts as if none had been seen before (:func:`forget`), which is what a user has,
    and once more on the same ones. The ratios are taken turn by turn too: a machine that is busy elsewhere
    slows all sides of a turn.
    """
    responses = len(ours())
    theirs()
    turns: list[tuple[float, ...]] = []
    for _ in range(given.rounds):
        forget()
        turns.append(tuple(seconds(run, given.clock) for run in (ours, ours, theirs)))
    sides = ("hir-data, first sight", "hir-data, repeated", name)
    print(f"{'':<32}{'ms a response':>14}{'responses a second':>20}{'ratio':>8}{'turn by turn':>22}")
    *_, their_median = medians = [statistics.median(times) for times in zip(*turns, strict=True)]
    for number, (side, median) in enumerate(zip(sides, medians, strict=True)):
        ratios = [turn[-1] / turn[number] for turn in turns]
        between = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        print(
            f"{side:<32}{1000 * median / responses:>14.3f}{responses / median:>20.0f}"
            f"{their_median / median:>8.1f}{between:>22}"
        )


def forget() -> None:
    """Empty every cache of ours that keeps something of texts or records: those with a bound.

    Those without one keep what is loaded once, such as tables and models.
    """
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            is_ours = (each.__module__ or "").startswith("hir_data.")
            if is_ours and each.cache_parameters()["maxsize"] is not None:
                each.cache_clear()


def seconds(run: Callable[[], Any], clock: Clock) -> float:
    """The time of one pass, without the garbage of the one before."""
    gc.collect()
    start = clock()
    run()
    return clock() - start


def versions(*packages: str) -> str:
    """Those of Python and of some packages, in one line."""
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{each} {version(each)}" for each in packages)]
    )


def print_shares(prompts: Path, responses: Path, clock: Clock) -> None:
    """Where the time of one pass at first sight goes: by view of a text, and by kind without its views."""
    watch = Watch(clock)
    views = {name: view for name, view in vars(hir.Text).items() if isinstance(view, cached_property)}

    def run() -> None:
        for _ in hir.verify(watch.each(rollouts(prompts, responses), "reading"), workers=0):
            pass

    with ExitStack() as patches:
        patches.enter_context(
            patch.object(engine, "check", watch.timed(engine.check, lambda one, _: one.kind))
        )
        for name, view in views.items():
            timed = watch.timed(view.func, lambda _, name=name: name)
            patches.enter_context(patch.object(view, "func", timed))
        forget()
        total = seconds(run, clock)

    rest = total - sum(watch.own.values())
    kinds = watch.own.keys() - views.keys() - {"reading"}
    for title, names in (("shared work", watch.own.keys() - kinds), ("kinds, without it", kinds)):
        print(f"\n{title:<48}{'calls':>8}{'share':>8}")
        for name in sorted(names, key=watch.own.__getitem__, reverse=True):
            print(f"{name:<48}{watch.calls[name]:>8}{watch.own[name] / total:>8.1%}")
    print(f"\n{'the rest (verdicts, records)':<56}{rest / total:>8.1%}")


class Watch:
    """Measures functions by name; the time of one that calls another is without the other's."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.own: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._inner = [0.0]

    def timed(self, function: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        """The function, measured; its arguments give the name."""

        @functools.wraps(function)
        def run(*arguments: Any) -> Any:
            self._inner.append(0.0)
            start = self.clock()
            try:
                return function(*arguments)
            finally:
                elapsed = self.clock() - start
                self.own[name(*arguments)] += elapsed - self._inner.pop()
                self.calls[name(*arguments)] += 1
                self._inner[-1] += elapsed

        return run

    def each(self, things: Iterable[Any], name: str) -> Iterator[Any]:
        """The things, with the time that each takes to come."""
        following = self.timed(iter(things).__next__, lambda: name)
        while True:
            try:
                yield following()
            except StopIteration:
                return


def provide_punkt(folder: str) -> None:
    """Put NLTK's sentence model into a folder where NLTK finds it, instead of getting it from the network."""
    import nltk
    import punkt
    from nltk.tokenize.punkt import PunktParameters, save_punkt_params

    model, parameters = punkt.load_model("english"), PunktParameters()
    parameters.abbrev_types, parameters.collocations = set(model.abbrev_types), set(model.collocations)
    parameters.sent_starters = set(model.sent_starters)
    parameters.ortho_context = defaultdict(int, model.ortho_context)
    nltk.data.path.insert(0, folder)
    home = Path(folder, "tokenizers", "punkt_tab", "english")
    home.mkdir(parents=True, mode=0o700)
    save_punkt_params(parameters, str(home))
